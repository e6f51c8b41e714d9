/** Questions to pruners: a walk in progress among others, with ties, rewards that are not numbers, and uneven steps and times. */
import type { RandomSource } from "../optimizer/math/random-source.ts";
import type { Curve, PruneQuestion } from "../optimizer/pruner.ts";
import { oneOf } from "./rounds.ts";

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** @param peculiar whether some rewards are NaN or infinite; the others are multiples of ¼ from −2 to 2 */
export function randomQuestion(source: RandomSource, peculiar = true): PruneQuestion {
  const suggestions = source.permutation(40);
  const count = source.integer(9);
  const peers = Array.from({ length: count }, (_, number) => {
    const state = oneOf(source, ["completed", "completed", "pruned", "running"] as const);
    return randomCurve(source, peculiar, { number, suggestion: suggestions[number]!, state });
  });
  return {
    direction: oneOf(source, ["maximize", "minimize"] as const),
    current: randomCurve(source, peculiar, {
      number: count,
      suggestion: suggestions[count]!,
      state: "running",
    }),
    peers: [
      ...peers.filter(({ state }) => state !== "running"),
      ...peers.filter(({ state }) => state === "running"),
    ],
  };
}

function randomCurve(
  source: RandomSource,
  peculiar: boolean,
  which: Pick<Curve, "number" | "suggestion" | "state">,
): Curve {
  const interval = oneOf(source, [1, 1, 1, 0.5, 0.97, 3]);
  let step = 0;
  const reports = Array.from({ length: 1 + source.integer(9) }, () => {
    step += oneOf(source, [1, 1, 2]);
    const value = peculiar && source.uniform() < 0.2 ? oneOf(source, NOT_FINITE) : quarters(source);
    return { step, value, time: step * interval };
  });
  const rungs = Array.from({ length: source.integer(4) }, () => quarters(source));
  return { ...which, reports, rungs };
}

function quarters(source: RandomSource): number {
  return (source.integer(17) - 8) / 4;
}

/** The same with better and worse exchanged. */
export function turnedRound({ direction, current, peers }: PruneQuestion): PruneQuestion {
  const turned = (curve: Curve): Curve => ({
    ...curve,
    reports: curve.reports.map((report) => ({ ...report, value: -report.value })),
    rungs: curve.rungs.map((value) => -value),
  });
  return {
    direction: direction === "maximize" ? "minimize" : "maximize",
    current: turned(current),
    peers: peers.map(turned),
  };
}

/** The question at every report of the walk, from the first to the last. */
export function asItWalks(question: PruneQuestion): PruneQuestion[] {
  const { current } = question;
  return current.reports.map((_, i) => ({
    ...question,
    current: { ...current, reports: current.reports.slice(0, i + 1) },
  }));
}
