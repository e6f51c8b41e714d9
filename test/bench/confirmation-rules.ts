/**
 * Which gait to walk again: rules of ranking and selection compared by simulation. `node test/bench/confirmation-rules.ts [studies]`.
 *
 * Thirty gaits have true values of unit deviation and were walked once; the best few by their estimates are confirmed with ten
 * walks. Noise is that of one walk, as a multiple of that deviation. Beliefs are normal and independent, the final choice is
 * the best posterior mean. Every rule sees the same truths and the same walks; differences are paired.
 */
import { logExpectedExcess } from "../../src/optimizer/math/normal-distribution.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";

interface Belief {
  readonly mean: number;
  readonly variance: number;
  readonly walks: number;
}

/** Index of the candidate to walk, with `left` walks to go, this one included. */
type Rule = (beliefs: readonly Belief[], noise: number, left: number, source: RandomSource) => number;

const GAITS = 30;
const WALKS = 10;
const indices = (beliefs: readonly Belief[]): number[] => beliefs.map((_, i) => i);
const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));
const leader = (beliefs: readonly Belief[]): number => largest(beliefs.map(({ mean }) => mean));

/** Log of the expected rise of the best mean by m walks of candidate i (P. I. Frazier et al., 2008). */
function logKnowledgeGradient(beliefs: readonly Belief[], i: number, noise: number, m: number): number {
  const { mean, variance } = beliefs[i]!;
  const rival = Math.max(...beliefs.filter((_, j) => j !== i).map((belief) => belief.mean));
  const removed = variance / Math.sqrt(variance + noise ** 2 / m);
  return Math.log(removed) + logExpectedExcess(-Math.abs(mean - rival) / removed);
}

const atLeast =
  (minimum: number, rule: Rule): Rule =>
  (beliefs, noise, left, source) => {
    const walks = beliefs.map((belief) => belief.walks);
    const fewest = Math.min(...walks);
    return fewest < minimum ? walks.indexOf(fewest) : rule(beliefs, noise, left, source);
  };

const equal: Rule = (beliefs) => {
  const walks = beliefs.map((belief) => belief.walks);
  return walks.indexOf(Math.min(...walks));
};
const knowledgeGradient: Rule = (beliefs, noise) =>
  largest(indices(beliefs).map((i) => logKnowledgeGradient(beliefs, i, noise, 1)));
/** KG(*): the best average gain over any number of walks that is left (P. I. Frazier and W. B. Powell, 2010). */
const knowledgeGradientAhead: Rule = (beliefs, noise, left) =>
  largest(
    indices(beliefs).map((i) =>
      Math.max(
        ...Array.from(
          { length: left },
          (_, m) => logKnowledgeGradient(beliefs, i, noise, m + 1) - Math.log(m + 1),
        ),
      ),
    ),
  );
/** Gain of spending everything that is left on one candidate. */
const knowledgeGradientAll: Rule = (beliefs, noise, left) =>
  largest(indices(beliefs).map((i) => logKnowledgeGradient(beliefs, i, noise, left)));
/** Optimal computing budget allocation, one walk at a time to the one furthest behind (C.-H. Chen et al., 2000). */
const ocba: Rule = (beliefs) => {
  const best = leader(beliefs);
  const ratio = beliefs.map(({ mean }, i) =>
    i === best ? 0 : Math.max(1e-6, beliefs[best]!.mean - mean) ** -2,
  );
  ratio[best] = Math.sqrt(ratio.reduce((sum, r) => sum + r * r, 0));
  return largest(beliefs.map(({ walks }, i) => ratio[i]! / walks));
};
/** Of leader i and challenger j: the one whose walk makes the difference more certain. */
function moreTelling(beliefs: readonly Belief[], i: number, j: number, noise: number): number {
  const removed = ({ variance }: Belief): number => variance ** 2 / (variance + noise ** 2);
  return removed(beliefs[i]!) >= removed(beliefs[j]!) ? i : j;
}
/** Top two with the smallest transportation cost as challenger (T3C, X. Shang et al., 2020; deterministic leader). */
const topTwo: Rule = (beliefs, noise) => {
  const best = leader(beliefs);
  const cost = beliefs.map(({ mean, variance }, i) =>
    i === best
      ? Number.POSITIVE_INFINITY
      : (beliefs[best]!.mean - mean) / Math.sqrt(variance + beliefs[best]!.variance),
  );
  return moreTelling(beliefs, best, cost.indexOf(Math.min(...cost)), noise);
};
/** Top-two Thompson sampling (D. Russo, 2020), β = ½. */
const thompson: Rule = (beliefs, _noise, _left, source) => {
  const draw = (): number =>
    largest(beliefs.map(({ mean, variance }) => mean + Math.sqrt(variance) * source.normal()));
  const first = draw();
  if (source.uniform() < 0.5) return first;
  for (let attempt = 0; attempt < 100; attempt++) {
    const second = draw();
    if (second !== first) return second;
  }
  return first;
};
/** Top-two expected improvement (C. Qin et al., 2017), deterministic choice between the two. */
const topTwoImprovement: Rule = (beliefs, noise) => {
  const best = leader(beliefs);
  const gain = beliefs.map(({ mean, variance }, i) => {
    if (i === best) return Number.NEGATIVE_INFINITY;
    const deviation = Math.sqrt(variance + beliefs[best]!.variance);
    return Math.log(deviation) + logExpectedExcess((mean - beliefs[best]!.mean) / deviation);
  });
  return moreTelling(beliefs, best, largest(gain), noise);
};

const RULES: Readonly<Record<string, Rule>> = {
  "present: 2 walks each, then KG": atLeast(2, knowledgeGradient),
  equal,
  KG: knowledgeGradient,
  "KG(*)": knowledgeGradientAhead,
  "KG of all that is left": knowledgeGradientAll,
  "2 walks each, then KG(*)": atLeast(2, knowledgeGradientAhead),
  OCBA: ocba,
  "2 walks each, then OCBA": atLeast(2, ocba),
  "top two (T3C)": topTwo,
  "2 walks each, then T3C": atLeast(2, topTwo),
  "top-two Thompson": thompson,
  "top-two EI": topTwoImprovement,
};

interface Outcome {
  readonly right: number;
  readonly regret: number;
}

function confirm(rule: Rule, candidates: number, noise: number, seed: number): Outcome {
  const world = new RandomSource({ seed, index: candidates, stream: "confirmation" });
  const observe = (prior: Belief, value: number): Belief => {
    const variance = 1 / (1 / prior.variance + 1 / noise ** 2);
    return {
      mean: variance * (prior.mean / prior.variance + value / noise ** 2),
      variance,
      walks: prior.walks + 1,
    };
  };
  const gaits = Array.from({ length: GAITS }, () => {
    const truth = world.normal();
    const walks = Array.from({ length: 1 + WALKS }, () => truth + noise * world.normal());
    return { truth, walks, belief: observe({ mean: 0, variance: 1, walks: 0 }, walks[0]!) };
  })
    .sort((a, b) => b.belief.mean - a.belief.mean)
    .slice(0, candidates);
  const beliefs = gaits.map(({ belief }) => belief);
  const own = new RandomSource({ seed, index: candidates, stream: "rule" });
  for (let left = WALKS; left > 0; left--) {
    const i = rule(beliefs, noise, left, own);
    beliefs[i] = observe(beliefs[i]!, gaits[i]!.walks[beliefs[i]!.walks]!);
  }
  const best = Math.max(...gaits.map(({ truth }) => truth));
  const chosen = gaits[leader(beliefs)]!.truth;
  return { right: chosen === best ? 1 : 0, regret: best - chosen };
}

const studies = Number(process.argv[2] ?? 4000);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0);
for (const candidates of [3, 4, 6]) {
  for (const noise of [0.5, 1, 2]) {
    console.log(
      `${candidates} candidates, noise ${noise}: P(correct), regret, regret less the present rule's`,
    );
    const outcomes = Object.values(RULES).map((rule) =>
      Array.from({ length: studies }, (_, seed) => confirm(rule, candidates, noise, seed)),
    );
    for (const [r, name] of Object.keys(RULES).entries()) {
      const differences = outcomes[r]!.map(({ regret }, s) => regret - outcomes[0]![s]!.regret);
      const difference = mean(differences);
      const error = Math.sqrt(mean(differences.map((d) => (d - difference) ** 2)) / studies);
      console.log(
        `  ${name.padEnd(32)} ${mean(outcomes[r]!.map((o) => o.right)).toFixed(3)}  ${mean(outcomes[r]!.map((o) => o.regret)).toFixed(4)}  ${difference.toFixed(4)} ± ${error.toFixed(4)}`,
      );
    }
  }
}
