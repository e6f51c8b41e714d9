import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Keyboard } from "../../src/cli/keyboard.ts";
import { PromptLine, writtenAnswer } from "../../src/cli/prompt-line.ts";
import type { Prompt } from "../../src/service/prompts.ts";
import { ScriptedDoor } from "../service/scripted-door.ts";

const never = new AbortController().signal;
const PAGE = "http://127.0.0.1:4747";

function terminal(t: TestContext, isTTY: boolean, page: string | null = PAGE) {
  const door = new ScriptedDoor(12);
  const input = Object.assign(new PassThrough(), { isTTY });
  let said = "";
  let now = 0;
  const output = { write: (text: string) => (said += text) };
  const keyboard = new Keyboard({
    input,
    output,
    keys: [],
    onLine: (text) => line.answer(text),
    foreground: () => true,
  });
  const line: PromptLine = new PromptLine({ door, keyboard, output, page, now: () => now });
  door.subscribe((event) => line.onEvent(event));
  keyboard.listen();
  t.after(() => keyboard.close());
  return {
    door,
    line,
    said: () => said,
    later: () => (now += 1000),
    type: async (text: string) => {
      input.write(text);
      await pause(5);
    },
  };
}

const place = { kind: "place-on-start-line", trial: 12, walked: 11 } as const;
const distance = { kind: "distance-walked", trial: 11, longest: 9 } as const;

describe("a prompt on the terminal", () => {
  it("says what can be typed, and takes a line", async (t) => {
    const { door, said, type, later } = terminal(t, true);
    const placed = door.desk.ask(place, never);
    assert.match(said(), /\? Put the robot on its start line for trial 12\.\n {2}Enter: go on · s: .*12/);
    assert.match(said(), /r: walk trial 11 again, it was not the gait · a: discard trial 11/);
    later();
    await type("r a cable caught\n");
    assert.deepEqual(await placed, { answer: "redo", note: "a cable caught" });
    const walked = door.desk.ask(distance, never);
    later();
    await type("\n123\n1,2 m\nx\n");
    assert.match(said(), /is not a length.*123` has no unit.*decimal comma.*`x` is no answer/s);
    await type(" 1.23 m \n");
    assert.deepEqual(await walked, { answer: "continue", note: "", distance: 1.23 });
  });

  it("does not take a line that was typed before it could be read", async (t) => {
    const { door, type, later } = terminal(t, true);
    await type("\n\n");
    const placed = door.desk.ask(place, never);
    await type("\n");
    assert.notEqual(door.desk.open, null);
    later();
    await type("\n");
    assert.deepEqual(await placed, { answer: "continue", note: "" });
  });

  it("says who answered elsewhere, and hears no more", async (t) => {
    const { door, said, type, later } = terminal(t, true);
    const placed = door.desk.ask(place, never);
    door.desk.answer(door.desk.open!.number, { answer: "abandon" }, "page");
    await placed;
    assert.match(said(), /answered on the page: abandon\n$/);
    later();
    await type("r\n");
    assert.match(said(), /abandon\n$/);
  });

  it("points to the page where stdin is no terminal, and never reads it", async (t) => {
    const { door, said, type, later } = terminal(t, false);
    void door.desk.ask(place, never);
    assert.match(said(), /answer on the page: http:\/\/127\.0\.0\.1:4747\n$/);
    later();
    await type("\n");
    assert.notEqual(door.desk.open, null);
  });

  it("reads letters and words alike", () => {
    const prompt = (kind: Prompt["kind"]) => ({ kind }) as Prompt;
    const [placing, measuring] = [prompt("place-on-start-line"), prompt("distance-walked")];
    assert.deepEqual(writtenAnswer(placing, "S"), { answer: "skip", note: "" });
    assert.deepEqual(writtenAnswer(placing, "abandon  it fell "), { answer: "abandon", note: "it fell" });
    assert.deepEqual(writtenAnswer(placing, "1.2 m"), { answer: "1.2", note: "m" }, "refused later");
    assert.deepEqual(writtenAnswer(measuring, "u lost count"), {
      answer: "continue",
      distance: "unknown",
      note: "lost count",
    });
    assert.deepEqual(writtenAnswer(measuring, "-.3 m"), { answer: "continue", distance: "-.3 m" });
  });
});
