/** Pruners by name. */
import { named } from "../named.ts";
import { atLeast, type OptionRules, type Options, withDefaults } from "../options.ts";
import type { Pruner, PrunerContext } from "../pruner.ts";
import { HYPERBAND_DEFAULTS, HYPERBAND_RULES, hyperbandPruner } from "./hyperband.ts";
import { MEDIAN_DEFAULTS, MEDIAN_RULES, medianPruner } from "./median.ts";
import { noPruner } from "./none.ts";
import { PATIENT_DEFAULTS, PATIENT_RULES, patientPruner } from "./patient.ts";
import { PERCENTILE_DEFAULTS, PERCENTILE_RULES, percentilePruner } from "./percentile.ts";
import { protectBest } from "./protect-best.ts";
import {
  SUCCESSIVE_HALVING_DEFAULTS,
  SUCCESSIVE_HALVING_RULES,
  successiveHalvingPruner,
} from "./successive-halving.ts";
import { THRESHOLD_DEFAULTS, THRESHOLD_RULES, thresholdPruner } from "./threshold.ts";
import { WILCOXON_DEFAULTS, WILCOXON_RULES, wilcoxonPruner } from "./wilcoxon.ts";

type PrunerFactory = (options: Options, context: PrunerContext) => Pruner;

/** A pruner whose walks can be protected: every one that prunes. */
function pruning<T extends object>(
  name: string,
  defaults: T,
  rules: OptionRules<T>,
  make: (options: T, context: PrunerContext) => Pruner,
): PrunerFactory {
  return (given, context) => {
    const every = { ...defaults, protectBest: 0 };
    const options = withDefaults(`pruner ${name}`, given, every, { ...rules, protectBest: atLeast(0) });
    return protectBest(make(options, context), options);
  };
}

const PRUNERS: Readonly<Record<string, PrunerFactory>> = {
  none: (options) => {
    withDefaults("pruner none", options, {});
    return noPruner();
  },
  median: pruning("median", MEDIAN_DEFAULTS, MEDIAN_RULES, medianPruner),
  percentile: pruning("percentile", PERCENTILE_DEFAULTS, PERCENTILE_RULES, (options) =>
    percentilePruner(options),
  ),
  threshold: pruning("threshold", THRESHOLD_DEFAULTS, THRESHOLD_RULES, thresholdPruner),
  patient: pruning(
    "patient",
    { wrapped: null as WrittenPruner | null, ...PATIENT_DEFAULTS },
    {
      wrapped: { accepts: isWrittenPruner, wanted: "a pruner's name, or a block with its name and options" },
      ...PATIENT_RULES,
    },
    ({ wrapped, ...options }, context) =>
      patientPruner(wrapped === null ? null : wrappedPruner(wrapped, context), options),
  ),
  "successive-halving": pruning(
    "successive-halving",
    SUCCESSIVE_HALVING_DEFAULTS,
    SUCCESSIVE_HALVING_RULES,
    successiveHalvingPruner,
  ),
  hyperband: pruning("hyperband", HYPERBAND_DEFAULTS, HYPERBAND_RULES, (options, context) =>
    hyperbandPruner(context, options),
  ),
  wilcoxon: pruning("wilcoxon", WILCOXON_DEFAULTS, WILCOXON_RULES, wilcoxonPruner),
};

export const PRUNER_NAMES: readonly string[] = Object.keys(PRUNERS);

/** @throws PRUNER_UNKNOWN, CONFIG_INVALID (an option) */
export function createPruner(name: string, options: Options, context: PrunerContext): Pruner {
  return named("pruner", name, PRUNERS)(options, context);
}

/** A pruner as an option of another: its name, or its name among its options. */
type WrittenPruner = string | ({ readonly name: string } & Options);

function isWrittenPruner(value: unknown): boolean {
  if (value === null || typeof value === "string") return true;
  return typeof value === "object" && "name" in value && typeof value.name === "string";
}

function wrappedPruner(written: WrittenPruner, context: PrunerContext): Pruner {
  if (typeof written === "string") return createPruner(written, {}, context);
  const { name, ...options } = written;
  return createPruner(name, options, context);
}
