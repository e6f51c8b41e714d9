/** Kernels of a categorical dimension: an observation favours its own choice, the prior none. */
import type { RandomSource } from "../math/random-source.ts";
import type { Kernels } from "./kernels.ts";

/**
 * With n observations and c choices a kernel gives its observation's choice the weight 1 + 1/(n + 1) and every other one
 * 1/(n + 1), normalised: the more is known, the surer each observation.
 * @param observed indices of the observed choices
 */
export function categoricalKernels(choices: number, observed: Float64Array): Kernels {
  const kernels = observed.length + 1;
  const sum = 1 + choices / kernels;
  const other = 1 / kernels / sum;
  const own = (1 + 1 / kernels) / sum;
  const logOther = Math.log(other);
  const logOwn = Math.log(own);
  const logPrior = -Math.log(choices);
  // Looked up instead of compared: a branch that is as often wrong as right takes longer.
  const logKernel = new Float64Array(choices).fill(logOther);
  return {
    highest: logOwn,
    logPrior: () => logPrior,
    addLogKernels(coordinate, sums, among, count) {
      logKernel[coordinate] = logOwn;
      for (let i = 0; i < count; i++) sums[among[i]!]! += logKernel[observed[among[i]!]!]!;
      logKernel[coordinate] = logOther;
    },
    draw(kernel: number, source: RandomSource): number {
      const choice = source.integer(choices);
      if (kernel === observed.length) return choice;
      // own = own − other + other: with the surplus the observed choice, else any.
      return source.uniform() < own - other ? observed[kernel]! : choice;
    },
  };
}
