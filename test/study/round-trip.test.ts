import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import {
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import type { Parameter, ParameterSet, ParameterValue } from "../../src/optimizer/search-space.ts";
import type { JsonValue } from "../../src/optimizer/trial.ts";
import { distributionJson, externalValue, internalValue, parameterOf } from "../../src/study/distribution.ts";
import { parsePython, stringifyPython } from "../../src/study/python-json.ts";
import type { Storage } from "../../src/study/storage.ts";
import { utcDate, utcText } from "../../src/study/utc-time.ts";
import { sqlitePlace } from "./sqlite-place.ts";

/** SQLite has no −0 in a column of numbers. */
const stored = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const choice: fc.Arbitrary<ParameterValue> = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
);
const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== "__proto__");
const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;

const range = fc
  .tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
  .map(([low, width]) => ({ low, high: low + width }));

/** A parameter and one of its values. */
const parameter: fc.Arbitrary<readonly [Parameter, ParameterValue]> = fc.oneof(
  fc
    .tuple(name, range, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([name, { low, high }, log, at]): readonly [Parameter, ParameterValue] => [
      { kind: "float", name, unit: "", low, high, log, step: null },
      low + at * (high - low),
    ]),
  fc
    .tuple(name, fc.integer({ min: -99, max: 99 }), fc.integer({ min: 1, max: 9 }), fc.nat(20), fc.nat(20))
    .map(([name, low, step, many, at]): readonly [Parameter, ParameterValue] => [
      { kind: "int", name, unit: "", low, high: low + step * (many + 1), log: false, step },
      low + step * Math.min(at, many),
    ]),
  fc
    .tuple(name, fc.uniqueArray(choice, { minLength: 1, maxLength: 5 }), fc.nat(4))
    .map(([name, choices, at]): readonly [Parameter, ParameterValue] => [
      { kind: "categorical", name, unit: "", choices },
      choices[at % choices.length] ?? null,
    ]),
);

describe("JSON as Python writes it", () => {
  it("brings everything back, numbers that JSON lacks included", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(tie("any"), { maxLength: 4 }),
      map: fc.dictionary(fc.oneof(name, fc.constantFrom("NaN", "#NaN", "-Infinity")), tie("any"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    })).any;
    fc.assert(fc.property(value, (one) => assert.deepEqual(parsePython(stringifyPython(one)), one)));
  });

  it("reads what Python writes", () => {
    const text = '{"a": NaN, "b": [Infinity, -Infinity, 1e-05, -0.0], "c": "NaN \\" Infinity", "NaN": 1}';
    assert.deepEqual(parsePython(text), {
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-5, -0],
      c: 'NaN " Infinity',
      NaN: 1,
    });
    assert.throws(() => parsePython("{'a': NaN}"), SyntaxError);
  });
});

describe("a distribution", () => {
  it("comes back from Optuna's JSON, and a value from Optuna's number", () => {
    fc.assert(
      fc.property(parameter, ([one, value]) => {
        const back = parameterOf(one.name, distributionJson(one));
        assert.deepEqual(back, one);
        assert.equal(externalValue(back, internalValue(one, value)), value);
      }),
    );
  });

  it("ends on its grid, where Optuna would cut it with a warning", () => {
    const uneven = { kind: "float", name: "x", unit: "", low: 0.1, high: 1, log: false, step: 0.4 } as const;
    assert.match(distributionJson(uneven), /"high": 0\.9,/);
    const even = { ...uneven, low: 0, high: 0.3, step: 0.1 };
    assert.match(distributionJson(even), /"high": 0\.3,/);
  });
});

describe("a time", () => {
  it("survives as UTC text", () => {
    const min = new Date("1970-01-01");
    const date = fc.date({ min, max: new Date("2999-12-31"), noInvalidDate: true });
    fc.assert(fc.property(date, (one) => assert.deepEqual(utcDate(utcText(one)), one)));
    assert.equal(utcDate(null), null);
  });
});

describe("a study file", () => {
  const place = sqlitePlace();
  let storage: Storage;
  let studies = 0;
  before(async () => {
    storage = await place.open();
  });
  after(async () => {
    await storage.close();
    await place.remove();
  });

  it("gives any search space, parameter set, bookkeeping, values and attributes back", async () => {
    const space = fc.uniqueArray(parameter, { minLength: 1, maxLength: 6, selector: ([{ name }]) => name });
    const value = fc.oneof(
      stored,
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    const values = fc.array(value, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        space,
        json,
        values,
        stored,
        fc.tuple(stored, stored),
        async (pairs, any, seen, last, margins) => {
          const study = `study ${studies++}`;
          const definition = {
            ...EXAMPLE_STUDY,
            name: study,
            space: { parameters: pairs.map(([one]) => one) },
          };
          const parameters: ParameterSet = Object.fromEntries(
            pairs.map(([one, chosen]) => [one.name, chosen]),
          );
          await storage.createStudy(definition);
          await storage.setAttribute(study, "anything", any);
          const started = await storage.startTrial(study, exampleTrial({ parameters, bookkeeping: any }));
          const reports = seen.map((one, index) => exampleReport(index + 1, one));
          for (const report of reports) await storage.addReport(study, 0, report);
          const end = exampleEnd({ value: last, constraints: margins, carryOver: any });
          await storage.finishTrial(study, 0, end);
          assert.deepEqual(await storage.trials(study), [{ ...started, parameters, reports, ...end }]);
          assert.deepEqual(await storage.attribute(study, "anything"), any);
          assert.deepEqual(await storage.study(study), definition);
        },
      ),
      { numRuns: 60 },
    );
  });
});
