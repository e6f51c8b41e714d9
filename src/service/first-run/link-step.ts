/** Link, telemetry and the way of a stop, without torque. */
import { found } from "./finding.ts";
import { judged, type Step } from "./step.ts";

/** A stop is known to have arrived within this, s of wall time, or it is worth knowing. */
const SOON = 0.1;

export const LINK_STEP: Step = {
  name: "link",
  title: "Link, telemetry and e-stop",
  instructions:
    "The robot lies or hangs, without torque; nothing will move. Its link is opened, its telemetry listened to, and a stop is sent.",
  run: async ({ check, quiet }) => {
    const findings = [...(await check())];
    if (findings.every(({ result }) => result !== "missing")) {
      const robot = await quiet();
      try {
        await robot.listen(0.3);
        const { confirmed, seconds } = await robot.tryStop();
        const words = confirmed
          ? `a cut was confirmed after ${(1000 * seconds).toFixed(1)} ms`
          : "a cut was not confirmed";
        const more = { value: seconds, unit: "s" };
        findings.push(
          confirmed
            ? found("e-stop", seconds <= SOON ? "ok" : "warning", words, {
                ...more,
                remedy:
                  seconds <= SOON ? "" : "Find what delays it: distance, other traffic, a busy computer.",
              })
            : found("e-stop", "missing", words, {
                ...more,
                remedy: "Have the robot confirm stops, and do not give it power from here before it does.",
              }),
        );
      } finally {
        await robot.close();
      }
    }
    return judged(findings, "the robot answers, every limit is watched, and a stop gets through");
  },
};
