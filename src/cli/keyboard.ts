/**
 * The keyboard of a terminal while a robot may be moving: keys that act at once, and the line that a person types when they are
 * asked something. Raw mode, so that a key needs no Enter; the terminal is as it was on every way out.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ESCAPE_MS, KeyDecoder, type KeyEvent } from "./key-decoder.ts";
import type { ProgressStream } from "./progress.ts";

/** Key → what it does. */
export interface KeyAction {
  /** As {@link KeyEvent} names it. */
  readonly key: string;
  /** `always`; `no-answer`: not in the middle of typing one; `no-prompt`: not while something is asked. */
  readonly when: "always" | "no-answer" | "no-prompt";
  /** For the line of help, e.g. `Esc or Space: e-stop`; keys with the same words share them. */
  readonly help: string;
  press(): void;
}

export interface KeyboardParts {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: ProgressStream;
  readonly keys: readonly KeyAction[];
  /** An answer that was typed while {@link Keyboard.ask} was on. */
  readonly onLine: (line: string) => void;
  /** Nobody can type any more. */
  readonly onEnd?: () => void;
  /** Ctrl-Z: called before this program sleeps. */
  readonly onSuspend?: () => void;
  /** Whether the terminal is this program's now; a program in the background is halted by touching it. */
  readonly foreground?: () => boolean;
}

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
/** What was said before sleeping gets out in this time, ms. */
const FAREWELL_MS = 50;
/** A program that its shell cannot put to sleep goes on after this time, ms. */
const AWAKE_MS = 300;
/** In the background it is looked this often whether the terminal is given back, which a shell need not tell, ms. */
const LOOK_MS = process.platform === "linux" ? 300 : 2000;

export class Keyboard {
  readonly #parts: KeyboardParts;
  readonly #decoder = new KeyDecoder();
  readonly #onData = (data: unknown): void => this.#hear(String(data));
  readonly #onExit = (): void => this.#restore();
  readonly #onContinue = (): void => this.#resume();
  #wanted = false;
  #listening = false;
  /** About to be put to sleep. */
  #sleepy = false;
  #asking = false;
  #line = "";
  #escape: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;

  constructor(parts: KeyboardParts) {
    this.#parts = parts;
  }

  get listening(): boolean {
    return this.#listening;
  }

  /** One line of help. */
  get help(): string {
    return [...new Set(this.#parts.keys.map(({ help }) => help))].join(" · ");
  }

  /** Begins to read, if it is a terminal, and this program's; in the background once it is brought to the front. */
  listen(): void {
    if (this.#wanted || this.#parts.input.isTTY !== true) return;
    this.#wanted = true;
    process.on("exit", this.#onExit);
    process.on("SIGCONT", this.#onContinue);
    this.#look = setInterval(() => this.#begin(), LOOK_MS).unref();
    this.#parts.input.on("end", () => {
      const ended = this.#wanted;
      this.close();
      if (ended) this.#parts.onEnd?.();
    });
    this.#begin();
  }

  /** What is typed from now on is an answer, or not any more. */
  ask(asking: boolean): void {
    this.#asking = asking;
    this.#line = "";
  }

  close(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    clearInterval(this.#look);
    this.#restore();
    process.off("exit", this.#onExit);
    process.off("SIGCONT", this.#onContinue);
  }

  #begin(): void {
    const { input, output, foreground = isForeground } = this.#parts;
    if (!this.#wanted || this.#listening || this.#sleepy || !foreground()) return;
    this.#listening = true;
    input.setRawMode?.(true);
    if (output.isTTY) output.write(PASTE_ON);
    input.on("data", this.#onData);
    input.resume();
  }

  #restore(): void {
    if (!this.#listening) return;
    this.#listening = false;
    clearTimeout(this.#escape);
    const { input, output } = this.#parts;
    input.off("data", this.#onData);
    input.pause();
    if (output.isTTY) output.write(PASTE_OFF);
    input.setRawMode?.(false);
  }

  /** Awake again, in the foreground or not; the shell has given the terminal its own mode meanwhile. */
  #resume(): void {
    if (this.#listening && (this.#parts.foreground ?? isForeground)()) this.#restore();
    this.#awake();
  }

  /** As the terminal itself does it: the whole group sleeps. A station does not, and stops its robot. */
  #suspend(): void {
    if (process.platform === "win32") return;
    this.#parts.onSuspend?.();
    this.#restore();
    this.#sleepy = true;
    setTimeout(() => {
      process.kill(0, "SIGTSTP");
      setTimeout(() => this.#awake(), AWAKE_MS);
    }, FAREWELL_MS);
  }

  #awake(): void {
    this.#sleepy = false;
    this.#begin();
  }

  #hear(chunk: string): void {
    clearTimeout(this.#escape);
    for (const event of this.#decoder.decode(chunk)) this.#press(event);
    if (this.#decoder.undecided)
      this.#escape = setTimeout(() => {
        for (const event of this.#decoder.flush()) this.#press(event);
      }, ESCAPE_MS);
  }

  #press(event: KeyEvent): void {
    if ("pasted" in event) {
      if (this.#asking) this.#write(this.#line + event.pasted);
      return;
    }
    const { key } = event;
    const action = this.#parts.keys.find((one) => one.key === key && this.#acts(one));
    if (action !== undefined) action.press();
    else if (key === "ctrl-z") this.#suspend();
    else if (this.#asking) this.#edit(key);
  }

  #acts({ when }: KeyAction): boolean {
    return when === "always" || !this.#asking || (when === "no-answer" && this.#line === "");
  }

  #edit(key: string): void {
    if (key === "enter") {
      const line = this.#line;
      this.#line = "";
      if (this.#parts.output.isTTY) this.#parts.output.write("\n");
      this.#parts.onLine(line);
    } else if (key === "backspace") this.#write([...this.#line].slice(0, -1).join(""));
    else if (key === "ctrl-u") this.#write("");
    else if (key === "ctrl-w") this.#write(this.#line.replace(/\S*\s*$/, ""));
    else if (key === "space") this.#write(`${this.#line} `);
    else if ([...key].length === 1) this.#write(this.#line + key);
  }

  #write(line: string): void {
    this.#line = line;
    const { output } = this.#parts;
    if (output.isTTY) output.write(`\r\x1b[2K> ${line}`);
  }
}

/** Whether this process belongs to the terminal's foreground group. */
function isForeground(): boolean {
  if (process.platform === "win32") return true;
  const [group, foreground] = groups();
  return !(foreground > 0) || group === foreground;
}

/** This process's group, and the one in its terminal's foreground; NaN where the system does not tell. */
function groups(): readonly [own: number, foreground: number] {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [Number(fields[2]), Number(fields[5])];
  } catch {
    const { stdout } = spawnSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], {
      encoding: "utf8",
    });
    const [own = Number.NaN, foreground = Number.NaN] = (stdout ?? "").trim().split(/\s+/).map(Number);
    return [own, foreground];
  }
}
