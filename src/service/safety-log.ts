/** Every latch and every clear of a study's robot: in the study, and in the log. */
import { readSafetyEvents, type SafetyEvent, writeSafetyEvents } from "../study/safety-events.ts";
import type { Storage } from "../study/storage.ts";
import type { ClosedLatch } from "./prompts.ts";

export interface SafetyLogParts {
  readonly storage: Storage;
  readonly study: string;
  /** For the log, in words. */
  readonly say: (words: string) => void;
}

/** On whose word a latch was opened. */
export interface LatchClearance {
  readonly by: string;
  readonly checked: string;
  /** ISO 8601. */
  readonly at: string;
}

export class SafetyLog {
  readonly #parts: SafetyLogParts;
  readonly #events: SafetyEvent[];
  #written: Promise<void> = Promise.resolve();

  private constructor(parts: SafetyLogParts, events: readonly SafetyEvent[]) {
    this.#parts = parts;
    this.#events = [...events];
  }

  static async open(parts: SafetyLogParts): Promise<SafetyLog> {
    return new SafetyLog(parts, await readSafetyEvents(parts.storage, parts.study));
  }

  get events(): readonly SafetyEvent[] {
    return this.#events;
  }

  /** The same latch again is no news. */
  latched(latch: ClosedLatch, level: SafetyEvent["level"]): void {
    if (this.#knows("latch", latch.id)) return;
    const { id, code, words, at } = latch;
    this.#add({ kind: "latch", time: at, id, code, words, level, by: null, checked: null });
    this.#parts.say(`latched ${id} (${code}, ${level ?? "level unknown"}): ${words}`);
  }

  cleared({ id, code, words }: ClosedLatch, { by, checked, at }: LatchClearance): void {
    if (this.#knows("clear", id)) return;
    this.#add({ kind: "clear", time: at, id, code, words, level: null, by, checked });
    this.#parts.say(`latch ${id} cleared by ${by}, checked: ${checked}`);
  }

  /** What happened to latches of this study while no service of it ran. */
  catchUp(opened: readonly (ClosedLatch & { readonly release: LatchClearance })[]): void {
    for (const one of opened) if (this.#knows("latch", one.id)) this.cleared(one, one.release);
  }

  /** Resolves once everything is in the file. */
  async written(): Promise<void> {
    await this.#written;
  }

  #knows(kind: SafetyEvent["kind"], id: string): boolean {
    return this.#events.some((event) => event.kind === kind && event.id === id);
  }

  #add(event: SafetyEvent): void {
    this.#events.push(event);
    const { storage, study, say } = this.#parts;
    this.#written = this.#written
      .then(() => writeSafetyEvents(storage, study, this.#events))
      .catch((error: unknown) => say(`a safety event could not be stored: ${(error as Error).message}`));
  }
}
