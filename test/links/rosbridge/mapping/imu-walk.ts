/** What the IMU of the simulated robot says while it stands, starts and trots. */
import { openSimulatedRobot } from "../../../../sim/simulated-robot.ts";
import { channelName } from "../../../../src/robot/telemetry-frame.ts";
import { OPTIMISED_TROT } from "../../../gait/body.ts";
import { advance, reach, startWalk } from "../../../sim/walks.ts";

type Vector = Readonly<Record<"x" | "y" | "z", number>>;

export interface ImuSample {
  /** s */
  readonly time: number;
  readonly acceleration: Vector;
  readonly angularVelocity: Vector;
  /** What the unit's own filter says, rad. */
  readonly roll: number;
  readonly pitch: number;
}

/** @param seconds of walking */
export async function imuWalk(seconds: number): Promise<ImuSample[]> {
  const robot = await openSimulatedRobot({ variant: "nominal", variation: "none" });
  const samples: ImuSample[] = [];
  const { telemetryRate } = await reach(robot, (values, at, { tRobot }) => {
    const vector = (name: (axis: "x" | "y" | "z") => string): Vector => ({
      x: values[at(name("x"))]!,
      y: values[at(name("y"))]!,
      z: values[at(name("z"))]!,
    });
    samples.push({
      time: tRobot,
      acceleration: vector(channelName.acceleration),
      angularVelocity: vector(channelName.angularVelocity),
      roll: values[at(channelName.roll)]!,
      pitch: values[at(channelName.pitch)]!,
    });
  });
  await robot.place({ seed: 5, suggestion: 1, carryOver: null });
  await startWalk(robot, "foot-cpg:trot", OPTIMISED_TROT);
  await advance(robot, Math.round(seconds * telemetryRate));
  await robot.close();
  return samples;
}
