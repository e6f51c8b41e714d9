/** The inertial unit's axes, from a robot that a person tilts and turns without torque. */
import type { Finding } from "./finding.ts";
import { LEAST_TILT, levelFindings, TILTS, type TiltKind, tiltFindings, turned } from "./imu-verdict.ts";
import type { FirstRunPorts, QuietRobot } from "./ports.ts";
import type { Samples } from "./samples.ts";
import { judged, STOPPED, type Step } from "./step.ts";

const WORDS: Readonly<Record<TiltKind, string>> = {
  "nose-down": "Tilt its nose down, about 30 degrees",
  "left-down": "Tilt its left side down, about 30 degrees",
  "turned-left": "Turn it to the left on the spot, about 45 degrees",
};

const HAND: Readonly<
  Record<TiltKind, { readonly roll: number; readonly pitch: number; readonly yaw: number }>
> = {
  "nose-down": { roll: 0, pitch: 0.5, yaw: 0 },
  "left-down": { roll: -0.5, pitch: 0, yaw: 0 },
  "turned-left": { roll: 0, pitch: 0, yaw: 0.8 },
};
const LEVEL = { roll: 0, pitch: 0, yaw: 0 };
const HAND_SECONDS = 1;
/** Before and after, s. */
const STILL = 0.3;

export const IMU_STEP: Step = {
  name: "imu",
  title: "Inertial unit by hand",
  instructions:
    "You hold the robot in your hands, without torque, and tilt it as you are told: slowly, within a second or two, and hold it there.",
  run: async (ports) => {
    const robot = await ports.quiet();
    try {
      const level = await held(ports, robot, "Hold it level and still", null);
      if (level === "stop") return STOPPED;
      const findings: Finding[] = levelFindings(level);
      for (const [index, kind] of TILTS.entries()) {
        // Asked for by itself: the way back from the last tilt is none of the next one.
        if (index > 0 && (await held(ports, robot, "Level it again", null)) === "stop") return STOPPED;
        const told = await tilted(ports, robot, kind);
        if (told === "stop") return STOPPED;
        findings.push(...told);
      }
      return judged(findings, "angles, rates and gravity are along the axes they are said to be");
    } finally {
      await robot.close();
    }
  },
};

/** Asked once more when nothing turned. */
async function tilted(
  ports: FirstRunPorts,
  robot: QuietRobot,
  kind: TiltKind,
): Promise<readonly Finding[] | "stop"> {
  for (let attempt = 0; ; attempt++) {
    const samples = await held(ports, robot, WORDS[kind], kind);
    if (samples === "stop") return "stop";
    const by = turned(samples);
    const seen = [...Object.values(by.angles), ...Object.values(by.rates), ...Object.values(by.gravity)];
    if (robot.hand !== null) await robot.listen(HAND_SECONDS + STILL);
    if (seen.some((value) => Math.abs(value) >= LEAST_TILT) || attempt > 0 || robot.hand !== null)
      return tiltFindings(kind, by);
    ports.person.say("  nothing turned; once more, and farther:");
  }
}

async function held(
  { person }: FirstRunPorts,
  robot: QuietRobot,
  words: string,
  kind: TiltKind | null,
): Promise<Samples | "stop"> {
  if (robot.hand !== null) {
    person.say(`${words}.`);
    if (kind === null) return robot.listen(0.5);
    robot.hand.tilt(HAND[kind], HAND_SECONDS, STILL);
    const result = await robot.listen(STILL + HAND_SECONDS + STILL);
    robot.hand.tilt(LEVEL, HAND_SECONDS, 0);
    return result;
  }
  const typed = person.ask(`${words}. Enter when it is held there · q: stop`);
  const samples = await robot.listen(typed);
  const answer = await typed;
  return answer === null || /^q/iu.test(answer) ? "stop" : samples;
}
