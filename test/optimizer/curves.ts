/** Curves for tests of pruners, as short as they can be written. */
import type { Curve, PruneDecision, Pruner } from "../../src/optimizer/pruner.ts";
import type { Direction } from "../../src/optimizer/trial.ts";

/** Values at steps 1, 2, …, `interval` seconds apart. */
export function curve(values: readonly number[], change: Partial<Curve> = {}, interval = 1): Curve {
  const number = change.number ?? 0;
  return {
    number,
    suggestion: number,
    state: "completed",
    reports: values.map((value, index) => ({ step: index + 1, value, time: (index + 1) * interval })),
    rungs: [],
    ...change,
  };
}

/** What a pruner says of a walk with these values so far, among completed walks. */
export function decide(
  pruner: Pruner,
  current: readonly number[] | Curve,
  peers: readonly (readonly number[] | Curve)[] = [],
  direction: Direction = "maximize",
): PruneDecision {
  const asCurve = (one: readonly number[] | Curve, number: number): Curve =>
    "reports" in one ? one : curve(one, { number });
  return pruner.decide({
    direction,
    current: { ...asCurve(current, peers.length), state: "running" },
    peers: peers.map(asCurve),
  });
}
