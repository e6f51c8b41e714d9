/** A shipped config with something changed, and what is said about it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

/** A text that stands in the file, or a pattern, and what replaces it. */
export type Change = readonly [from: string | RegExp, to: string];

export class ChangedConfig {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Without the lines that are comments: they quote much of what a file may say. */
  static shipped(file: string): ChangedConfig {
    const text = readFileSync(hardwareConfigPath(file), "utf8");
    return new ChangedConfig(text.replace(/^ *#.*\n/gm, ""));
  }

  with(...changes: readonly Change[]): ChangedConfig {
    let { text } = this;
    for (const [from, to] of changes) {
      const changed = text.replace(from, () => to);
      assert.ok(changed !== text, `${from} is not in the file`);
      text = changed;
    }
    return new ChangedConfig(text);
  }

  read(): HardwareConfig {
    return readHardwareConfig("robot.yaml", this.text);
  }

  /** Everything that is said against it. */
  complaint(): string {
    try {
      this.read();
    } catch (error) {
      assert.ok(error instanceof GaitsmithError, String(error));
      assert.equal(error.code, "CONFIG_INVALID");
      return error.describe();
    }
    return assert.fail("nothing was refused");
  }

  /** `robot.yaml:LINE:COLUMN` of the first place where a text stands. */
  placeOf(text: string): string {
    const offset = this.text.indexOf(text);
    assert.ok(offset >= 0, `${text} is not in the file`);
    const before = this.text.slice(0, offset).split("\n");
    return `robot.yaml:${before.length}:${before.at(-1)!.length + 1}`;
  }

  /** @param at the text that the complaint names the place of @param said what it says, in its first sentence and remedy */
  refuses(at: string, ...said: readonly RegExp[]): void {
    const words = this.complaint();
    assert.ok(words.includes(this.placeOf(at)), `${words}\ndoes not name ${this.placeOf(at)}, of ${at}`);
    for (const one of said) assert.match(words, one);
    assert.doesNotMatch(words, /things are wrong/, "one mistake is told once");
  }
}
