/** A three-cell lithium-polymer pack: open-circuit voltage by charge, sag by current. */

export interface BatteryModel {
  /** A·s */
  readonly capacity: number;
  /** Ω, pack and leads */
  readonly resistance: number;
  /** Voltage at which the motors reach their rated speed and torque, V. */
  readonly ratedVoltage: number;
  /** Below this the computer resets, V. */
  readonly brownOut: number;
  /** Everything but the motors, W. */
  readonly idlePower: number;
}

export const LIPO_3S: BatteryModel = {
  capacity: 2.2 * 3600,
  resistance: 0.08,
  ratedVoltage: 11.1,
  brownOut: 9,
  idlePower: 6,
};

/** Open-circuit voltage of one cell at 0, 10, … 100 % charge, V: the usual discharge curve. */
const CELL_VOLTAGE = [3.0, 3.55, 3.66, 3.71, 3.75, 3.79, 3.85, 3.92, 4.0, 4.09, 4.2];
const CELLS = 3;
/** The supply's capacitors smooth the current that the pack sees, s. */
const SMOOTHING = 0.02;

/** V at no load. @param charge 0 (empty) … 1 (full) */
export function openCircuitVoltage(charge: number): number {
  const position = Math.min(1, Math.max(0, charge)) * (CELL_VOLTAGE.length - 1);
  const index = Math.min(Math.floor(position), CELL_VOLTAGE.length - 2);
  const low = CELL_VOLTAGE[index]!;
  return CELLS * (low + (position - index) * (CELL_VOLTAGE[index + 1]! - low));
}

export class Battery {
  readonly model: BatteryModel;
  #charge = 1;
  #current = 0;

  constructor(model: BatteryModel) {
    this.model = model;
  }

  /** Starts a walk at rest. @param charge 0 … 1 */
  reset(charge: number): void {
    this.#charge = Math.min(1, Math.max(0, charge));
    this.#current = 0;
  }

  /** What is left of it changes at once: cells that give up. @param charge 0 … 1 */
  drain(charge: number): void {
    this.#charge = Math.min(1, Math.max(0, charge));
  }

  /** @param motorPower electrical power of all motors, W; negative while they brake, which the pack takes back */
  step(dt: number, motorPower: number): void {
    const draw = (motorPower + this.model.idlePower) / Math.max(this.voltage, 1);
    this.#current += (dt / (SMOOTHING + dt)) * (draw - this.#current);
    this.#charge = Math.min(1, Math.max(0, this.#charge - (this.#current * dt) / this.model.capacity));
  }

  /** 0 … 1 */
  get charge(): number {
    return this.#charge;
  }

  /** A, positive while discharging. */
  get current(): number {
    return this.#current;
  }

  /** Terminal voltage, V. */
  get voltage(): number {
    return openCircuitVoltage(this.#charge) - this.model.resistance * this.#current;
  }

  /** Share of the motors' rated speed and torque that this voltage allows; the drives cap it at 1. */
  get strength(): number {
    return Math.min(1, Math.max(0, this.voltage / this.model.ratedVoltage));
  }
}
