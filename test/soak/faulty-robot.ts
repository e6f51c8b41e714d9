/** The simulated robot with a life: sensors fail, it is shoved, it reboots, its link or its station dies. */
import { join } from "node:path";
import type { Fault } from "../../sim/faults.ts";
import * as sim from "../../sim/simulated-robot.ts";
import type { RobotEvent } from "../../src/robot/robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { note } from "./figures.ts";
import { randomNumbers } from "./random.ts";

/** Suggestions of one study that things may happen to. */
const SUGGESTIONS = 200;
/** Share of suggestions in whose walks a sensor or the body fails. */
const FAULTY = 0.25;
/** Latest moment after placing, s, and frame of a walk in which something happens. */
const LATEST = 5;
const LATEST_FRAME = 450;
/** Walks between two looks at the memory. */
const NOTED_EVERY = 20;

const { SOAK_FOLDER: folder = ".", SOAK_SEED: seed } = process.env;

/** Share of walks in which a thing happens that befalls the station or the link. */
const ACCIDENTS: Readonly<Record<string, number>> = {
  "link lost": 0.01,
  "station killed": 0.008,
  "station frozen": 0.002,
  "station stalls": 0.02,
};

export async function openSimulatedRobot(options: sim.SimulatedRobotOptions): Promise<sim.SimulatedRobot> {
  const faults = seed === undefined ? [] : faultsOf(Number(seed));
  const robot = await sim.openSimulatedRobot({ ...options, faults });
  return seed === undefined
    ? noted(robot)
    : befallen(noted(robot), randomNumbers(Number(seed) + process.pid));
}

/** Keyed by the suggestion, as all that is random about a walk. */
function faultsOf(seed: number): Fault[] {
  const faults: Fault[] = [];
  for (let suggestion = 0; suggestion < SUGGESTIONS; suggestion++) {
    const random = randomNumbers(1000 * seed + suggestion);
    if (random() >= FAULTY) continue;
    const place = { at: LATEST * random(), suggestion };
    const channels = [
      channelName.roll,
      channelName.acceleration("x"),
      channelName.jointPosition("FR_hip"),
      channelName.motorTemperature("RL_knee"),
      channelName.batteryVoltage,
      channelName.poseX,
    ];
    const channel = channels[Math.floor(random() * channels.length)]!;
    const velocity = [2 * random() - 1, 2 * random() - 1, random()] as const;
    const kinds: Fault[] = [
      { ...place, kind: "silence", duration: 0.5 * random() },
      { ...place, kind: "frozen", channel },
      { ...place, kind: "not-a-number", channel, duration: 0.3 * random() },
      { ...place, kind: "reboot" },
      { ...place, kind: "shove", velocity },
    ];
    faults.push(kinds[Math.floor(random() * kinds.length)]!);
  }
  return faults;
}

/** Looks at the memory every so many walks. */
function noted(robot: sim.SimulatedRobot): sim.SimulatedRobot {
  const place = robot.place.bind(robot);
  let walks = 0;
  robot.place = (placement) => {
    if (walks++ % NOTED_EVERY === 0) note(join(folder, "station.jsonl"), walks - 1);
    return place(placement);
  };
  return robot;
}

function befallen(robot: sim.SimulatedRobot, random: () => number): sim.SimulatedRobot {
  let accident: string | null = null;
  let left = 0;
  let tell: (event: RobotEvent) => void = () => {};
  const [place, onFrame, onEvent] = [
    robot.place.bind(robot),
    robot.onFrame.bind(robot),
    robot.onEvent.bind(robot),
  ] as const;
  robot.place = (placement) => {
    let drawn = random();
    accident = null;
    for (const [name, share] of Object.entries(ACCIDENTS)) {
      if (drawn >= 0 && drawn < share) accident = name;
      drawn -= share;
    }
    left = Math.floor(random() * LATEST_FRAME);
    return place(placement);
  };
  robot.onEvent = (listener) => {
    tell = listener;
    onEvent(listener);
  };
  robot.onFrame = (listener) =>
    onFrame((frame) => {
      if (accident !== null && left-- <= 0) {
        const happening = accident;
        accident = null;
        happen(happening);
      }
      listener(frame);
    });
  const happen = (what: string): void => {
    if (what === "link lost") tell({ kind: "link-lost", reason: "the cable was pulled" });
    else if (what === "station killed") process.kill(process.pid, "SIGKILL");
    else if (what === "station frozen") process.kill(process.pid, "SIGSTOP");
    else for (const until = performance.now() + 150; performance.now() < until; );
  };
  return robot;
}
