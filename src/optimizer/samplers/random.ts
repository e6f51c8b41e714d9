/**
 * Random search: uniform over the feasible part of the space, on the logarithm for log parameters.
 * J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012).
 */
import { RandomSource } from "../math/random-source.ts";
import type { Sampler, SamplerContext } from "../sampler.ts";
import { uniformFeasiblePoint } from "../space/feasible-point.ts";
import { decode, unitSpace } from "../space/unit-space.ts";

export function randomSampler({ space, seed }: SamplerContext): Sampler {
  const unit = unitSpace(space);
  return {
    name: "random",
    ask({ suggestion, feasible }) {
      const source = new RandomSource({ seed, index: suggestion, stream: "random" });
      const point = uniformFeasiblePoint(unit, feasible, source);
      return { parameters: decode(unit, point), bookkeeping: null, note: "drawn at random" };
    },
  };
}
