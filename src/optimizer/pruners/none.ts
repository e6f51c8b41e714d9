/** Never prunes: every walk is finished. */
import type { Pruner } from "../pruner.ts";
import { goOn } from "./decision.ts";

export function noPruner(): Pruner {
  return { name: "none", decide: () => goOn("pruning is off") };
}
