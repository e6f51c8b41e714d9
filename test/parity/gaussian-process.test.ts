import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitHyperparameters } from "../../src/optimizer/gaussian-process/fit.ts";
import type { Hyperparameters, KernelShape } from "../../src/optimizer/gaussian-process/kernel.ts";
import { logMarginalLikelihood } from "../../src/optimizer/gaussian-process/likelihood.ts";
import {
  addLogExpectedImprovement,
  logExpectedImprovement,
} from "../../src/optimizer/gaussian-process/log-expected-improvement.ts";
import { Posterior } from "../../src/optimizer/gaussian-process/posterior.ts";
import type { LogPrior } from "../../src/optimizer/gaussian-process/priors.ts";
import { logExpectedExcess } from "../../src/optimizer/math/normal-distribution.ts";
import { deviation, fixture } from "./fixture.ts";

interface Case {
  readonly X: readonly number[][];
  readonly y: readonly number[];
  readonly inverse_squared_lengthscales: readonly number[];
  readonly kernel_scale: number;
  readonly noise_variance: number;
  readonly log_marginal_likelihood: number;
  readonly log_marginal_likelihood_without_constant: number;
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
  readonly log_prior: number;
  readonly X_test: readonly number[][];
  readonly posterior_mean: readonly number[];
  readonly posterior_var: readonly number[];
  readonly posterior_cov_joint: readonly number[][];
  readonly logEI_threshold: number;
  readonly logEI: readonly number[];
  readonly standard_logei_z: readonly number[];
  readonly standard_logei: readonly number[];
  readonly fitted: Fitted;
  readonly fitted_deterministic: Fitted;
}
interface Fitted {
  readonly inverse_squared_lengthscales: readonly number[];
  readonly kernel_scale: number;
  readonly noise_var: number;
  /** Log likelihood without the constant, plus log prior. */
  readonly objective: number;
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
  return new Posterior(shape, hyperparameters, x, y, new Float64Array(y.length), 0, "zero");
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
      const value = likelihood(Float64Array.from(h, Math.log), gradient);
      near(value, one.log_marginal_likelihood, "likelihood");
      near(
        value + halfLogTwoPi(y.length),
        one.log_marginal_likelihood_without_constant,
        "likelihood without its constant",
      );
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

  describe("with a categorical dimension", () => {
    const one = fixture<Categorical>("gaussian_process_categorical.json");
    const shape: KernelShape = { size: one.is_categorical.length, categorical: one.is_categorical };
    const x = Float64Array.from(one.X.flat());
    const y = Float64Array.from(one.y_standardised);
    const theta = one.inverse_squared_lengthscales;
    const none = new Float64Array(y.length);
    const likelihood = logMarginalLikelihood(shape, x, y, none);
    const logOf = (fit: Omit<Fitted, "objective">): Float64Array =>
      Float64Array.from([...fit.inverse_squared_lengthscales, fit.kernel_scale, fit.noise_var], Math.log);
    const objective = (h: Float64Array): number =>
      likelihood(h, new Float64Array(h.length)) +
      halfLogTwoPi(y.length) +
      optunaPrior(shape.size)(h, new Float64Array(h.length));

    it("likelihood and prior", () => {
      const h = logOf(one);
      const value = likelihood(h, new Float64Array(h.length));
      near(value + halfLogTwoPi(y.length), one.marginal_log_likelihood_without_2pi_constant, "likelihood");
      near(optunaPrior(shape.size)(h, new Float64Array(h.length)), one.log_prior, "prior");
    });

    it("posterior mean, variance, joint covariance and log expected improvement", () => {
      const posterior = posteriorOf(shape, x, y, theta, one.kernel_scale, one.noise_var);
      const prediction = posterior.prediction();
      for (const [i, query] of one.X_test.entries()) {
        posterior.predict(Float64Array.from(query), prediction);
        near(prediction.mean, one.posterior_mean[i]!, "mean");
        near(prediction.variance, one.posterior_var[i]!, "variance");
        const { mean, variance } = prediction;
        near(logExpectedImprovement(mean, variance, one.logEI_threshold), one.logEI[i]!, "log EI");
        for (const [j, other] of one.X_test.entries()) {
          const covariance = posterior.covariance(Float64Array.from(query), Float64Array.from(other));
          near(covariance, one.posterior_cov_joint[i]![j]!, `covariance ${i}, ${j}`);
        }
      }
    });

    it("the tail of log expected improvement", () => {
      for (const [i, z] of one.standard_logei_z.entries())
        near(logExpectedExcess(z), one.standard_logei[i]!, `z = ${z}`);
    });

    it("a fit with Optuna's prior ends no lower than Optuna's", () => {
      const data = { shape, x, y, knownVariance: none };
      const ones: Hyperparameters = {
        inverseSquaredLengthscales: new Float64Array(shape.size).fill(1),
        scale: 1,
        noise: 1,
        microscale: 0,
      };
      const fits = [
        [one.fitted, [1e-6, 10]],
        [one.fitted_deterministic, [1e-6, 1e-6]],
      ] as const;
      for (const [expected, noise] of fits) {
        near(objective(logOf(expected)), expected.objective, "Optuna's objective, here");
        const fit = fitHyperparameters(data, {
          prior: optunaPrior(shape.size),
          bounds: { lengthscale: [1e-2, 1e2], scale: [1e-3, 1e3], noise, microscale: null },
          starts: [ones],
          maxIterations: 200,
        });
        const reached = fit.objective + halfLogTwoPi(y.length);
        assert.ok(reached >= expected.objective - 1e-3, `${reached}, Optuna ${expected.objective}`);
      }
    });
  });
});

function halfLogTwoPi(n: number): number {
  return 0.5 * n * Math.log(2 * Math.PI);
}

/** −Σ(0.1/θ + 0.1 θ) + (ln s − s) + (0.1 ln σ² − 30 σ²): Optuna's `default_log_prior`. */
function optunaPrior(size: number): LogPrior {
  return (h, gradient) => {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const theta = Math.exp(h[j]!);
      sum -= 0.1 / theta + 0.1 * theta;
      gradient[j]! += 0.1 / theta - 0.1 * theta;
    }
    const scale = Math.exp(h[size]!);
    const noise = Math.exp(h[size + 1]!);
    gradient[size]! += 1 - scale;
    gradient[size + 1]! += 0.1 - 30 * noise;
    return sum + h[size]! - scale + 0.1 * h[size + 1]! - 30 * noise;
  };
}
