/** The gait with the feet in the air: every joint follows, none works hard. */
import { airFindings, amplitudesOf, inTheAir, RELAXED, reducedSeedGait } from "./air-walk.ts";
import { recordingOf } from "./recordings.ts";
import { judged, STOPPED, type Step } from "./step.ts";

export const AIR_STEP: Step = {
  name: "air",
  title: "A walk with the feet in the air",
  instructions:
    "Put the robot on a stand, level, all feet FREE of the ground. It walks a small gait for 5 seconds up there. For this walk alone its height and its place in the arena are not watched; tilt, speeds, torque, temperature and telemetry are. Hand near the power switch.",
  confirmation: "free",
  run: async (ports) => {
    const config = inTheAir(ports.config);
    const { parameters, words } = reducedSeedGait(config);
    ports.person.say(`  ${words}, 5 s`);
    const recording = recordingOf(ports, "air");
    const station = await ports.station(config);
    try {
      const { outcome } = await station.walk({ parameters, recording, observe: true });
      const more = {
        relaxed: RELAXED,
        ...(outcome.recording === null ? {} : { recordings: [outcome.recording] }),
      };
      if (ports.stopped()) return { ...STOPPED, words: outcome.reason.words, ...more };
      if (outcome.end !== "completed" || outcome.observed === undefined)
        return {
          verdict: "failed",
          words: `the walk ended early: ${outcome.reason.words}`,
          findings: [],
          ...more,
        };
      const torque = config.envelope["motor-torque"];
      const limit = torque.unwatched === undefined ? torque.high : Number.POSITIVE_INFINITY;
      return judged(
        airFindings(outcome.observed, amplitudesOf(config, parameters), limit),
        "every joint follows, none works hard",
        more,
      );
    } finally {
      await station.close();
    }
  },
};
