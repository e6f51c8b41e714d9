/**
 * The gait of the robot that walks in episodes, by the five numbers of its `set_ctrl`. FR and RL step together, FL and RR
 * by `phase offset` of a cycle later. Each foot goes forward in the air and backward on the ground, which takes `duty` of the
 * cycle:
 *
 *     x = −h sin(amplitude) cos θ
 *     z = −h + 0.4 · extension · sin θ  in the air, −h + 0.2 · extension · sin θ on the ground, where it pushes
 */
import type { BodyGeometry, GaitController } from "../../src/gait/gait.ts";
import { advancePhase } from "../../src/gait/joint-oscillators.ts";
import { inverseKinematics } from "../../src/gait/leg-kinematics.ts";

/** What the robot takes, in the order of `ctrl`: degrees, Hz, share of a cycle, cm, share of a cycle. */
export const CTRL_RANGES = [
  { name: "amplitude", low: 0, high: 40 },
  { name: "frequency", low: 0.2, high: 5 },
  { name: "phase offset", low: 0, high: 1 },
  { name: "extension", low: 0, high: 8 },
  { name: "duty", low: 0.2, high: 0.9 },
] as const;

const LIFT = 0.4;
const PUSH = 0.2;
/** Legs that step later by the phase offset: FR FL RR RL. */
const LATER = [0, 1, 1, 0] as const;

/** @returns why these are no such numbers, "" when they are */
export function ctrlProblem(ctrl: readonly number[]): string {
  if (ctrl.length !== CTRL_RANGES.length)
    return `ctrl has ${ctrl.length} numbers, ${CTRL_RANGES.length} are needed`;
  for (const [index, { name, low, high }] of CTRL_RANGES.entries())
    if (!(ctrl[index]! >= low && ctrl[index]! <= high))
      return `${name} = ${ctrl[index]} is not within ${low} to ${high}`;
  return "";
}

export class EpisodicGait implements GaitController {
  readonly #body: BodyGeometry;
  /** Hip's swing to either side, rad; cycles per second; m; of the cycle on the ground. */
  readonly #amplitude: number;
  readonly #frequency: number;
  readonly #extension: number;
  readonly #duty: number;
  /** rad; a foot is in the air below π */
  readonly #phases: number[];
  #time = 0;

  /** @param ctrl in order and within {@link CTRL_RANGES} */
  constructor(ctrl: readonly number[], body: BodyGeometry) {
    const [amplitude = 0, frequency = 1, phaseOffset = 0, extension = 0, duty = 0.5] = ctrl;
    this.#body = body;
    this.#amplitude = (Math.PI / 180) * amplitude;
    this.#frequency = frequency;
    this.#extension = extension / 100;
    this.#duty = duty;
    // The phase does not turn evenly: a part of a cycle is a time.
    this.#phases = LATER.map((later) => this.#advanced(Math.PI, (1 - later * phaseOffset) / frequency));
  }

  get time(): number {
    return this.#time;
  }

  step(dt: number, targets: Float64Array): void {
    this.#time += dt;
    const { leg: geometry, stanceHeight } = this.#body;
    const sweep = stanceHeight * Math.sin(this.#amplitude);
    const angles = { hip: 0, knee: 0 };
    for (let leg = 0; leg < this.#phases.length; leg++) {
      const phase = this.#advanced(this.#phases[leg]!, dt);
      this.#phases[leg] = phase;
      const sine = Math.sin(phase);
      const height = (sine > 0 ? LIFT : PUSH) * this.#extension * sine - stanceHeight;
      inverseKinematics(geometry, -sweep * Math.cos(phase), height, angles);
      targets[2 * leg] = angles.hip;
      targets[2 * leg + 1] = angles.knee;
    }
  }

  #advanced(phase: number, dt: number): number {
    const half = Math.PI * this.#frequency;
    return advancePhase(phase, dt, half / (1 - this.#duty), half / this.#duty);
  }
}
