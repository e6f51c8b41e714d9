/** What a terminal sends, as keys: an e-stop key is never missed, and nothing else is one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeyDecoder, type KeyEvent } from "../../src/cli/key-decoder.ts";

/** As one piece each; `…` between them lets time pass. */
function keys(...chunks: readonly string[]): readonly string[] {
  const decoder = new KeyDecoder();
  const events: KeyEvent[] = [];
  for (const chunk of chunks) events.push(...(chunk === "…" ? decoder.flush() : decoder.decode(chunk)));
  return events.map((event) => ("key" in event ? event.key : `<${event.pasted}>`));
}

describe("keys of a terminal", () => {
  it("has Escape once nothing has followed", () => {
    assert.deepEqual(keys("\x1b"), []);
    assert.deepEqual(keys("\x1b", "…"), ["escape"]);
    assert.deepEqual(keys("\x1b\x1b", "…"), ["escape", "escape"]);
    assert.deepEqual(keys("\x1b", "…", "[", "A"), ["escape", "[", "A"]);
  });

  it("has Escape also with other keys in the same piece: a hand, not a sequence", () => {
    assert.deepEqual(keys("\x1bq"), ["escape", "q"]);
    assert.deepEqual(keys("q\x1b", "…"), ["q", "escape"]);
    assert.deepEqual(keys("\x1b\r"), ["escape", "enter"]);
    assert.deepEqual(keys("\x1b "), ["escape", "space"]);
  });

  it("swallows arrows and other keys without a name, whole or cut by the line", () => {
    for (const sequence of ["\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1b[15~", "\x1b[<0;3;4M", "\x1b[?1;2c"]) {
      assert.deepEqual(keys(sequence), [], JSON.stringify(sequence));
      for (let cut = 1; cut < sequence.length; cut++)
        assert.deepEqual(keys(sequence.slice(0, cut), sequence.slice(cut)), [], `cut at ${cut}`);
    }
    assert.deepEqual(keys("\x1b[1;5", "…", "C"), ["C"], "a longer one that came late is no Escape");
  });

  it("has Space, Enter, control keys and characters", () => {
    assert.deepEqual(keys(" ", "  ", "x", "\r", "\n", "\r\n", "\x7f", "\x03", "\x1a", "ü", "🐕"), [
      ..."   ".split("").map(() => "space"),
      ...["x", "enter", "enter", "enter", "backspace", "ctrl-c", "ctrl-z", "ü", "🐕"],
    ]);
  });

  it("tells pasted text apart, wherever it is cut, and lets nothing in it act", () => {
    const paste = "\x1b[200~ two words\r\x1b[A\x03 end \x1b[201~";
    assert.deepEqual(keys(paste), ["< two words [A end >"]);
    for (let cut = 7; cut < paste.length; cut++)
      assert.deepEqual(keys(paste.slice(0, cut), "…", paste.slice(cut)).join(""), "< two words [A end >");
    assert.deepEqual(keys(" leading blanks and more"), ["< leading blanks and more>"]);
    assert.deepEqual(keys("s not today\r"), ["<s not today>", "enter"]);
    assert.deepEqual(keys("1.2 m\r"), ["1", ".", "2", "space", "m", "enter"]);
  });
});
