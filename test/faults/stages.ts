/** The simulated robot and the way to it, for one walk with a fault. */
import { openRosbridgePeer } from "../../sim/rosbridge/rosbridge-peer.ts";
import { BareBody } from "../../sim/serial/bare-body.ts";
import { openCPeer } from "../../sim/serial/c-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import type { HardwareConfig, SerialLinkConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import type { OpenedRobot } from "../../src/station/robot-claim.ts";
import { FaultRobot } from "../station/fault-robot.ts";
import type { LinkName, Scene } from "./fault.ts";
import { RosbridgeBench } from "./rosbridge-bench.ts";
import type { TrueBody } from "./witness.ts";

type Clock = "lockstep" | "realtime";

export interface Stage {
  readonly link: LinkName;
  /** Of short walks. @param seed of the study */
  readonly config: (seed: number) => HardwareConfig;
  /** The robot's present self: another one after a robot in process was opened anew. */
  readonly body: TrueBody;
  readonly parts: Pick<Scene, "robot" | "peer" | "server">;
  /** Absent: as the config says. */
  readonly openRobot?: (config: HardwareConfig) => Promise<OpenedRobot>;
  /** Called with the body at first, and whenever there is another one. */
  onBody: (body: TrueBody) => void;
  /** Somebody puts it on its feet again. Absent: there is a new one for every walk, or its own link does. */
  toStartLine?(seed: number): Promise<void>;
  close(): Promise<void>;
}

const simulated = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const behindServer = readHardwareConfig(hardwareConfigPath("simulated-rosbridge.yaml"));

/** Seconds of a short walk: what a fault may strike, ramps left out. */
export const SHORT_WALK = { stand: 0.2, rampIn: 0.3, settle: 0.2, measure: 4, rampOut: 0.3 };

/** Patience with what a busy machine trips over in real time, which is not tried there: the robot's dead-man is. */
const PATIENCE = { frameAge: 2, frameGap: 60, notANumber: 20, telemetryRate: 0.3 };

function shortened(config: HardwareConfig, clock: Clock, seed: number): HardwareConfig {
  const { envelope, preflight } = config;
  const short = {
    ...config,
    walk: { ...config.walk, ...SHORT_WALK },
    study: { ...config.study!, seed, baselineWalks: 1 },
  };
  if (clock === "lockstep") return short;
  return {
    ...short,
    preflight: { ...preflight, minimumTelemetryRate: PATIENCE.telemetryRate },
    envelope: {
      ...envelope,
      "frame-age": { ...envelope["frame-age"], high: PATIENCE.frameAge },
      "frame-gap": { ...envelope["frame-gap"], high: PATIENCE.frameGap },
      "not-a-number": { ...envelope["not-a-number"], high: PATIENCE.notANumber },
    },
  };
}

export interface StageOptions {
  /** Default lockstep; in process there is no other. */
  readonly clock?: Clock;
  /** What the robot's clock says at first, s. */
  readonly startTime?: number;
  /** Of the server. */
  readonly ros?: 1 | 2;
}

/** It may be used for one walk after another. */
export async function openStage(link: LinkName, options: StageOptions = {}): Promise<Stage> {
  switch (link) {
    case "in process":
      return inProcess();
    case "serial":
      return serial(options);
    case "rosbridge":
      return rosbridge(options);
  }
}

function inProcess(): Stage {
  let robot: FaultRobot | null = null;
  const present = (): FaultRobot => {
    if (robot === null) throw new Error("the robot was not opened");
    return robot;
  };
  const stage: Stage = {
    link: "in process",
    config: (seed) => shortened(simulated, "lockstep", seed),
    get body() {
      return present().robot;
    },
    get parts() {
      return { robot: present() };
    },
    openRobot: async () => {
      robot = await FaultRobot.open();
      stage.onBody(robot.robot);
      return { robot, clock: robot.clock };
    },
    onBody: () => {},
    close: async () => robot?.close(),
  };
  return stage;
}

const ROBOT_ID = simulated.robot.id;

async function serial({ clock = "lockstep", startTime = 0 }: StageOptions): Promise<Stage> {
  const body = await BareBody.load({ variant: "nominal", variation: "mild", clock, startTime });
  const pace = clock === "realtime" ? { baud: 921_600 } : {};
  const peer = await openCPeer(body, { robotId: ROBOT_ID, clock, ...pace });
  const link: SerialLinkConfig = {
    kind: "serial",
    clock,
    path: peer.path,
    baud: 921_600,
    reconnectWithin: 20,
  };
  return {
    link: "serial",
    config: (seed) => ({ ...shortened(simulated, clock, seed), link }),
    body,
    parts: { peer },
    onBody: () => {},
    close: () => peer.close(),
  };
}

async function rosbridge({ ros = 1, clock = "lockstep" }: StageOptions): Promise<Stage> {
  if (clock === "lockstep") return rosbridgeInLockstep(ros);
  const server = await RosbridgeBench.open(ros);
  const { link } = behindServer;
  if (link.kind !== "rosbridge") throw new TypeError("that config is one of a robot behind rosbridge");
  return {
    link: "rosbridge",
    config: (seed) => ({ ...shortened(behindServer, "realtime", seed), link: { ...link, url: server.url } }),
    body: server.body,
    parts: { server },
    onBody: () => {},
    toStartLine: (seed) => server.body.place({ seed, suggestion: 0, carryOver: null }),
    close: () => server.close(),
  };
}

/** A robot whose clock stands still while nobody asks it to move; its server has no faults of its own. */
async function rosbridgeInLockstep(ros: 1 | 2): Promise<Stage> {
  const stationClock = new ManualClock();
  const body = await openSimulatedRobot({ variant: "nominal", variation: "mild", stationClock });
  const peer = await openRosbridgePeer(body, { clock: stationClock, ros });
  const { link } = behindServer;
  if (link.kind !== "rosbridge") throw new TypeError("that config is one of a robot behind rosbridge");
  return {
    link: "rosbridge",
    config: (seed) => ({
      ...shortened(behindServer, "lockstep", seed),
      link: { ...link, clock: "lockstep", url: peer.url },
    }),
    body,
    parts: {},
    onBody: () => {},
    close: () => peer.close(),
  };
}
