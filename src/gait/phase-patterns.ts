/**
 * Which foot moves when. A pattern gives each leg's lead over the first leg; the coupling matrix of the
 * oscillators follows from it: Φ_ij = lead_j − lead_i, so that θ_j − θ_i settles at Φ_ij.
 *
 * The patterns are those of eagerx_quadruped's `hopf_network.py` (Apache-2.0), except the pronk: that file fills the
 * matrix with ones, whereas all legs in phase is what the word means.
 */

/** Leads in the order FR, FL, RR, RL, as fractions of a cycle. */
export const PHASE_PATTERNS = {
  /** Diagonal pairs. */
  trot: [0, -0.5, -0.5, 0],
  /** Pairs of one side. */
  pace: [0, -0.5, 0, -0.5],
  /** Front pair and rear pair. */
  bound: [0, 0, -0.5, -0.5],
  /** One foot after the other, a quarter of a cycle apart. */
  walk: [0, -0.5, -0.25, 0.25],
  /** All four together. */
  pronk: [0, 0, 0, 0],
} as const satisfies Record<string, readonly [number, number, number, number]>;

export type PhasePattern = keyof typeof PHASE_PATTERNS;

export const PHASE_PATTERN_NAMES = Object.keys(PHASE_PATTERNS) as readonly PhasePattern[];

/** Φ, rad: row i, column j is the phase by which leg j leads leg i. */
export function phaseMatrix(pattern: PhasePattern): readonly (readonly number[])[] {
  const leads = PHASE_PATTERNS[pattern];
  return leads.map((own) => leads.map((other) => 2 * Math.PI * (other - own)));
}
