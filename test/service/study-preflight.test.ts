/** The preflight of a study as its service keeps it: who is asked what, what refuses, and what is stored. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ManualClock } from "../../src/clock.ts";
import { GaitsmithError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/optimizer/trial.ts";
import { PromptDesk } from "../../src/service/prompt-desk.ts";
import type { ExercisedEStop } from "../../src/service/station-host.ts";
import { type PreflightStation, StudyPreflight } from "../../src/service/study-preflight.ts";
import type { CheckItem } from "../../src/station/messages.ts";
import { type PreflightRecord, readPreflight } from "../../src/study/stored-preflight.ts";
import { simulatedConfig } from "../station/station-process.ts";

const item = (name: string, change: Partial<CheckItem> = {}): CheckItem => ({
  group: "robot",
  item: name,
  value: 1,
  result: "ok",
  words: "fine",
  remedy: "",
  ...change,
});
const LOW: CheckItem = item("battery", {
  value: 9,
  unit: "V",
  limit: 10.5,
  result: "missing",
  words: "the battery is at 9.0 V, below 10.5 V",
  remedy: "Change or charge the battery.",
});
const FULL: CheckItem = item("disk", { result: "missing", words: "3 MB free", remedy: "Make room." });

function study({
  items = [item("firmware", { value: "1.0" })],
  exercised = false,
  stored = new Map<string, JsonValue>(),
  configHash = simulatedConfig.source.hash,
}: {
  items?: readonly CheckItem[];
  exercised?: boolean;
  stored?: Map<string, JsonValue>;
  configHash?: string;
} = {}) {
  const wall = new ManualClock(new Date("2030-01-02T03:04:05Z"));
  const told: PreflightRecord[] = [];
  const stop = new AbortController();
  let measured = items;
  let press: (done: ExercisedEStop | null) => void = () => {};
  let cancelled = 0;
  const station: PreflightStation = {
    preflight: async () => measured,
    exerciseEStop: () => ({
      result: new Promise((resolve) => {
        press = resolve;
      }),
      cancel: () => {
        cancelled++;
      },
    }),
  };
  const desk = new PromptDesk({ robot: "rex", answerable: true, first: 1, onChange: () => {} });
  const preflight = new StudyPreflight({
    config: simulatedConfig,
    study: "s",
    configHash,
    storage: {
      attribute: async (_study, key) => stored.get(key),
      setAttribute: async (_study, key, value) => void stored.set(key, value),
    },
    station: async () => station,
    ask: () => ({ robot: true, store: "", recordings: null, walks: 1 }),
    desk,
    exercised: () => exercised,
    now: () => wall.date(),
    wall: () => wall.now(),
    onPreflight: (record) => told.push(record),
  });
  return {
    ...{ preflight, desk, told, stored, stop, wall },
    run: () => preflight.run(3, stop.signal),
    measure: (next: readonly CheckItem[]) => {
      measured = next;
    },
    press: (done: Partial<ExercisedEStop> = {}) =>
      press({ way: "service", reason: "Space on the page", confirmed: true, seconds: 0.0123, ...done }),
    cancelled: () => cancelled,
  };
}

const byHand = ({ told }: ReturnType<typeof study>): CheckItem | undefined =>
  told.at(-1)?.items.find((one) => one.item === "e-stop by hand") as CheckItem | undefined;

describe("the preflight of a study in the service", () => {
  it("is kept with the study as it was measured", async () => {
    const one = study();
    assert.equal(await one.run(), true);
    const kept = readPreflight(JSON.parse(JSON.stringify(one.stored.get("preflight"))) as JsonValue);
    assert.deepEqual(kept, one.told[0]);
    assert.equal(kept?.at, "2030-01-02T03:04:05.000Z");
    assert.deepEqual(
      kept?.items.map((one) => one.item),
      ["firmware", "config"],
    );
    for (const stored of [undefined, null, 3, [], { at: 1, items: [] }, { at: "", items: [{}] }])
      assert.equal(readPreflight(stored as JsonValue), null);
  });

  it("refuses with all that refuses and every remedy, the first in the place, and keeps it", async () => {
    const one = study({ items: [item("firmware"), LOW, FULL], exercised: true });
    await assert.rejects(one.run(), (error: unknown) => {
      assert.ok(error instanceof GaitsmithError);
      assert.deepEqual([error.code, error.where], ["PREFLIGHT_REFUSED", "preflight, battery"]);
      assert.match(error.message, /battery: the battery is at 9\.0 V, below 10\.5 V; disk: 3 MB free$/);
      assert.equal(error.remedy, "battery: Change or charge the battery. disk: Make room.");
      return true;
    });
    assert.equal(one.told[0]?.items.length, 4);
    assert.equal(one.desk.open, null, "nobody is asked to press while something else refuses");
  });

  it("warns of another firmware than at the preflight before, and of a changed config", async () => {
    const stored = study();
    await stored.run();
    const one = study({
      items: [item("firmware", { value: "1.1" })],
      stored: stored.stored,
      configHash: "0123456789abcdef",
    });
    assert.equal(await one.run(), true);
    const warnings = one.told[0]?.items.filter(({ result }) => result === "warning") ?? [];
    assert.match(warnings[0]?.words ?? "", /has changed since the study was begun \(it was 0123456789ab\)/);
    assert.equal(warnings[1]?.words, "it is 1.1, at the preflight before it was 1.0");
    assert.equal(warnings.length, 2);
  });

  it("asks a person to press, once, and says which e-stop came and how long it took", async () => {
    const one = study({ exercised: true });
    const run = one.run();
    while (one.desk.open === null) await turn();
    assert.equal(one.desk.open.kind, "exercise-e-stop");
    assert.deepEqual(one.desk.open.answers, ["skip"]);
    assert.equal(one.preflight.exercising, true);
    one.press();
    assert.equal(await run, true);
    assert.deepEqual([byHand(one)?.result, byHand(one)?.value, byHand(one)?.unit], ["ok", 12.3, "ms"]);
    assert.equal(byHand(one)?.words, "Space on the page, confirmed by the robot after 12.3 ms");
    assert.match(one.desk.closed?.words ?? "", /^Space on the page, confirmed/);
    // The second finger is the same press; later it is none.
    assert.equal(one.preflight.exercising, true);
    one.wall.advance(1.1);
    assert.equal(one.preflight.exercising, false);
    assert.equal(await one.run(), true);
    assert.equal(one.desk.open, null, "once in the life of a service");
    assert.equal(byHand(one)?.result, "ok");
  });

  it("takes a skip with its note as a warning", async () => {
    const one = study({ exercised: true });
    const run = one.run();
    while (one.desk.open === null) await turn();
    one.desk.answer(one.desk.open.number, { answer: "skip", note: "tried it by hand" }, "cli");
    assert.equal(await run, true);
    assert.deepEqual([byHand(one)?.result, byHand(one)?.words], ["warning", "not tried: tried it by hand"]);
    assert.ok(one.cancelled() > 0, "from now on an e-stop is real");
  });

  it("refuses when the robot did not confirm, and asks again", async () => {
    const one = study({ exercised: true });
    const run = one.run();
    while (one.desk.open === null) await turn();
    one.press({ confirmed: false, seconds: 1 });
    await assert.rejects(
      run,
      /e-stop by hand: Space on the page, NOT confirmed by the robot within 1000\.0 ms/,
    );
    const again = one.run();
    while (one.desk.open === null) await turn();
    one.press();
    assert.equal(await again, true);
  });

  it("ends with the study, and what comes then is real", async () => {
    const one = study({ exercised: true });
    const run = one.run();
    while (one.desk.open === null) await turn();
    one.stop.abort();
    assert.equal(await run, false);
    assert.ok(one.cancelled() > 0);
    assert.deepEqual(one.told, []);
  });
});
