/** Gravel: a fixed field of random bumps under the walkway. */
import { randomStream } from "./random.ts";

export interface HeightField {
  readonly rows: number;
  readonly columns: number;
  /** m */
  readonly halfLength: number;
  readonly halfWidth: number;
  /** Where the field's middle lies along x, m. */
  readonly centreX: number;
  /** Height from the deepest valley to the highest peak, m. */
  readonly peak: number;
  /** Row by row, in [0, 1]. */
  readonly elevation: readonly number[];
}

/** Distance between grid points, m: about the size of a foot. */
const GRAIN = 0.025;
const HALF_LENGTH = 4.5;
const HALF_WIDTH = 1.5;

/**
 * The same gravel every time: it is a place, not noise.
 *
 * @param roughness half the height between valleys and peaks, m
 */
export function heightField(roughness: number): HeightField {
  const columns = Math.round((2 * HALF_LENGTH) / GRAIN) + 1;
  const rows = Math.round((2 * HALF_WIDTH) / GRAIN) + 1;
  const random = randomStream("gravel");
  const elevation = Array.from({ length: rows * columns }, () => random.uniform());
  // MuJoCo stretches a field to [0, 1]; pinning the extremes keeps the declared height.
  elevation[0] = 0;
  elevation[1] = 1;
  return {
    rows,
    columns,
    halfLength: HALF_LENGTH,
    halfWidth: HALF_WIDTH,
    centreX: HALF_LENGTH - 1,
    peak: 2 * roughness,
    elevation,
  };
}
