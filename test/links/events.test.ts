import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { EventLog } from "../../src/links/serial/events.ts";

const event = (
  number: number,
  time: number,
  kind: MessageOf<"event">["event"] = "note",
): MessageOf<"event"> => ({ kind: "event", number, event: kind, code: 0, time, reason: "" });

test("copies are known, a gap is counted, and what was only overtaken is no loss", () => {
  const log = new EventLog();
  // What happened before anybody listened is no loss.
  assert.ok(log.isNew(event(7, 1)));
  assert.ok(!log.isNew(event(7, 1)));
  assert.equal(log.missed, 0);
  assert.ok(log.isNew(event(10, 4)));
  assert.equal(log.missed, 2);
  assert.ok(log.isNew(event(9, 3)));
  assert.ok(!log.isNew(event(9, 3)));
  assert.equal(log.missed, 1);
});

test("a robot that reset counts anew", () => {
  const log = new EventLog();
  for (let number = 1; number <= 5; number++) assert.ok(log.isNew(event(number, number)));
  assert.ok(log.isNew(event(1, 0, "rebooted")));
  assert.ok(log.isNew(event(2, 0.5)));
  assert.ok(log.isNew(event(4, 0.7)));
  assert.equal(log.missed, 1);
});

test("copies are known among the last events, however many there are", () => {
  const log = new EventLog();
  for (let number = 1; number <= 200; number++) {
    assert.ok(log.isNew(event(number, number)));
    assert.ok(!log.isNew(event(number, number)));
  }
  assert.equal(log.missed, 0);
});
