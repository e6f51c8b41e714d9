/** Every joint moved by hand, without torque: which encoder is which, and which way it counts. */
import { channelName } from "../../robot/telemetry-frame.ts";
import { encoderFindings, type HandMovement, LEAST_MOVEMENT, readEncoders } from "./encoder-verdict.ts";
import type { FirstRunPorts, QuietRobot } from "./ports.ts";
import { excursion, type Samples } from "./samples.ts";
import { jointFields, judged, STOPPED, type Step } from "./step.ts";

/** What a simulated hand does: rad, and how long out and still, s. */
const HAND = { by: 0.3, still: 0.3, seconds: 0.8, listen: 1.4, back: 0.6 } as const;

export const ENCODER_STEP: Step = {
  name: "encoders",
  title: "Encoders by hand",
  instructions:
    "The robot hangs or lies with its legs free, without torque. You move one joint after the other, a little more than 10 degrees, and let it be where it is.",
  impossible: async (ports) => {
    const robot = await ports.quiet();
    try {
      return robot.joints.some((joint) => positionOf(robot, joint) !== null)
        ? null
        : "the robot does not measure where its joints are: watch order and signs by eye in the walk in the air";
    } finally {
      await robot.close();
    }
  },
  run: async (ports) => {
    const robot = await ports.quiet();
    try {
      const movements: HandMovement[] = [];
      for (const [index, joint] of robot.joints.entries()) {
        const movement = await moved(ports, robot, joint, index);
        if (movement === "stop") return STOPPED;
        if (movement !== "skip") movements.push(movement);
      }
      const findings = encoderFindings(readEncoders(movements), jointFields(ports.config));
      return judged(
        findings,
        `${movements.length} joints are where the config says, and count the right way`,
      );
    } finally {
      await robot.close();
    }
  },
};

/** Asked once more when nothing has moved. */
async function moved(
  ports: FirstRunPorts,
  robot: QuietRobot,
  joint: string,
  index: number,
): Promise<HandMovement | "stop" | "skip"> {
  const { person, config } = ports;
  for (let attempt = 0; ; attempt++) {
    const samples = await whileMoved(ports, robot, joint, index);
    if (samples === "stop" || samples === "skip") return samples;
    const by = Object.fromEntries(
      config.robot.joints.map((name) => {
        const channel = positionOf(robot, name);
        const series = channel === null ? null : samples.series(channel);
        return [name, series === null ? Number.NaN : excursion(samples, series)];
      }),
    );
    const farthest = Object.entries(by)
      .filter(([, value]) => Math.abs(value) >= LEAST_MOVEMENT)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    const words = farthest.map(
      ([name, value]) => `${name} ${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(2)} rad`,
    );
    person.say(`  ${words.length === 0 ? "nothing moved" : words.join(", ")}`);
    if (words.length > 0 || attempt > 0 || robot.hand !== null) return { joint, moved: by };
    person.say("  once more, and farther:");
  }
}

async function whileMoved(
  { person, config }: FirstRunPorts,
  robot: QuietRobot,
  joint: string,
  index: number,
): Promise<Samples | "stop" | "skip"> {
  const words = `Move ${joint} ${direction(joint, index, config.gait.body !== null)}.`;
  if (robot.hand !== null) {
    person.say(words);
    robot.hand.move(index, HAND.by, HAND.seconds, HAND.still);
    const samples = await robot.listen(HAND.listen);
    robot.hand.letGo();
    await robot.listen(HAND.back);
    return samples;
  }
  const typed = person.ask(`${words} Enter when it is there · s: skip it · q: stop`);
  const samples = await robot.listen(typed);
  const answer = await typed;
  if (answer === null || /^q/iu.test(answer)) return "stop";
  return /^s/iu.test(answer) ? "skip" : samples;
}

/** Where a joint is, link side, or motor side where there is no other; null: not measured. */
function positionOf(robot: QuietRobot, joint: string): string | null {
  const names = [channelName.jointPosition(joint), channelName.motorPosition(joint)];
  return names.find((name) => robot.measures(name)) ?? null;
}

/** Positive turns about the axis that points left: the foot goes backward. */
function direction(joint: string, index: number, known: boolean): string {
  if (!known) return `in its positive direction, as the robot counts ${joint}`;
  return index % 2 === 0
    ? "so that the foot goes backward"
    : "so that the knee straightens and the foot goes backward (bend it first where it is straight)";
}
