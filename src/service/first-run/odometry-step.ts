/** Leg odometry against the distances that a person measured. Writes into nobody's file: it says which line to write. */
import { found } from "./finding.ts";
import { type GroundWalk, groundWalk, kept } from "./ground-step.ts";
import { fitOdometry, type MeasuredWalk, type OdometryFit } from "./odometry-fit.ts";
import type { FirstRunPorts } from "./ports.ts";
import type { FirstRunRecord } from "./record.ts";
import { judged, STOPPED, type Step } from "./step.ts";

const WANTED = 3;

export const ODOMETRY_STEP: Step = {
  name: "odometry",
  title: "Leg odometry against a tape measure",
  instructions:
    "The distances of the walks on the ground are compared with leg odometry. Where they are too few, the robot walks again: put it on its start line.",
  run: async (ports, record) => {
    const walks = [...walksOf(ports, record)];
    const more: GroundWalk[] = [];
    if (walks.length < WANTED) {
      const station = await ports.station(ports.config);
      try {
        if (!station.ready.channels.some(({ name }) => name === "odometry.x"))
          return {
            verdict: "not-possible",
            words: "the robot reports no leg odometry: nothing to calibrate",
            findings: [],
          };
        while (walks.length < WANTED) {
          const walk = await groundWalk(ports, station, more.length === 0);
          if (walk === "stop" || ports.stopped()) return { ...STOPPED, ...kept(ports, more) };
          if ("words" in walk) return { ...walk, ...kept(ports, more) };
          more.push(walk);
          if (!Number.isFinite(walk.measured) || !Number.isFinite(walk.odometry)) break;
          walks.push(walk);
        }
      } finally {
        await station.close();
      }
    }
    const present = ports.config.odometryScale ?? 1;
    const fit = timesPresent(fitOdometry(walks), present);
    if (!fit.ok)
      return judged(
        [
          found("odometry", "missing", fit.why, {
            remedy:
              "Walk again where the feet do not slip and measure from the start line straight ahead, or use another speed_source.",
          }),
        ],
        "",
        { odometry: fit, ...kept(ports, more) },
      );
    const line = `odometry_scale: ${fit.scale.toFixed(3)} # ${fit.low.toFixed(3)} to ${fit.high.toFixed(3)} (95 %), ${fit.walks} measured walks, ${ports.now().toISOString().slice(0, 10)}`;
    ports.person.say(
      `  Write this line under \`telemetry:\` in ${ports.config.source.file}:\n\n    ${line}\n`,
    );
    const words = `metres walked per metre of odometry: ${fit.scale.toFixed(3)} (${fit.low.toFixed(3)} to ${fit.high.toFixed(3)})`;
    return judged([found("odometry", "ok", words, { value: fit.scale })], words, {
      odometry: { ...fit, line },
      ...kept(ports, more),
    });
  },
};

/** Of the ground step, as long as the config's own scale is what it was then. */
function walksOf({ config }: FirstRunPorts, record: FirstRunRecord): readonly MeasuredWalk[] {
  const { ground } = record.steps;
  return ground?.odometryScale === config.odometryScale ? (ground.distances ?? []) : [];
}

/** What was walked had the present scale in it already. */
function timesPresent(fit: OdometryFit, present: number): OdometryFit {
  if (!fit.ok) return fit;
  return { ...fit, scale: fit.scale * present, low: fit.low * present, high: fit.high * present };
}
