/**
 * The service's end of the sampler thread. Fitting a model may take a second and must stall nobody, so everything
 * that fits one (asking, choosing what to confirm, estimating the champion) happens over there.
 */
import { Worker } from "node:worker_threads";
import { ERROR_CATALOGUE, type ErrorCode, GaitsmithError } from "../errors.ts";
import type { Suggestion } from "../optimizer/sampler.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import type { ObservedTrial } from "../optimizer/trial.ts";
import { entryPath } from "../paths.ts";
import type { Conclusions, SamplerAnswer, SamplerRequest, SamplerSetup } from "./sampler-messages.ts";

type Question =
  | { readonly kind: "ask"; readonly suggestion: number }
  | { readonly kind: "confirm"; readonly candidates: number }
  | { readonly kind: "conclude" };

interface Waiting {
  readonly resolve: (answer: SamplerAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class SamplerHost {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** What the thread knows of each trial, so that only changes travel. */
  readonly #sent = new Map<number, ObservedTrial>();
  #nextId = 0;
  #failure: Error | null = null;

  constructor(setup: SamplerSetup) {
    this.#worker = new Worker(entryPath("sampler"), { workerData: setup });
    this.#worker.on("message", (answer: SamplerAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    this.#worker.on("error", (error) =>
      this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on("exit", () => this.#fail(new Error("the sampler thread ended")));
  }

  async ask(trials: readonly ObservedTrial[], suggestion: number): Promise<Suggestion> {
    const answer = await this.#request(trials, { kind: "ask", suggestion });
    if (answer.kind !== "suggestion") throw new Error(`the sampler answered ${answer.kind}`);
    return answer.suggestion;
  }

  /** @returns the parameter set to walk again, or null when nothing has been walked that could be confirmed */
  async confirm(trials: readonly ObservedTrial[], candidates: number): Promise<ParameterSet | null> {
    const answer = await this.#request(trials, { kind: "confirm", candidates });
    if (answer.kind !== "confirmation") throw new Error(`the sampler answered ${answer.kind}`);
    return answer.parameters;
  }

  async conclude(trials: readonly ObservedTrial[]): Promise<Conclusions> {
    const answer = await this.#request(trials, { kind: "conclude" });
    if (answer.kind !== "conclusions") throw new Error(`the sampler answered ${answer.kind}`);
    return answer.conclusions;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #request(trials: readonly ObservedTrial[], question: Question): Promise<SamplerAnswer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const request: SamplerRequest = { id, changed: this.#changes(trials), ...question };
    return new Promise<SamplerAnswer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request);
    }).then((answer) => {
      if (answer.kind !== "failed") return answer;
      const code = (
        answer.code !== null && answer.code in ERROR_CATALOGUE ? answer.code : "SAMPLER_FAILED"
      ) as ErrorCode;
      throw new GaitsmithError(code, {
        what: answer.what,
        ...(answer.where === null ? {} : { where: answer.where }),
        ...(answer.remedy === null ? {} : { remedy: answer.remedy }),
      });
    });
  }

  #changes(trials: readonly ObservedTrial[]): ObservedTrial[] {
    const changed = trials.filter((trial) => {
      const known = this.#sent.get(trial.number);
      return (
        known?.state !== trial.state ||
        known.reports.length !== trial.reports.length ||
        known.endedElsewhere !== trial.endedElsewhere
      );
    });
    for (const trial of changed) this.#sent.set(trial.number, trial);
    return changed;
  }

  #fail(error: Error): void {
    this.#failure ??= new GaitsmithError("SAMPLER_FAILED", {
      what: `the sampler thread stopped: ${error.message}`,
      remedy: "Run the same command again: the study continues from what is stored.",
      cause: error,
    });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
