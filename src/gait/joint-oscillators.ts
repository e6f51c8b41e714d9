/**
 * Open-loop oscillators, one per joint, with swing and stance frequencies that all joints share:
 *
 *     q_i(t) = neutral_i + offset_i + amplitude_i sin(θ_i(t) + phase_i)
 *     θ_i'   = ω_swing where sin(θ_i + phase_i) > 0, else ω_stance
 *
 * Raffin, Sigaud, Kober, Albu-Schäffer, Silvério, Stulp: "An Open-Loop Baseline for Reinforcement Learning Locomotion
 * Tasks" (arXiv 2310.05808), applied to a four-legged body; offsets are from the neutral stance. The phase turns
 * at one of two speeds and is advanced exactly, not integrated.
 */
import { FeasibilityReport, missingParameters } from "./feasibility.ts";
import type {
  BodyGeometry,
  Feasibility,
  Gait,
  GaitController,
  GaitParameterSpec,
  GaitParameters,
} from "./gait.ts";
import { neutralStance } from "./neutral-stance.ts";

const LEG_NAMES = ["fr", "fl", "rr", "rl"] as const;
const JOINT_NAMES = LEG_NAMES.flatMap((leg) => [`${leg}_hip`, `${leg}_knee`]);
const JOINTS = JOINT_NAMES.length;
const TURN = 2 * Math.PI;

const FREQUENCIES: readonly GaitParameterSpec[] = [
  {
    name: "swing_frequency",
    unit: "Hz",
    low: 0.8,
    high: 5,
    description: "frequency of a joint's oscillator while its target is above the offset",
  },
  {
    name: "stance_frequency",
    unit: "Hz",
    low: 0.8,
    high: 5,
    description: "frequency of a joint's oscillator while its target is below the offset",
  },
];

const PARAMETERS: readonly GaitParameterSpec[] = [
  ...FREQUENCIES,
  ...JOINT_NAMES.flatMap((joint): GaitParameterSpec[] => [
    { name: `${joint}_amplitude`, unit: "rad", low: 0, high: 0.6, description: "half the joint's swing" },
    {
      name: `${joint}_phase`,
      unit: "rad",
      low: 0,
      high: TURN,
      description: "lead of the joint's oscillator",
    },
    { name: `${joint}_offset`, unit: "rad", low: -0.3, high: 0.3, description: "from the neutral stance" },
  ]),
];

/** Eight free oscillators: 26 parameters. */
export const jointOscillators: Gait = {
  name: "joint-oscillators",
  parameters: PARAMETERS,
  neutral: neutralStance,
  check,
  start: (parameters, body) => new JointOscillatorController(parameters, body),
};

/**
 * Advances a phase that turns at `swing` rad/s in its upper half turn and at `stance` rad/s in its lower one.
 *
 * @param phase rad, in [0, 2π)
 * @returns rad, in [0, 2π)
 */
export function advancePhase(phase: number, dt: number, swing: number, stance: number): number {
  const period = Math.PI / swing + Math.PI / stance;
  const elapsed = phase < Math.PI ? phase / swing : Math.PI / swing + (phase - Math.PI) / stance;
  const time = (elapsed + dt) % period;
  const inSwing = time * swing < Math.PI;
  const next = inSwing ? time * swing : Math.PI + (time - Math.PI / swing) * stance;
  return next < TURN ? next : 0;
}

function check(parameters: GaitParameters, body: BodyGeometry): Feasibility {
  const reasons = missingParameters(PARAMETERS, parameters);
  for (const { name } of FREQUENCIES) if (parameters[name]! <= 0) reasons.push(`${name} must be above 0`);
  if (reasons.length > 0) return { feasible: false, reasons, saturation: Number.NaN };
  const report = new FeasibilityReport();
  const centre = neutralStance(body);
  const fastest = TURN * Math.max(parameters["swing_frequency"]!, parameters["stance_frequency"]!);
  JOINT_NAMES.forEach((name, joint) => {
    const amplitude = parameters[`${name}_amplitude`]!;
    const middle = centre[joint]! + parameters[`${name}_offset`]!;
    const range = joint % 2 === 0 ? body.leg.hipRange : body.leg.kneeRange;
    for (const extreme of [middle - Math.abs(amplitude), middle + Math.abs(amplitude)]) {
      const excess = Math.max(range[0] - extreme, extreme - range[1]);
      report.note(name, excess, () => `${name} target ${extreme.toFixed(3)} rad leaves its range`);
    }
    // The target moves fastest through the middle, where the oscillator passes from one half to the other.
    report.noteSpeed(Math.abs(amplitude) * fastest);
  });
  return report.conclude(body);
}

class JointOscillatorController implements GaitController {
  readonly #swing: number;
  readonly #stance: number;
  readonly #amplitude = new Float64Array(JOINTS);
  readonly #centre: Float64Array;
  /** θ + phase of every joint, rad, in [0, 2π). */
  readonly #phase = new Float64Array(JOINTS);
  #time = 0;

  constructor(parameters: GaitParameters, body: BodyGeometry) {
    const value = (name: string): number => parameters[name] ?? Number.NaN;
    this.#swing = TURN * value("swing_frequency");
    this.#stance = TURN * value("stance_frequency");
    this.#centre = neutralStance(body);
    JOINT_NAMES.forEach((name, joint) => {
      this.#amplitude[joint] = value(`${name}_amplitude`);
      this.#centre[joint]! += value(`${name}_offset`);
      this.#phase[joint] = ((value(`${name}_phase`) % TURN) + TURN) % TURN;
    });
  }

  get time(): number {
    return this.#time;
  }

  step(dt: number, targets: Float64Array): void {
    this.#time += dt;
    for (let joint = 0; joint < JOINTS; joint++) {
      const phase = advancePhase(this.#phase[joint]!, dt, this.#swing, this.#stance);
      this.#phase[joint] = phase;
      targets[joint] = this.#centre[joint]! + this.#amplitude[joint]! * Math.sin(phase);
    }
  }
}
