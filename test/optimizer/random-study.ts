/** Random search spaces and random histories for fast-check: everything a space may hold, everything a walk may come to. */
import fc from "fast-check";
import type { Sampler } from "../../src/optimizer/sampler.ts";
import type {
  CategoricalParameter,
  Parameter,
  ParameterSet,
  ParameterValue,
  SearchSpace,
} from "../../src/optimizer/search-space.ts";
import type { ObservedTrial, TrialState } from "../../src/optimizer/trial.ts";

const float = fc
  .record({
    low: fc.double({ min: -1000, max: 1000, noNaN: true }),
    width: fc.double({ min: 1e-3, max: 1000, noNaN: true }),
    scale: fc.constantFrom("linear" as const, "log" as const, "step" as const),
    steps: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ low, width, scale, steps }) => {
    const start = scale === "log" ? Math.abs(low) + 1e-3 : low;
    return {
      kind: "float" as const,
      low: start,
      high: start + width,
      log: scale === "log",
      step: scale === "step" ? width / steps : null,
    };
  });

const int = fc
  .record({
    low: fc.integer({ min: -50, max: 50 }),
    levels: fc.integer({ min: 0, max: 30 }),
    scale: fc.constantFrom("linear" as const, "log" as const),
    step: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ low, levels, scale, step }) => {
    const log = scale === "log";
    const start = log ? Math.abs(low) + 1 : low;
    return {
      kind: "int" as const,
      low: start,
      high: start + levels * (log ? 1 : step),
      log,
      step: log ? 1 : step,
    };
  });

const categorical = fc
  .uniqueArray(
    fc.oneof(fc.constantFrom<ParameterValue>("trot", "pace", true, false, null, 0, 1.5), fc.string()),
    { minLength: 1, maxLength: 4 },
  )
  .map((choices) => ({ kind: "categorical" as const, choices }));

const parameter = fc.oneof(
  { weight: 3, arbitrary: float },
  { weight: 2, arbitrary: int },
  { weight: 2, arbitrary: categorical },
);

/** One to five parameters, some of which exist only under a choice of an earlier one, itself perhaps conditional. */
export const randomSpace: fc.Arbitrary<SearchSpace> = fc
  .array(fc.record({ shape: parameter, conditional: fc.boolean(), pick: fc.nat(), among: fc.nat() }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((drafts) => {
    const parameters: Parameter[] = [];
    for (const [i, { shape, conditional, pick, among }] of drafts.entries()) {
      const parents = parameters.filter((one): one is CategoricalParameter => one.kind === "categorical");
      const parent = conditional ? parents[pick % Math.max(1, parents.length)] : undefined;
      const when =
        parent === undefined
          ? {}
          : { when: { parameter: parent.name, in: [parent.choices[among % parent.choices.length]!] } };
      parameters.push({ ...shape, name: `p${i}`, unit: "", ...when });
    }
    return { parameters };
  });

/** How a walk went. */
export interface RandomOutcome {
  readonly state: TrialState;
  readonly value: number;
  readonly steps: number;
  readonly walked: number;
}

const states: readonly TrialState[] = [
  "completed",
  "completed",
  "completed",
  "pruned",
  "aborted",
  "running",
  "interrupted",
  "abandoned",
];

export const randomOutcome: fc.Arbitrary<RandomOutcome> = fc.record({
  state: fc.constantFrom(...states),
  value: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
    { weight: 2, arbitrary: fc.constantFrom(0.5, 0, -0) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        1e300,
        -1e300,
        5e-324,
      ),
    },
  ),
  steps: fc.nat(4),
  walked: fc.double({ min: 0, max: 20, noNaN: true }),
});

/** The trial of a suggestion that came to this; a value that is not finite comes both as it is and as none. */
export function trialOf(
  suggestion: number,
  asked: Pick<ObservedTrial, "parameters" | "bookkeeping">,
  { state, value, steps, walked }: RandomOutcome,
): ObservedTrial {
  const evidence = state === "completed" || state === "pruned";
  return {
    number: suggestion,
    suggestion,
    role: "suggested",
    state,
    parameters: asked.parameters,
    reports: Array.from({ length: steps }, (_, k) => ({ step: k + 1, value, time: k + 1 })),
    value: evidence && (Number.isFinite(value) || steps % 2 === 0) ? value : null,
    constraints: state === "aborted" ? [1.5] : evidence ? [-0.3] : [],
    breached: state === "aborted" ? 0 : null,
    walked,
    bookkeeping: asked.bookkeeping,
  };
}

/** Asks and tells one suggestion for every outcome. */
export function randomStudy(
  sampler: Sampler,
  outcomes: readonly RandomOutcome[],
  feasible: (parameters: ParameterSet) => boolean = () => true,
): ObservedTrial[] {
  const trials: ObservedTrial[] = [];
  for (const outcome of outcomes) {
    const suggestion = trials.length;
    trials.push(trialOf(suggestion, sampler.ask({ trials, suggestion, feasible }), outcome));
  }
  return trials;
}
