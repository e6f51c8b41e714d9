/** Never prunes: every walk is finished. */
import type { Pruner } from "../pruner.ts";

export function noPruner(): Pruner {
  return {
    name: "none",
    decide: () => ({ prune: false, reason: "pruning is off", threshold: null }),
  };
}
