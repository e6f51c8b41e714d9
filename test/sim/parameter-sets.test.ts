import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { ParameterSets } from "../../sim/serial/parameter-sets.ts";

const VALUES: MessageOf<"stage">["values"] = [
  ["ground_clearance", 0.03],
  ["ground_penetration", 0.005],
  ["step_length", 0.04],
  ["swing_frequency", 2.5],
  ["stance_frequency", 2.4],
];

function stage(change: Partial<MessageOf<"stage">> = {}): MessageOf<"stage"> {
  const whole = { gait: "foot-cpg:trot", rampIn: 0.5, rampOut: 0.5, part: 0, parts: 1, values: VALUES };
  return { kind: "stage", ...whole, ...change };
}

/** Field and code of the refusal, or "whole". */
function answerTo(...parts: MessageOf<"stage">[]): string {
  const sets = new ParameterSets();
  const [last] = parts.map((part) => sets.collect(part)).slice(-1);
  if (last === null || last === undefined) return "more";
  return "code" in last ? `${last.code} ${last.field}` : "whole";
}

test("a set is whole when every parameter of the gait is there once, finite, and so are its ramps", () => {
  assert.equal(answerTo(stage()), "whole");
  assert.equal(answerTo(stage({ gait: "gallop" })), "refused gait");
  assert.equal(answerTo(stage({ rampIn: -1 })), "refused rampIn");
  assert.equal(answerTo(stage({ rampOut: Number.NaN })), "refused rampOut");
  assert.equal(answerTo(stage({ values: VALUES.slice(1) })), "refused ground_clearance");
  assert.equal(answerTo(stage({ values: [...VALUES, ["step_length", 0.04]] })), "refused step_length");
  assert.equal(
    answerTo(stage({ values: [...VALUES.slice(0, 4), ["stance_frequency", Number.NaN]] })),
    "refused stance_frequency",
  );
  assert.equal(answerTo(stage({ values: [...VALUES, ["speed", 1]] })), "refused speed");
});

test("parts come in order and are of one set", () => {
  const first = stage({ parts: 2, values: VALUES.slice(0, 3) });
  const second = stage({ part: 1, parts: 2, values: VALUES.slice(3) });
  assert.equal(answerTo(first), "more");
  assert.equal(answerTo(first, second), "whole");
  assert.equal(answerTo(first, first, second), "whole");
  assert.equal(answerTo(second), "malformed part");
  assert.equal(answerTo(first, { ...second, part: 2 }), "malformed part");
  assert.equal(answerTo(first, { ...second, parts: 3 }), "malformed part");
  assert.equal(answerTo(first, { ...second, gait: "foot-cpg:pace" }), "malformed part");
  assert.equal(answerTo(first, { ...second, rampOut: 0.6 }), "malformed part");
});
