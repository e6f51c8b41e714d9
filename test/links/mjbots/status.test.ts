import assert from "node:assert/strict";
import { test } from "node:test";
import { readStatus, secondsOf } from "../../../src/links/mjbots/status.ts";

test("the link to an mjbots quad reads times as Boost writes them", () => {
  assert.equal(secondsOf("1970-Jan-01 00:00:01"), 1);
  assert.equal(secondsOf("2026-Nov-25 19:59:27.250000"), Date.UTC(2026, 10, 25, 19, 59, 27, 250) / 1000);
  for (const other of ["2026-11-25 19:59:27", "not-a-date-time", "2026-Nix-25 19:59:27", ""])
    assert.ok(Number.isNaN(secondsOf(other)), other);
});

test("an answer of another kind is none", () => {
  for (const other of ["", "null", "{}", "[]", '{"mode":"walk"}', '{"mode":1,"fault":"","state":{}}'])
    assert.equal(readStatus(other), null, other);
});
