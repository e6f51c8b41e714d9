/**
 * The preflight of a study: what its station measures, whether robot and config are those of before, and the e-stop that a
 * person presses. Refuses with every item that refuses; kept with the study.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import { type CheckItem, type PreflightAsk, preflightPlace } from "../station/messages.ts";
import type { Storage } from "../study/storage.ts";
import { PREFLIGHT_ATTRIBUTE, type PreflightRecord, readPreflight } from "../study/stored-preflight.ts";
import type { PromptDesk } from "./prompt-desk.ts";
import type { StationHost } from "./station-host.ts";

export type PreflightStation = Pick<StationHost, "preflight" | "exerciseEStop">;

export interface StudyPreflightParts {
  readonly config: HardwareConfig;
  readonly study: string;
  /** SHA-256 of the config that the study was made with. */
  readonly configHash: string;
  readonly storage: Pick<Storage, "attribute" | "setAttribute">;
  readonly station: (signal: AbortSignal) => Promise<PreflightStation>;
  readonly ask: () => PreflightAsk;
  readonly desk: Pick<PromptDesk, "ask">;
  /** Whether somebody is at the robot whose e-stop is to be tried; known once its station is ready. */
  readonly exercised: () => boolean;
  readonly now: () => Date;
  /** s, monotonic */
  readonly wall: () => number;
  readonly onPreflight: (record: PreflightRecord) => void;
}

/** A press that arrives so long after the exercise is the same one: that of two fingers, or of two ways, s. */
const SAME_PRESS = 1;

export class StudyPreflight {
  readonly #parts: StudyPreflightParts;
  /** The person's e-stop is tried once in the life of this process. */
  #byHand: CheckItem | null = null;
  #asking = false;
  #askedUntil = Number.NEGATIVE_INFINITY;
  #last: PreflightRecord | null = null;

  constructor(parts: StudyPreflightParts) {
    this.#parts = parts;
  }

  /** Whether a person has been asked to press the e-stop: the station then decides what a press is. */
  get exercising(): boolean {
    return this.#asking || this.#parts.wall() - this.#askedUntil <= SAME_PRESS;
  }

  /**
   * @param trial that is walked next
   * @returns false when the study was stopped meanwhile
   * @throws PREFLIGHT_REFUSED, and what the station fails with
   */
  async run(trial: number, signal: AbortSignal): Promise<boolean> {
    const { config, ask, storage, study } = this.#parts;
    const station = await this.#parts.station(signal);
    if (signal.aborted) return false;
    const before = this.#last ?? readPreflight(await storage.attribute(study, PREFLIGHT_ATTRIBUTE));
    const items = [...(await station.preflight(ask()))];
    if (ask().robot) {
      items.push(this.#sameConfig());
      items.push(...sameFirmware(before, items));
      const refused = items.some(({ result }) => result === "missing");
      if (!refused && this.#parts.exercised()) this.#byHand ??= await this.#tryByHand(station, trial, signal);
      if (this.#byHand !== null) items.push(this.#byHand);
    }
    if (signal.aborted) return false;
    const quiet = !ask().robot && items.every(({ result }) => result === "ok");
    if (!quiet) await this.#keep({ at: this.#parts.now().toISOString(), items });
    const missing = items.filter(({ result }) => result === "missing");
    const [first] = missing;
    if (first === undefined) return true;
    // One that failed is tried again.
    if (this.#byHand?.result === "missing") this.#byHand = null;
    return fail("PREFLIGHT_REFUSED", {
      what: `preflight refuses ${config.robot.name}: ${missing.map(({ item, words }) => `${item}: ${words}`).join("; ")}`,
      where: preflightPlace(first.item),
      remedy:
        missing.length === 1 ? first.remedy : missing.map((one) => `${one.item}: ${one.remedy}`).join(" "),
    });
  }

  async #keep(record: PreflightRecord): Promise<void> {
    this.#last = record;
    await this.#parts.storage.setAttribute(this.#parts.study, PREFLIGHT_ATTRIBUTE, plain(record));
    this.#parts.onPreflight(record);
  }

  #sameConfig(): CheckItem {
    const { config, configHash } = this.#parts;
    const now = config.source.hash.slice(0, 12);
    if (configHash === "" || configHash === config.source.hash)
      return made("config", "ok", `${config.source.file}, as when the study was begun`, now);
    return made(
      "config",
      "warning",
      `${config.source.file} has changed since the study was begun (it was ${configHash.slice(0, 12)})`,
      now,
      "Walks before and after compare only if what was changed does not touch the walk.",
    );
  }

  /** @returns null when the study was stopped meanwhile */
  async #tryByHand(station: PreflightStation, trial: number, signal: AbortSignal): Promise<CheckItem | null> {
    const pressed = new AbortController();
    this.#asking = true;
    const exercised = station.exerciseEStop();
    try {
      void exercised.result.then(
        (done) => pressed.abort(done === null ? "stopped" : `${done.reason}, ${confirmation(done)}`),
        () => pressed.abort("the station is gone"),
      );
      const answer = await this.#parts.desk.ask<"exercise-e-stop">(
        { kind: "exercise-e-stop", trial },
        AbortSignal.any([signal, pressed.signal]),
      );
      if (signal.aborted && !pressed.signal.aborted) return null;
      const done = answer === null ? await exercised.result : null;
      if (done === null)
        return made(
          BY_HAND,
          "warning",
          `not tried${answer === null || answer.note === "" ? "" : `: ${answer.note}`}`,
          null,
          "Press it once before you need it.",
        );
      const words = `${done.reason}, ${confirmation(done)}`;
      const figure = Math.round(1e6 * done.seconds) / 1000;
      if (!done.confirmed)
        return made(BY_HAND, "missing", words, figure, "Do not walk the robot before it confirms.", "ms");
      return made(BY_HAND, "ok", words, figure, "", "ms");
    } finally {
      exercised.cancel();
      this.#asking = false;
      this.#askedUntil = this.#parts.wall();
    }
  }
}

const BY_HAND = "e-stop by hand";

function confirmation({
  confirmed,
  seconds,
}: {
  readonly confirmed: boolean;
  readonly seconds: number;
}): string {
  const after = `${(1000 * seconds).toFixed(1)} ms`;
  return confirmed ? `confirmed by the robot after ${after}` : `NOT confirmed by the robot within ${after}`;
}

/** The robot's program against that of the preflight before, where there was one. */
function sameFirmware(before: PreflightRecord | null, items: readonly CheckItem[]): CheckItem[] {
  const of = (all: PreflightRecord["items"]): CheckItem["value"] =>
    all.find(({ item }) => item === "firmware")?.value ?? null;
  const [was, is] = [before === null ? null : of(before.items), of(items)];
  if (was === null || is === null || was === is) return [];
  const words = `it is ${is}, at the preflight before it was ${was}`;
  return [
    made(
      "firmware changed",
      "warning",
      words,
      is,
      "Walks before and after may not compare: begin a new study.",
    ),
  ];
}

function made(
  item: string,
  result: CheckItem["result"],
  words: string,
  value: CheckItem["value"],
  remedy = "",
  unit?: string,
): CheckItem {
  const group = item === BY_HAND ? "stop" : "robot";
  return { group, item, value, ...(unit === undefined ? {} : { unit }), result, words, remedy };
}

/** As the study's attributes hold it. */
function plain({ at, items }: PreflightRecord) {
  return { at, items: items.map((item) => ({ ...item })) };
}
