/**
 * How much one walk differs from the next. Draws the conditions of a walk from its seed and suggestion alone; they
 * enter the physics, never the reward.
 */
import { type Conditions, NOMINAL_CONDITIONS } from "./conditions.ts";
import { randomStream } from "./random.ts";

/**
 * `none`: every walk is the same. `mild`: walk-to-walk spread of a good gait's speed of about 6 %, a careful laboratory.
 * `rough`: about 50 %, as QuadraTot's servos on a table (Yosinski et al. 2011: 26 ± 13 for one gait).
 */
export type Variation = "none" | "mild" | "rough";

/** Standard deviations; factors are spread log-normally. */
interface Spread {
  readonly friction: number;
  /** rad */
  readonly slope: number;
  /** Common to all springs, and of single legs. */
  readonly springs: number;
  readonly legSprings: number;
  readonly torque: number;
  readonly speed: number;
  readonly mass: number;
  /** Mean command delay, s; at most four times that. */
  readonly commandDelay: number;
  /** m and rad */
  readonly place: number;
  readonly yaw: number;
  readonly posture: number;
}

const SPREADS: Readonly<Record<Exclude<Variation, "none">, Spread>> = {
  mild: {
    friction: 0.06,
    slope: 0.005,
    springs: 0.03,
    legSprings: 0.02,
    torque: 0.02,
    speed: 0.02,
    mass: 0.01,
    commandDelay: 0.004,
    place: 0.005,
    yaw: 0.02,
    posture: 0.02,
  },
  rough: {
    friction: 0.3,
    slope: 0.04,
    springs: 0.15,
    legSprings: 0.12,
    torque: 0.12,
    speed: 0.15,
    mass: 0.05,
    commandDelay: 0.015,
    place: 0.02,
    yaw: 0.08,
    posture: 0.1,
  },
};

/** Draws beyond this many standard deviations are pulled back to it: a bad day, not another planet. */
const WIDEST = 2.5;

export function drawConditions(variation: Variation, seed: number, suggestion: number): Conditions {
  if (variation === "none") return NOMINAL_CONDITIONS;
  const spread = SPREADS[variation];
  const random = randomStream(seed, suggestion, "conditions");
  const normal = (deviation: number): number =>
    deviation * Math.min(WIDEST, Math.max(-WIDEST, random.normal()));
  const factor = (deviation: number): number => Math.exp(normal(deviation));
  const common = factor(spread.springs);
  const leg = (): number => common * factor(spread.legSprings);
  return {
    friction: factor(spread.friction),
    slopePitch: normal(spread.slope),
    slopeRoll: normal(spread.slope),
    springs: [leg(), leg(), leg(), leg()],
    torque: factor(spread.torque),
    speed: factor(spread.speed),
    mass: factor(spread.mass),
    commandDelay: spread.commandDelay * Math.min(4, -Math.log(1 - random.uniform())),
    start: {
      x: normal(spread.place),
      y: normal(spread.place),
      yaw: normal(spread.yaw),
      joints: Array.from({ length: 8 }, () => normal(spread.posture)),
    },
  };
}
