/** Every joint moved by its motor, by 0.05 rad and back: which motor is which, and which way it turns. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { JogOutcome } from "../../station/messages.ts";
import type { Finding } from "./finding.ts";
import { jogFinding, jogFindings } from "./jog-verdict.ts";
import type { GivenStation } from "./ports.ts";
import { jointFields, judged, STOPPED, type Step, type StepResult } from "./step.ts";

/** rad; s */
const AMPLITUDE = 0.05;
const TRAVEL = 1;
const HOLD = 0.6;

export const JOG_STEP: Step = {
  name: "jog",
  title: "Jog",
  instructions:
    "The robot hangs or lies with its legs FREE: nothing in their way, no fingers near. Each joint has torque for some seconds and moves by 0.05 rad (3 degrees), slowly, out and back. Hand near the power switch.",
  confirmation: "free",
  impossible: async (ports) => {
    // A simulated robot can be told to follow targets.
    if (ports.config.link.kind === "simulated") return null;
    const robot = await ports.quiet();
    try {
      return robot.jogProblem === null
        ? null
        : `${robot.jogProblem}; order and sign rest on the encoders by hand and the walk in the air`;
    } finally {
      await robot.close();
    }
  },
  run: async (ports) => {
    const config = jogged(ports.config);
    const { person } = ports;
    let station: GivenStation | null = await ports.station(config);
    try {
      const outcomes: JogOutcome[] = [];
      const fields = jointFields(config);
      const findings = (): Finding[] => jogFindings(outcomes, fields);
      const { joints } = config.robot;
      for (const [jog, joint] of joints.entries()) {
        if (station === null || station.gone) {
          await station?.close();
          station = await ports.station(config);
        }
        const outcome = await station.jog({ jog, joint, amplitude: AMPLITUDE, travel: TRAVEL, hold: HOLD });
        outcomes.push(outcome);
        person.say(`  ${joint}: ${jogFinding(outcome, fields).words}`);
        if (ports.stopped() || outcome.latched) return stopped(findings(), outcome.reason.words);
        // What was stopped once may run off again: somebody decides.
        if (outcome.end === "completed" || jog === joints.length - 1) continue;
        const typed = await person.ask("Enter: jog the next joint all the same · q: no more");
        if (typed === null || /^q/iu.test(typed)) break;
      }
      return judged(
        findings(),
        `${outcomes.length} motors turn the joints they are named for, the right way`,
      );
    } finally {
      await station?.close();
    }
  },
};

function stopped(findings: readonly Finding[], words: string): StepResult {
  return { ...STOPPED, words, findings };
}

/** A simulated robot that walks by itself follows targets for once, and is held up. */
function jogged(config: HardwareConfig): HardwareConfig {
  const { link } = config;
  return link.kind === "simulated" ? { ...config, link: { ...link, streamed: true, onStand: true } } : config;
}
