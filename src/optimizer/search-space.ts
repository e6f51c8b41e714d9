/**
 * The search space: what may be tuned, between which bounds, on which scale.
 *
 * Names and semantics follow Optuna's distributions (FloatDistribution, IntDistribution,
 * CategoricalDistribution), so that a study stays readable by it.
 */

export type ParameterValue = number | string | boolean | null;

/** One value per active parameter, by name. */
export type ParameterSet = Readonly<Record<string, ParameterValue>>;

/** The parameter exists only in parameter sets where another one has one of these values. */
export interface Condition {
  readonly parameter: string;
  readonly in: readonly ParameterValue[];
}

interface ParameterCommon {
  readonly name: string;
  /** SI unit of the value, for people; "" when it has none. */
  readonly unit: string;
  readonly when?: Condition;
}

interface NumericParameter extends ParameterCommon {
  /**
   * By so much, in the parameter's unit and > 0, it has to change before the objective is expected to be another one. What is known
   * of that beforehand spares the Gaussian process some of the walks it would learn it from. Absent: nothing is known.
   */
  readonly lengthscale?: number;
}

export interface FloatParameter extends NumericParameter {
  readonly kind: "float";
  /** Inclusive, finite, low < high; with `log` low > 0. */
  readonly low: number;
  readonly high: number;
  /** Searched on a logarithmic scale; excludes `step`. */
  readonly log: boolean;
  /** Distance of the allowed values from `low`, or null for a continuous parameter. */
  readonly step: number | null;
}

export interface IntParameter extends NumericParameter {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  /** Searched on a logarithmic scale; requires step 1 and low ≥ 1. */
  readonly log: boolean;
  readonly step: number;
}

export interface CategoricalParameter extends ParameterCommon {
  readonly kind: "categorical";
  /** Distinct values, at least one. */
  readonly choices: readonly ParameterValue[];
}

export type Parameter = FloatParameter | IntParameter | CategoricalParameter;

export interface SearchSpace {
  /** In a fixed order; a parameter stands after the one its condition names. */
  readonly parameters: readonly Parameter[];
}
