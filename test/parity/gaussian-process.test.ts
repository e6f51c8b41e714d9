import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KernelShape } from "../../src/optimizer/gaussian-process/kernel.ts";
import { logMarginalLikelihood } from "../../src/optimizer/gaussian-process/likelihood.ts";
import {
  addLogExpectedImprovement,
  logExpectedImprovement,
} from "../../src/optimizer/gaussian-process/log-expected-improvement.ts";
import { Posterior } from "../../src/optimizer/gaussian-process/posterior.ts";
import { logExpectedExcess } from "../../src/optimizer/math/normal-distribution.ts";
import { deviation, fixture } from "./fixture.ts";

interface Case {
  readonly X: readonly number[][];
  readonly y: readonly number[];
  readonly inverse_squared_lengthscales: readonly number[];
  readonly kernel_scale: number;
  readonly noise_variance: number;
  readonly log_marginal_likelihood: number;
  readonly gradient_wrt_log_hyperparameters: readonly number[];
  readonly query: readonly number[][];
  readonly posterior_mean: readonly number[];
  readonly posterior_variance_of_f: readonly number[];
  readonly best: number;
  readonly log_expected_improvement: readonly number[];
  readonly log_expected_improvement_gradient: readonly number[][];
}
interface Numbers {
  readonly cases: readonly Case[];
  readonly standard_log_ei: { readonly z: readonly number[]; readonly value: readonly number[] };
}
interface Categorical {
  readonly X: readonly number[][];
  readonly y_standardised: readonly number[];
  readonly is_categorical: readonly boolean[];
  readonly inverse_squared_lengthscales: readonly number[];
  readonly kernel_scale: number;
  readonly noise_var: number;
  readonly marginal_log_likelihood_without_2pi_constant: number;
  readonly X_test: readonly number[][];
  readonly posterior_mean: readonly number[];
  readonly posterior_var: readonly number[];
  readonly logEI_threshold: number;
  readonly logEI: readonly number[];
  readonly standard_logei_z: readonly number[];
  readonly standard_logei: readonly number[];
}

const TOLERANCE = 1e-8;

function near(actual: number, expected: number, what: string): void {
  assert.ok(deviation(actual, expected) < TOLERANCE, `${what}: ${actual}, not ${expected}`);
}

function posteriorOf(
  shape: KernelShape,
  x: Float64Array,
  y: Float64Array,
  theta: readonly number[],
  scale: number,
  noise: number,
): Posterior {
  const hyperparameters = {
    inverseSquaredLengthscales: Float64Array.from(theta),
    scale,
    noise,
    microscale: 0,
  };
  return new Posterior(shape, hyperparameters, x, y, new Float64Array(y.length));
}

const numbers = fixture<Numbers>("gaussian_process.json");

describe("the Gaussian process is Optuna's", () => {
  for (const one of numbers.cases) {
    const size = one.query[0]!.length;
    const shape: KernelShape = { size, categorical: Array.from({ length: size }, () => false) };
    const x = Float64Array.from(one.X.flat());
    const y = Float64Array.from(one.y);

    it(`likelihood and gradient, ${y.length} points in ${size} dimensions`, () => {
      const h = [...one.inverse_squared_lengthscales, one.kernel_scale, one.noise_variance];
      const gradient = new Float64Array(size + 2);
      const likelihood = logMarginalLikelihood(shape, x, y, new Float64Array(y.length));
      near(likelihood(Float64Array.from(h, Math.log), gradient), one.log_marginal_likelihood, "likelihood");
      for (const [j, expected] of one.gradient_wrt_log_hyperparameters.entries()) {
        near(gradient[j]!, expected, `gradient ${j}`);
      }
    });

    it(`posterior and log expected improvement, ${y.length} points in ${size} dimensions`, () => {
      const { inverse_squared_lengthscales: theta, kernel_scale: scale, noise_variance: noise } = one;
      const posterior = posteriorOf(shape, x, y, theta, scale, noise);
      const prediction = posterior.prediction();
      const count = one.query.length;
      const means = new Float64Array(count);
      const variances = new Float64Array(count);
      posterior.predictMany(Float64Array.from(one.query.flat()), count, means, variances);
      for (const [i, query] of one.query.entries()) {
        posterior.predict(Float64Array.from(query), prediction);
        near(prediction.mean, one.posterior_mean[i]!, "mean");
        near(prediction.variance, one.posterior_variance_of_f[i]!, "variance");
        near(means[i]!, one.posterior_mean[i]!, "mean of many");
        near(variances[i]!, one.posterior_variance_of_f[i]!, "variance of many");
        const gradient = new Float64Array(size);
        near(
          addLogExpectedImprovement(prediction, one.best, gradient),
          one.log_expected_improvement[i]!,
          "log EI",
        );
        for (const [j, expected] of one.log_expected_improvement_gradient[i]!.entries()) {
          near(gradient[j]!, expected, "gradient of log EI");
        }
      }
    });
  }

  it("the tail of log expected improvement, down to z = −300", () => {
    const { z, value } = numbers.standard_log_ei;
    for (const [i, at] of z.entries()) near(logExpectedExcess(at), value[i]!, `z = ${at}`);
  });

  it("with a categorical dimension", () => {
    const one = fixture<Categorical>("gaussian_process_categorical.json");
    const shape: KernelShape = { size: one.is_categorical.length, categorical: one.is_categorical };
    const x = Float64Array.from(one.X.flat());
    const y = Float64Array.from(one.y_standardised);
    const theta = one.inverse_squared_lengthscales;
    const h = Float64Array.from([...theta, one.kernel_scale, one.noise_var], Math.log);
    const value = logMarginalLikelihood(
      shape,
      x,
      y,
      new Float64Array(y.length),
    )(h, new Float64Array(h.length));
    const constant = 0.5 * y.length * Math.log(2 * Math.PI);
    near(value + constant, one.marginal_log_likelihood_without_2pi_constant, "likelihood");

    const posterior = posteriorOf(shape, x, y, theta, one.kernel_scale, one.noise_var);
    const prediction = posterior.prediction();
    for (const [i, query] of one.X_test.entries()) {
      posterior.predict(Float64Array.from(query), prediction);
      near(prediction.mean, one.posterior_mean[i]!, "mean");
      near(prediction.variance, one.posterior_var[i]!, "variance");
      const { mean, variance } = prediction;
      near(logExpectedImprovement(mean, variance, one.logEI_threshold), one.logEI[i]!, "log EI");
    }
    for (const [i, z] of one.standard_logei_z.entries())
      near(logExpectedExcess(z), one.standard_logei[i]!, `z = ${z}`);
  });
});
