/**
 * Whether a leg can do what a gait asks of it, judged over one full cycle before anything is sent. Reach and joint
 * range refuse; speed above the motor's only counts as saturation, because the best gaits of a springy leg ask for
 * more than the motor gives (Raffin et al. 2022, fig. 9).
 */
import type { BodyGeometry, Feasibility, LegGeometry } from "./gait.ts";

/** Angles this far beyond a joint's range, or feet this far out of reach, are rounding. */
const TOLERANCE = 1e-9;

/** Collects violations of one gait; each kind is reported once, with its worst value. */
export class FeasibilityReport {
  readonly #worst = new Map<string, { excess: number; reason: string }>();
  #peakSpeed = 0;

  /** @param excess how far beyond, > 0 is a violation; @param reason one sentence, read only when it is the worst */
  note(kind: string, excess: number, reason: () => string): void {
    if (!(excess <= TOLERANCE) && !(excess <= (this.#worst.get(kind)?.excess ?? 0)))
      this.#worst.set(kind, { excess, reason: reason() });
  }

  /** @param speed of a joint target, rad/s */
  noteSpeed(speed: number): void {
    if (speed > this.#peakSpeed) this.#peakSpeed = speed;
  }

  /** @param where names the joint and the moment, e.g. `at 40 % of swing` */
  noteAngles(leg: LegGeometry, hip: number, knee: number, where: () => string): void {
    this.#noteAngle("hip", leg.hipRange, hip, where);
    this.#noteAngle("knee", leg.kneeRange, knee, where);
  }

  conclude(body: BodyGeometry): Feasibility {
    const reasons = [...this.#worst.values()].map((violation) => violation.reason);
    return { feasible: reasons.length === 0, reasons, saturation: this.#peakSpeed / body.motorSpeed };
  }

  #noteAngle(joint: string, range: readonly [number, number], angle: number, where: () => string): void {
    const excess = Math.max(range[0] - angle, angle - range[1]);
    this.note(joint, excess, () => {
      const bound = angle < range[0] ? range[0] : range[1];
      return `${joint} target ${angle.toFixed(3)} rad is beyond its limit of ${bound} rad ${where()}`;
    });
  }
}

/** The name and bounds of every parameter that is missing or not finite; empty when all are there. */
export function missingParameters(
  specs: readonly { readonly name: string }[],
  parameters: Readonly<Record<string, number>>,
): string[] {
  return specs
    .filter((spec) => !Number.isFinite(parameters[spec.name]))
    .map((spec) => `parameter ${spec.name} is missing or not a number`);
}
