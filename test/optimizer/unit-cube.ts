/** The plainest search space: `size` continuous parameters x0, x1, … from 0 to 1. */
import type { SearchSpace } from "../../src/optimizer/search-space.ts";

export function unitCube(size: number): SearchSpace {
  return {
    parameters: Array.from({ length: size }, (_, i) => ({
      kind: "float",
      name: `x${i}`,
      unit: "",
      low: 0,
      high: 1,
      log: false,
      step: null,
    })),
  };
}
