/** Winding temperature of the motors: one thermal resistance and capacity each, and a cut-out. */

export interface MotorHeatModel {
  /** °C */
  readonly ambient: number;
  /** K/W, windings to air */
  readonly resistance: number;
  /** J/K */
  readonly capacity: number;
  /** The drive cuts out at this temperature and comes back below the other, °C. */
  readonly cutOut: number;
  readonly cutIn: number;
}

/** A motor of some 60 g: a time constant of 96 s, 5 W at the most for long. */
export const SMALL_MOTOR_HEAT: MotorHeatModel = {
  ambient: 23,
  resistance: 12,
  capacity: 8,
  cutOut: 85,
  cutIn: 70,
};

export class MotorHeat {
  readonly model: MotorHeatModel;
  readonly #temperature: Float64Array;
  readonly #cutOut: Uint8Array;

  constructor(model: MotorHeatModel, motors: number) {
    this.model = model;
    this.#temperature = new Float64Array(motors).fill(model.ambient);
    this.#cutOut = new Uint8Array(motors);
  }

  /** @param temperatures °C, one per motor */
  reset(temperatures: ArrayLike<number>): void {
    for (let motor = 0; motor < this.#temperature.length; motor++) {
      this.#temperature[motor] = temperatures[motor] ?? this.model.ambient;
      this.#cutOut[motor] = this.#temperature[motor]! >= this.model.cutOut ? 1 : 0;
    }
  }

  /** @param power heat in the motor's windings, W */
  step(motor: number, dt: number, power: number): void {
    const { ambient, resistance, capacity, cutOut, cutIn } = this.model;
    const temperature = this.#temperature[motor]!;
    const next = temperature + (dt / capacity) * (power - (temperature - ambient) / resistance);
    this.#temperature[motor] = next;
    if (next >= cutOut) this.#cutOut[motor] = 1;
    else if (next <= cutIn) this.#cutOut[motor] = 0;
  }

  /** °C */
  temperature(motor: number): number {
    return this.#temperature[motor]!;
  }

  /** Whether the drive has switched this motor off. */
  isCutOut(motor: number): boolean {
    return this.#cutOut[motor] === 1;
  }

  get temperatures(): number[] {
    return Array.from(this.#temperature);
  }

  /** Temperatures after a rest without current, °C. */
  static rested(model: MotorHeatModel, temperatures: readonly number[], seconds: number): number[] {
    const share = Math.exp(-seconds / (model.resistance * model.capacity));
    return temperatures.map((temperature) => model.ambient + (temperature - model.ambient) * share);
  }
}
