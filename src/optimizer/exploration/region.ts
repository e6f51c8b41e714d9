/**
 * The part of a search space near what has been walked safely: a union of boxes in the unit cube, one around each safe
 * parameter set. Outside of it nothing may be suggested, and in many dimensions it is a tiny part of the cube, so samplers draw
 * from it and pull proposals back into it instead of waiting for a draw that happens to fall inside.
 */
import type { RandomSource } from "../math/random-source.ts";
import type { Feasibility } from "../sampler.ts";
import type { ParameterSet } from "../search-space.ts";
import { levelCoordinate } from "../space/dimension.ts";
import {
  activeDimensions,
  decode,
  encode,
  neutralizeInactive,
  pointFromUniform,
  type UnitSpace,
} from "../space/unit-space.ts";
import { type Box, boxCovers, clippedInto, coordinateInside, logVolume, sharesOf } from "./box.ts";

/** On the way back to the safe set at a box's centre a proposal is tried at these shares of the way out. */
const SHARES = [1, 0.75, 0.5, 0.25, 0.125];
/** Draws before a point in many boxes is taken as it is: only how evenly they are drawn hangs on it. */
const EVENING_DRAWS = 100;

export class Region {
  readonly unit: UnitSpace;
  /** What must hold besides: a gait outside of the region may still be one that can be walked to in steps. */
  readonly elsewhere: Feasibility;
  readonly boxes: readonly Box[];
  /** Sums of the boxes' volumes up to each, as shares of all. */
  readonly #cumulated: Float64Array;

  /** @param boxes at least one */
  constructor(unit: UnitSpace, boxes: readonly Box[], elsewhere: Feasibility) {
    this.unit = unit;
    this.boxes = boxes;
    this.elsewhere = elsewhere;
    const volumes = boxes.map((box) => logVolume(unit, box));
    const largest = Math.max(...volumes);
    let sum = 0;
    this.#cumulated = Float64Array.from(volumes, (volume) => {
      sum += Math.exp(volume - largest);
      return sum;
    });
  }

  /** Whether a parameter set of the space lies in the region. */
  holds(parameters: ParameterSet): boolean {
    return this.#covers(encode(this.unit, parameters));
  }

  #covers(point: Float64Array): boolean {
    const active = activeDimensions(this.unit, point);
    return this.boxes.some((box) => boxCovers(this.unit, box, point, active));
  }

  /** A point drawn uniformly from the region: a place in several boxes is no likelier than others. */
  draw(source: RandomSource): Float64Array {
    for (let draw = 1; ; draw++) {
      const pick = source.uniform() * this.#cumulated.at(-1)!;
      const chosen = this.#cumulated.findIndex((sum) => pick < sum);
      const point = this.#inside(this.boxes[Math.max(0, chosen)]!, source);
      if (this.boxes.length === 1 || draw === EVENING_DRAWS) return point;
      const active = activeDimensions(this.unit, point);
      let count = 0;
      for (const box of this.boxes) if (boxCovers(this.unit, box, point, active)) count++;
      if (source.uniform() * count < 1) return point;
    }
  }

  /** The point that a uniform vector in [0, 1)ᵈ stands for: evenly over the box around all boxes, pulled into the nearest. */
  spread(uniform: Float64Array): Float64Array {
    const { unit, boxes } = this;
    const free = pointFromUniform(unit, uniform);
    const point = new Float64Array(free.length);
    for (const [j, { kind }] of unit.dimensions.entries()) {
      if (kind === "categorical") point[j] = free[j]!;
      else {
        let low = 1;
        let high = 0;
        for (const box of boxes) {
          low = Math.min(low, box.low[j]!);
          high = Math.max(high, box.high[j]!);
        }
        point[j] = low + (kind === "ordered" ? free[j]! : uniform[j]!) * (high - low);
      }
    }
    return this.nearest(point).point;
  }

  /** The closest point of the region, and the box it lies in; the point itself where it lies inside. */
  nearest(point: Float64Array): { readonly point: Float64Array; readonly box: Box } {
    let best: { point: Float64Array; box: Box } | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const box of this.boxes) {
      const { clipped, distance } = clippedInto(this.unit, box, point);
      if (!(distance < least)) continue;
      least = distance;
      best = { point: clipped, box };
    }
    return { point: neutralizeInactive(this.unit, best!.point), box: best!.box };
  }

  /**
   * A proposal pulled back into the region, and on towards the safe set there until it can be walked.
   *
   * @returns null when nothing on that way is feasible
   */
  pulledBack(point: Float64Array): Float64Array | null {
    const { unit } = this;
    const { point: closest, box } = this.nearest(point);
    for (const share of SHARES) {
      const nearer = closest.map((value, j) => {
        const { kind } = unit.dimensions[j]!;
        if (kind === "categorical") return value;
        return coordinateInside(unit, box, j, box.centre[j]! + share * (value - box.centre[j]!));
      });
      const parameters = decode(unit, neutralizeInactive(unit, nearer));
      if (this.holds(parameters) && this.elsewhere(parameters)) return encode(unit, parameters);
    }
    return null;
  }

  #inside(box: Box, source: RandomSource): Float64Array {
    const { unit } = this;
    const changed = this.#changedChoice(box, source);
    const point = box.centre.map((centre, j) => {
      const dimension = unit.dimensions[j]!;
      const draw = source.uniform();
      if (dimension.kind === "categorical")
        return changed?.dimension === j ? levelCoordinate(dimension, changed.choice) : centre;
      const [low, high] = sharesOf(dimension, box, j);
      return coordinateInside(unit, box, j, low + draw * (high - low));
    });
    return neutralizeInactive(unit, point);
  }

  /** Which choice differs from the safe set's, if any: every combination that the box allows is as likely. */
  #changedChoice(box: Box, source: RandomSource): { dimension: number; choice: number } | null {
    let rest = source.uniform();
    if (box.changes === 0) return null;
    let combinations = 1;
    for (const { kind, count } of this.unit.dimensions) if (kind === "categorical") combinations += count - 1;
    rest = Math.floor(rest * combinations) - 1;
    for (const [dimension, { kind, count }] of this.unit.dimensions.entries()) {
      if (kind !== "categorical") continue;
      if (rest < 0) return null;
      if (rest < count - 1) return { dimension, choice: rest < box.centre[dimension]! ? rest : rest + 1 };
      rest -= count - 1;
    }
    return null;
  }
}
