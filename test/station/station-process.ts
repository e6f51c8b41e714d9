/** A real station process and a service's end of its channel, for tests. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { entryPath, hardwareConfigPath } from "../../src/paths.ts";
import {
  BEAT_INTERVAL_MS,
  type ServiceMessage,
  type StationMessage,
  type TrialPlan,
  type WalkOutcome,
} from "../../src/station/messages.ts";

export const simulatedConfig = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));

/** Walks for two seconds only. */
export const shortWalk: HardwareConfig = {
  ...simulatedConfig,
  walk: { ...simulatedConfig.walk, measure: 2 },
};

const living = new Set<ChildProcess>();
/** A station whose test has failed would keep its file waiting. */
if (process.env["NODE_TEST_CONTEXT"] !== undefined)
  after(() => {
    for (const child of living) child.kill("SIGKILL");
  });

const folders: string[] = [];
process.once("exit", () => {
  // A station that was just killed may still be at its end.
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

/** A folder that is gone with this process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-station-"));
  folders.push(folder);
  return folder;
}

export function planOf(config: HardwareConfig, change: Partial<TrialPlan> = {}): TrialPlan {
  return {
    trial: 0,
    attempt: 1,
    parameters: { ...config.gait.constants, ...(config.seedGait as Record<string, number>) },
    seed: 1,
    suggestion: 0,
    carryOver: null,
    recording: null,
    ...change,
  };
}

type Decision = Pick<
  Extract<ServiceMessage, { kind: "decision" }>,
  "verdict" | "reason" | "value" | "threshold"
>;
type Of<K extends StationMessage["kind"]> = Extract<StationMessage, { kind: K }>;

export class StationProcess {
  readonly child: ChildProcess;
  readonly messages: StationMessage[] = [];
  readonly exited: Promise<number | null>;
  decide: (report: Of<"report">) => Decision | null = () => ({
    verdict: "go-on",
    reason: "",
  });
  acknowledge = true;
  readonly #listeners = new Set<() => void>();
  #beat: NodeJS.Timeout | null = null;
  #gone = false;

  /**
   * @param before said to the station before it is told which robot it is for
   * @param cwd the process's working directory; the test's unless given
   */
  constructor(
    config: HardwareConfig,
    stateDir: string,
    { before = [], cwd }: { readonly before?: readonly ServiceMessage[]; readonly cwd?: string } = {},
  ) {
    this.child = fork(entryPath("station"), [], { serialization: "advanced", cwd });
    living.add(this.child);
    this.child.on("message", (raw) => this.#receive(raw as StationMessage));
    this.exited = new Promise((resolve) =>
      this.child.once("exit", (code) => {
        this.#gone = true;
        living.delete(this.child);
        this.silence();
        for (const listener of this.#listeners) listener();
        resolve(code);
      }),
    );
    this.speak();
    for (const message of before) this.send(message);
    this.send({ kind: "configure", config, stateDir });
  }

  send(message: ServiceMessage): void {
    if (this.child.connected) this.child.send(message, () => {});
  }

  /** Beats. */
  speak(): void {
    this.#beat ??= setInterval(() => this.send({ kind: "beat" }), BEAT_INTERVAL_MS);
  }

  /** No more beats, and no answers by itself: whatever is heard from a service is a sign of life. */
  silence(): void {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }

  /** Resolves with the first message that fits, past or future; rejects when the process ends without one. */
  async until<K extends StationMessage["kind"]>(
    kind: K,
    fits: (message: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    for (;;) {
      const found = this.messages.find(
        (message): message is Of<K> => message.kind === kind && fits(message as Of<K>),
      );
      if (found !== undefined) return found;
      if (this.#gone)
        throw new Error(`the station ended without ${kind}: ${JSON.stringify(this.messages.slice(-5))}`);
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  async run(plan: TrialPlan): Promise<WalkOutcome> {
    this.send({ kind: "run", plan });
    const { outcome } = await this.until(
      "outcome",
      ({ outcome }) => outcome.trial === plan.trial && outcome.attempt === plan.attempt,
    );
    return outcome;
  }

  async close(): Promise<void> {
    this.send({ kind: "shutdown" });
    await this.exited;
  }

  count(kind: StationMessage["kind"]): number {
    return this.messages.filter((message) => message.kind === kind).length;
  }

  #receive(message: StationMessage): void {
    if (message.kind === "beat") return;
    this.messages.push(message);
    if (this.#beat !== null) this.#answer(message);
    for (const listener of this.#listeners) listener();
  }

  #answer(message: StationMessage): void {
    if (message.kind === "report") {
      const decision = this.decide(message);
      const { trial, attempt, step } = message;
      if (decision !== null) this.send({ kind: "decision", trial, attempt, step, ...decision });
    } else if (message.kind === "outcome" && this.acknowledge) {
      const { trial, attempt } = message.outcome;
      this.send({ kind: "outcome-received", trial, attempt });
    } else if (message.kind === "live") this.send({ kind: "live-received" });
  }
}
