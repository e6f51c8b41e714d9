/** What a walk leaves behind and how the pause before the next one changes it: plain JSON, stored with each outcome. */
import { type BatteryModel, LIPO_3S } from "./battery.ts";
import { MotorHeat, type MotorHeatModel, SMALL_MOTOR_HEAT } from "./motor-heat.ts";
import type { PlantResidue } from "./plant.ts";

/** How the robot gets back to its start line. */
export interface ReturnModel {
  /** The motors cool this long, s. */
  readonly rest: number;
  /** A battery with less than this charge is exchanged for a full one. */
  readonly exchangeBelow: number;
}

export const NOMINAL_RETURN: ReturnModel = { rest: 20, exchangeBelow: 0.2 };

/**
 * The state in which the next walk starts.
 *
 * @param carryOver what the walk before left, as stored; anything else means a rested robot with a full battery
 */
export function residueAtStart(
  carryOver: unknown,
  motors: number,
  pause: ReturnModel = NOMINAL_RETURN,
  heat: MotorHeatModel = SMALL_MOTOR_HEAT,
  battery: BatteryModel = LIPO_3S,
): PlantResidue {
  if (!isResidue(carryOver, motors)) return { charge: 1, temperatures: Array(motors).fill(heat.ambient) };
  const charge =
    carryOver.charge - (battery.idlePower * pause.rest) / (battery.ratedVoltage * battery.capacity);
  return {
    charge: charge < pause.exchangeBelow ? 1 : charge,
    temperatures: MotorHeat.rested(heat, carryOver.temperatures, pause.rest),
  };
}

function isResidue(value: unknown, motors: number): value is PlantResidue {
  if (typeof value !== "object" || value === null) return false;
  const { charge, temperatures } = value as Partial<Record<keyof PlantResidue, unknown>>;
  return (
    typeof charge === "number" &&
    Array.isArray(temperatures) &&
    temperatures.length === motors &&
    temperatures.every((temperature) => typeof temperature === "number")
  );
}
