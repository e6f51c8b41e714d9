/**
 * How the robot was before, during and after a walk: covariates of its reward, stored with the trial for whoever models them.
 * Samplers do not see them. What a robot does not report is absent.
 */
export interface TrialHealth {
  /** Mean of the battery's voltage before the motors have power, V. */
  readonly battery_rest?: number;
  /** Under load, from the start of ramp-in to the end of ramp-out: lowest mean over 0.1 s, and mean, V. */
  readonly battery_lowest?: number;
  readonly battery_mean?: number;
  /** Under load, from the battery's current: A·s and J. */
  readonly charge_used?: number;
  readonly energy_used?: number;
  /** Of the hottest motor and of all motors, before the motors have power and at the end, °C. */
  readonly motor_temperature_before?: number;
  readonly motor_temperature_before_mean?: number;
  readonly motor_temperature_after?: number;
  readonly motor_temperature_after_mean?: number;
  /** How long its motors were given to cool before it, s; absent where they were cool. */
  readonly cool_down?: number;
  /** What was wrong with its actuators, standing before and after the walk, in words; empty: nothing. Absent: not looked at. */
  readonly actuators_before?: readonly string[];
  readonly actuators_after?: readonly string[];
}

/** The covariates that are numbers, with their SI units. */
export const HEALTH_UNITS = {
  battery_rest: "V",
  battery_lowest: "V",
  battery_mean: "V",
  charge_used: "A·s",
  energy_used: "J",
  motor_temperature_before: "°C",
  motor_temperature_before_mean: "°C",
  motor_temperature_after: "°C",
  motor_temperature_after_mean: "°C",
  cool_down: "s",
} as const satisfies Partial<Record<keyof TrialHealth, string>>;
