/** What is looked at before a study's first walk, with what is wrong put there. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { systemClock } from "../../src/clock.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { Robot } from "../../src/robot/robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import type { CheckItem, PreflightAsk } from "../../src/station/messages.ts";
import { Recorder } from "../../src/station/recorder.ts";
import { RecorderProbe } from "../../src/station/recorder-probe.ts";
import { monitorOf, type OpenedRobot } from "../../src/station/robot-claim.ts";
import { StudyPreflight } from "../../src/station/study-preflight.ts";
import { FaultRobot, type Spoil } from "./fault-robot.ts";
import { simulatedConfig, temporaryFolder } from "./station-process.ts";

const closing: (() => Promise<void>)[] = [];
after(() => Promise.all(closing.map((close) => close())));

interface Doing {
  readonly config?: HardwareConfig;
  readonly spoil?: Spoil;
  readonly change?: (robot: FaultRobot) => void;
  readonly ask?: Partial<PreflightAsk>;
  readonly opened?: OpenedRobot;
}

async function preflight({
  config = simulatedConfig,
  spoil,
  change,
  ask,
  opened,
}: Doing = {}): Promise<readonly CheckItem[]> {
  const { robot, clock } = opened ?? (await faultRobot(spoil, change));
  closing.push(() => robot.close());
  const folder = temporaryFolder();
  let hear: (frame: Parameters<StudyPreflight["hear"]>[0]) => void = () => {};
  robot.onFrame((frame) => hear(frame));
  robot.onEvent(() => {});
  const capabilities = await robot.open();
  await robot.acquireLease("test");
  const monitor = monitorOf(config, capabilities);
  const recorder = new Recorder(capabilities.layout.length, capabilities.joints.length, {
    onFailure: (words) => study.recordingFailed(words),
    onOverrun: () => {},
  });
  closing.push(() => recorder.close());
  const cut = async () => ({ confirmed: (await robot.stop("cut")).confirmed, seconds: 0.002 });
  const study = new StudyPreflight({
    config,
    claim: { robot, clock, capabilities, monitor, touch: () => {}, release: async () => {} },
    ask: { robot: true, store: folder, recordings: folder, walks: 10, ...ask },
    beginProbe: (file) =>
      new RecorderProbe(recorder, file, {
        robotId: config.robot.id,
        envelope: config.envelope,
        configHash: "",
        channels: capabilities.layout.channels,
        joints: config.robot.joints,
        wallStart: 0,
        stationStart: clock.now(),
      }),
    exercise: async () => [await cut(), await cut()],
  });
  hear = (frame) => {
    monitor.onFrame(frame);
    study.hear(frame);
    recorder.frame(frame);
  };
  const items = await study.run();
  assert.deepEqual(readdirSync(folder), [], "the probe is gone");
  return items;
}

async function faultRobot(spoil?: Spoil, change?: (robot: FaultRobot) => void): Promise<OpenedRobot> {
  const robot = await FaultRobot.open("nominal", true);
  if (spoil !== undefined) robot.spoil = spoil;
  change?.(robot);
  return { robot, clock: robot.clock };
}

/** Sets a channel's value in every frame. @param noise by which it differs from frame to frame, lest it looks frozen */
function setting(name: string, value: number, noise = 0): Spoil {
  return (frame, { layout }) => {
    frame.values[layout.indexOf(name)] = value + noise * (frame.seq % 3);
    return true;
  };
}

const of = (items: readonly CheckItem[], name: string): CheckItem => {
  const found = items.find(({ item }) => item === name);
  assert.ok(found !== undefined, `there is no ${name} among ${items.map(({ item }) => item).join(", ")}`);
  return found;
};

/** The only item that refuses, which has a remedy. */
function refused(items: readonly CheckItem[]): CheckItem {
  const [item, ...others] = items.filter(({ result }) => result === "missing");
  assert.deepEqual(others, []);
  assert.ok(item !== undefined && item.remedy !== "", JSON.stringify(items));
  return item;
}

describe("the preflight of a study", { concurrency: 2 }, () => {
  it("measures a whole robot, its line and this computer, and leaves nothing behind", async () => {
    const items = await preflight();
    assert.deepEqual(
      items.filter(({ result }) => result === "missing"),
      [],
    );
    const battery = of(items, "battery");
    assert.deepEqual([battery.unit, battery.limit], ["V", simulatedConfig.preflight.minimumBattery]);
    assert.ok(Number(battery.value) > 12 && Number(battery.value) < 13);
    assert.deepEqual([of(items, "joints").value, of(items, "joints").limit], [8, 8]);
    assert.match(of(items, "motor-temperature").words, /^\w+ is hottest at 2\d\.\d °C, at most 65\.0 °C$/);
    assert.equal(of(items, "rate").value, 100);
    assert.match(of(items, "stop").words, /^cut, confirmed after 2\.0 ms$/);
    assert.match(of(items, "recorder").words, /^1\.0 s of telemetry in [\d.]+ kB, complete after \d+ ms$/);
    const disk = of(items, "disk");
    assert.match(disk.words, /free, this study needs [\d.]+ MB \(from a probe\)/);
    assert.deepEqual([of(items, "limits of the robot").result], ["warning"]);
    assert.match(of(items, "limits of the robot").words, /cannot echo limits/);
    assert.deepEqual(JSON.parse(JSON.stringify(items)), items, "plain JSON");
  });

  const faults: readonly (readonly [
    what: string,
    item: string,
    words: RegExp,
    remedy: RegExp,
    doing: Doing,
  ])[] = [
    [
      "a low battery",
      "battery",
      /^the battery is at 9\.0 V, below 10\.5 V$/,
      /Change or charge/,
      { spoil: setting(channelName.batteryVoltage, 9) },
    ],
    [
      "a hot motor",
      "motor-temperature",
      /^the hottest motor is at 71\.0 °C \(RL_knee\), above 65\.0 °C$/,
      /cool down/,
      { spoil: setting(channelName.motorTemperature("RL_knee"), 71) },
    ],
    [
      "a joint that does not answer",
      "joints",
      /^no plausible answer from FL_hip$/,
      /cable and supply/,
      { spoil: setting(channelName.jointPosition("FL_hip"), Number.NaN) },
    ],
    [
      "a robot that lies on its side",
      "posture",
      /^the trunk is tilted by 40\.\d degrees$/,
      /on its feet/,
      { spoil: setting(channelName.roll, 0.7, 1e-3) },
    ],
    [
      "telemetry at half its rate",
      "rate",
      /^(49|50)\.\d Hz of 100 Hz$/,
      /Check the link/,
      {
        spoil: (() => {
          let count = 0;
          return () => count++ % 2 === 0;
        })(),
      },
    ],
    [
      "a robot that does not confirm a stop",
      "stop",
      /^the robot did not confirm a cut within /,
      /Do not walk it/,
      {
        change: (robot) => {
          robot.confirms = false;
        },
      },
    ],
    [
      "limits that the robot announces and does not tell",
      "limits of the robot",
      /^the robot does not tell its limits: nack/,
      /firmware/,
      { change: (robot) => Object.assign(robot, { limits: () => Promise.reject(new Error("nack")) }) },
    ],
  ];
  for (const [what, name, words, remedy, doing] of faults)
    it(`refuses ${what}, with figure and remedy`, async () => {
      const missing = (await preflight(doing)).filter(({ result }) => result === "missing");
      // Both ways of a stop that is not confirmed, and the limit not-a-number, refuse as well.
      const also = new Set(["e-stop", "telemetry"]);
      const item = refused(missing.filter((one) => one.item === name || !also.has(one.item)));
      assert.equal(item.item, name);
      assert.match(item.words, words);
      assert.match(item.remedy, remedy);
    });

  it("waits for what mends by itself, as a robot that is being set down", async () => {
    let frames = 0;
    const lifted = setting(channelName.roll, 0.7, 1e-3);
    const items = await preflight({ spoil: (frame, all) => ++frames > 150 || lifted(frame, all) });
    assert.equal(of(items, "posture").result, "ok");
    assert.ok(frames > 150 && frames < 350, `${frames} frames`);
  });

  it("refuses where recordings cannot be written, and says where", async () => {
    const items = await preflight({ ask: { recordings: join(simulatedConfig.source.file, "gone") } });
    const recorder = of(items, "recorder");
    assert.equal(recorder.result, "missing");
    assert.match(recorder.words, /^a recording cannot be written: .*ENOTDIR/);
    assert.match(recorder.remedy, /See that .*gone can be written to, or run with --no-recording/);
    assert.equal(of(await preflight({ ask: { recordings: null } }), "recorder").words, "nothing is recorded");
  });

  it("refuses a disk that is full for what the study needs, and warns of one that soon is", async () => {
    const config = (limits: Partial<HardwareConfig["preflight"]>): HardwareConfig => ({
      ...simulatedConfig,
      preflight: { ...simulatedConfig.preflight, ...limits },
    });
    const full = refused(await preflight({ config: config({ minimumDiskSpace: 1e18 }) }));
    assert.match(full.words, /free, this study needs .*, at least 1000000 TB must be: \//);
    assert.match(full.remedy, /Make room/);
    const needs = refused(await preflight({ ask: { walks: 1e12 } }));
    assert.match(needs.words, /this study needs [\d.e+]+ TB \(from a probe\), at least/);
    const almost = of(await preflight({ config: config({ diskSpaceWarning: 1e18 }) }), "disk");
    assert.deepEqual([almost.result, almost.remedy], ["warning", "Make room before it runs out."]);
  });

  it("warns of a firmware that was built with another table of messages", async () => {
    const items = await preflight({
      change: (robot) => {
        robot.disguise = (capabilities) => ({
          ...capabilities,
          protocol: "serial protocol 1, table 1, here 2",
        });
        Object.assign(robot, { diagnostics: async () => ({ otherSchema: 1 }) });
      },
    });
    const { result, words, remedy } = of(items, "protocol");
    assert.deepEqual([result, words], ["warning", "serial protocol 1, table 1, here 2"]);
    assert.match(remedy, /from the same version/);
  });

  it("only asks the disk about a simulated robot in process", async () => {
    const items = await preflight({ ask: { robot: false } });
    assert.deepEqual(
      items.map(({ item }) => item),
      ["disk"],
    );
  });

  it("refuses a link whose answers come later than the oldest telemetry a walk may be judged by", async () => {
    const robot = await openSimulatedRobot({ variant: "nominal", variation: "none", clock: "realtime" });
    const config = { ...simulatedConfig, link: { ...simulatedConfig.link, clock: "realtime" as const } };
    const slow: Robot = Object.assign(robot, { roundTrip: () => pause(250, 0.25) });
    const trip = of(await preflight({ config, opened: { robot: slow, clock: systemClock } }), "round trip");
    assert.equal(trip.result, "missing");
    assert.match(trip.words, /^p50 250\.0 ms, p99 250\.0 ms, limit 150\.0 ms \(limits\.frame-age\)$/);
    assert.match(trip.remedy, /Find what delays it/);
  });
});

describe("the preflight over a serial line", () => {
  async function serial(
    narrowed: Readonly<Record<number, readonly [number, number]>>,
  ): Promise<readonly CheckItem[]> {
    const options = { variant: "nominal", variation: "none", clock: "realtime" } as const;
    const body = await openSimulatedRobot(options);
    const peer = await openSerialPeer(body, { clock: systemClock, narrowed });
    closing.push(() => peer.close());
    const link = { kind: "serial", clock: "realtime", path: peer.path, baud: 921600 } as const;
    const robot = new SerialRobot({ link, robotId: simulatedConfig.robot.id, clock: systemClock });
    return preflight({ config: { ...simulatedConfig, link }, opened: { robot, clock: systemClock } });
  }

  it("reads the limits of the firmware back, and times questions to it", async () => {
    const items = await serial({});
    assert.match(of(items, "robot's imu.roll").words, /^±1\.2 rad, cut; the config's ±0\.785$/);
    assert.match(of(items, "robot's motor-temperature").words, /^up to 100 °C at 8 joints, settle/);
    assert.match(
      of(items, "dead-man of the robot").words,
      /^settles after 0\.30 s of silence, cuts after 0\.80 s$/,
    );
    assert.match(of(items, "protocol").words, /^serial protocol \d+, message table [0-9a-f]{8}$/);
    assert.match(of(items, "round trip").words, /^p50 [\d.]+ ms, p99 [\d.]+ ms/);
    assert.match(of(items, "clock offset").words, /± [\d.]+ ms/);
  });

  it("warns of a firmware that stops walks the config allows, and refuses one that stops every walk", async () => {
    const items = await serial({ 0: [-0.5, 0.5], 1: [-0.1, 0.1] });
    const roll = of(items, "robot's imu.roll");
    assert.equal(roll.result, "warning");
    assert.match(
      roll.words,
      /^±0\.5 rad, cut; the config's ±0\.785: the robot stops walks that the config allows$/,
    );
    const pitch = of(items, "robot's imu.pitch");
    assert.equal(pitch.result, "missing");
    assert.match(pitch.words, /a healthy walk \(0\.1\d* rad\) breaks it/);
    assert.match(
      pitch.remedy,
      /Widen it in the firmware, or correct limits\.tilt in .*simulated-elastic-quadruped\.yaml/,
    );
    assert.ok(existsSync(simulatedConfig.source.file));
  });
});
