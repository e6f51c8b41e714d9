/**
 * A central pattern generator in foot space: one Hopf oscillator per leg, coupled by a phase pattern, whose state
 * is mapped to a foot path and through inverse kinematics to joint targets. Five numbers are tuned.
 *
 * Raffin, Seidel, Kober, Albu-Schäffer, Silvério, Stulp: "Learning to Exploit Elastic Actuators for Quadruped
 * Locomotion" (arXiv 2209.07171); constants and integration as in eagerx_quadruped's `hopf_network.py` (Apache-2.0):
 *
 *     r_i' = a (μ − r_i²) r_i
 *     θ_i' = ω_i + Σ_j c r_j sin(θ_j − θ_i − Φ_ij)         ω_i = ω_swing where sin θ_i > 0, else ω_stance
 *     x_i  = −step_length · r_i cos θ_i
 *     z_i  = −stance height + d sin θ_i                   d = ground_clearance in swing, ground_penetration in stance
 */
import { noticeableFrequency, noticeableLength } from "./dynamic-similarity.ts";
import { FeasibilityReport, missingParameters } from "./feasibility.ts";
import type {
  BodyGeometry,
  Feasibility,
  Gait,
  GaitController,
  GaitParameterSpec,
  GaitParameters,
} from "./gait.ts";
import { inverseKinematics, type LegAngles } from "./leg-kinematics.ts";
import { neutralStance } from "./neutral-stance.ts";
import { type PhasePattern, phaseMatrix } from "./phase-patterns.ts";

const CONVERGENCE = 50;
const MU = 1;
const COUPLING = 1;
const INITIAL_RADIUS = 0.1;
/** The first leg starts in stance. */
const INITIAL_PHASE = (4 / 3) * Math.PI;
/**
 * A leg is in swing where sin θ is above this rather than above 0. With round frequencies a step of the integration often
 * ends exactly where swing ends, but for rounding: there the robot's rounding must not choose another speed than ours.
 */
const SWING_EDGE = 1e-9;
/** Longest integration step, s: a longer control period is split, so that a slow controller walks the same gait. */
const LONGEST_STEP = 0.01;
const LEGS = 4;
/** Points of a cycle at which feasibility is judged; multiples of four include the extremes of the path. */
const CYCLE_POINTS = 128;

const PARAMETERS: readonly GaitParameterSpec[] = [
  {
    name: "ground_clearance",
    unit: "m",
    low: 0.005,
    high: 0.05,
    lengthscale: noticeableLength,
    description: "height of the foot above its neutral height at mid-swing",
  },
  {
    name: "ground_penetration",
    unit: "m",
    low: 0,
    high: 0.03,
    lengthscale: noticeableLength,
    description: "depth of the foot target below its neutral height at mid-stance: how hard the leg pushes",
  },
  {
    name: "step_length",
    unit: "m",
    low: 0.01,
    high: 0.08,
    lengthscale: noticeableLength,
    description: "amplitude of the foot path: the foot moves this far to either side of the hip",
  },
  {
    name: "swing_frequency",
    unit: "Hz",
    low: 0.8,
    high: 5,
    lengthscale: noticeableFrequency,
    description: "oscillator frequency while the foot is in the air: swing lasts 1 / (2 · frequency)",
  },
  {
    name: "stance_frequency",
    unit: "Hz",
    low: 0.8,
    high: 5,
    lengthscale: noticeableFrequency,
    description: "oscillator frequency while the foot pushes: stance lasts 1 / (2 · frequency)",
  },
];

/** The foot-space CPG with a phase pattern, e.g. `foot-cpg:trot`. The pattern is part of the gait, not tuned. */
export function footCpg(pattern: PhasePattern): Gait {
  return {
    name: `foot-cpg:${pattern}`,
    parameters: PARAMETERS,
    neutral: neutralStance,
    check,
    start: (parameters, body) => new FootCpgController(pattern, parameters, body),
  };
}

/** The foot's wish at a phase of the limit cycle (r = 1), relative to the hip. */
function footHeight(shape: FootPath, phase: number): number {
  const sine = Math.sin(phase);
  return shape.height + (sine > 0 ? shape.clearance : shape.penetration) * sine;
}

interface FootPath {
  readonly clearance: number;
  readonly penetration: number;
  readonly stepLength: number;
  /** Angular speeds, rad/s. */
  readonly swing: number;
  readonly stance: number;
  /** z of the neutral foot, m, negative. */
  readonly height: number;
}

function footPath(parameters: GaitParameters, body: BodyGeometry): FootPath {
  const value = (name: string): number => parameters[name] ?? Number.NaN;
  return {
    clearance: value("ground_clearance"),
    penetration: value("ground_penetration"),
    stepLength: value("step_length"),
    swing: 2 * Math.PI * value("swing_frequency"),
    stance: 2 * Math.PI * value("stance_frequency"),
    height: -body.stanceHeight,
  };
}

/**
 * The limit cycle's path does not depend on timing, and the oscillator approaches it from inside (r ≤ 1), so one turn
 * of the phase covers everything a leg will ever be asked. Saturation is judged by the speeds of the hip and of the shank
 * against the trunk, which the motors turn when the knee is driven from the trunk, as bert's is.
 */
function check(parameters: GaitParameters, body: BodyGeometry): Feasibility {
  const reasons = missingParameters(PARAMETERS, parameters);
  const path = footPath(parameters, body);
  for (const [name, speed] of [
    ["swing_frequency", path.swing],
    ["stance_frequency", path.stance],
  ] as const)
    if (speed <= 0) reasons.push(`${name} must be above 0`);
  if (reasons.length > 0) return { feasible: false, reasons, saturation: Number.NaN };

  const report = new FeasibilityReport();
  const now: LegAngles = { hip: 0, knee: 0 };
  const next: LegAngles = { hip: 0, knee: 0 };
  const turn = (2 * Math.PI) / CYCLE_POINTS;
  for (let point = 0; point < CYCLE_POINTS; point++) {
    const phase = point * turn;
    const where = (): string => {
      const inSwing = point < CYCLE_POINTS / 2;
      const share = (inSwing ? point : point - CYCLE_POINTS / 2) / (CYCLE_POINTS / 2);
      return `at ${Math.round(100 * share)} % of ${inSwing ? "swing" : "stance"}`;
    };
    const x = -path.stepLength * Math.cos(phase);
    const excess = inverseKinematics(body.leg, x, footHeight(path, phase), now);
    report.note("reach", excess, () => `foot ${(1000 * excess).toFixed(1)} mm beyond reach ${where()}`);
    report.noteAngles(body.leg, now.hip, now.knee, where);

    const later = phase + turn;
    inverseKinematics(body.leg, -path.stepLength * Math.cos(later), footHeight(path, later), next);
    const turnsPerSecond = (point < CYCLE_POINTS / 2 ? path.swing : path.stance) / turn;
    report.noteSpeed(Math.abs(next.hip - now.hip) * turnsPerSecond);
    report.noteSpeed(Math.abs(next.hip + next.knee - now.hip - now.knee) * turnsPerSecond);
  }
  return report.conclude(body);
}

class FootCpgController implements GaitController {
  readonly #path: FootPath;
  readonly #body: BodyGeometry;
  /** sin and cos of Φ, so that the coupling needs only the oscillators' own sines and cosines. */
  readonly #sinPhi: Float64Array;
  readonly #cosPhi: Float64Array;
  /** r of the four legs, then θ of the four legs. */
  readonly #state = new Float64Array(2 * LEGS);
  readonly #probe = new Float64Array(2 * LEGS);
  readonly #slopes = [0, 1, 2, 3].map(() => new Float64Array(2 * LEGS));
  readonly #sine = new Float64Array(LEGS);
  readonly #cosine = new Float64Array(LEGS);
  readonly #angles: LegAngles = { hip: 0, knee: 0 };
  #time = 0;

  constructor(pattern: PhasePattern, parameters: GaitParameters, body: BodyGeometry) {
    this.#path = footPath(parameters, body);
    this.#body = body;
    const matrix = phaseMatrix(pattern).flat();
    this.#sinPhi = Float64Array.from(matrix, Math.sin);
    this.#cosPhi = Float64Array.from(matrix, Math.cos);
    for (let leg = 0; leg < LEGS; leg++) {
      this.#state[leg] = INITIAL_RADIUS;
      this.#state[LEGS + leg] = INITIAL_PHASE + matrix[leg]!;
    }
  }

  get time(): number {
    return this.#time;
  }

  /** Radii, then phases in rad (not wrapped), of the four oscillators. For tests and plots. */
  get oscillators(): Readonly<Float64Array> {
    return this.#state;
  }

  step(dt: number, targets: Float64Array): void {
    const steps = Math.ceil(dt / LONGEST_STEP - 1e-9);
    for (let index = 0; index < steps; index++) this.#integrate(dt / steps);
    this.#time += dt;
    const { stepLength } = this.#path;
    for (let leg = 0; leg < LEGS; leg++) {
      const phase = this.#state[LEGS + leg]!;
      const x = -stepLength * this.#state[leg]! * Math.cos(phase);
      inverseKinematics(this.#body.leg, x, footHeight(this.#path, phase), this.#angles);
      targets[2 * leg] = this.#angles.hip;
      targets[2 * leg + 1] = this.#angles.knee;
    }
  }

  /** One step of the classical Runge–Kutta method. */
  #integrate(dt: number): void {
    const [k1, k2, k3, k4] = this.#slopes as [Float64Array, Float64Array, Float64Array, Float64Array];
    this.#derivative(this.#state, k1);
    this.#derivative(this.#along(k1, dt / 2), k2);
    this.#derivative(this.#along(k2, dt / 2), k3);
    this.#derivative(this.#along(k3, dt), k4);
    for (let index = 0; index < 2 * LEGS; index++)
      this.#state[index]! += (dt / 6) * (k1[index]! + 2 * k2[index]! + 2 * k3[index]! + k4[index]!);
  }

  #along(slope: Float64Array, dt: number): Float64Array {
    for (let index = 0; index < 2 * LEGS; index++)
      this.#probe[index] = this.#state[index]! + dt * slope[index]!;
    return this.#probe;
  }

  #derivative(state: Float64Array, slope: Float64Array): void {
    for (let leg = 0; leg < LEGS; leg++) {
      this.#sine[leg] = Math.sin(state[LEGS + leg]!);
      this.#cosine[leg] = Math.cos(state[LEGS + leg]!);
    }
    for (let leg = 0; leg < LEGS; leg++) {
      const r = state[leg]!;
      const sine = this.#sine[leg]!;
      const cosine = this.#cosine[leg]!;
      let speed = sine > SWING_EDGE ? this.#path.swing : this.#path.stance;
      for (let other = 0; other < LEGS; other++) {
        const sinDifference = this.#sine[other]! * cosine - this.#cosine[other]! * sine;
        const cosDifference = this.#cosine[other]! * cosine + this.#sine[other]! * sine;
        const entry = leg * LEGS + other;
        speed +=
          COUPLING *
          state[other]! *
          (sinDifference * this.#cosPhi[entry]! - cosDifference * this.#sinPhi[entry]!);
      }
      slope[leg] = CONVERGENCE * (MU - r * r) * r;
      slope[LEGS + leg] = speed;
    }
  }
}
