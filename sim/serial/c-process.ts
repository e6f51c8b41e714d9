/** One run of the C program: a child process with its UART on standard input and output and its body on two more pipes. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type BodyRecord, encodeBodyRecord, type ProgramRecord, ProgramRecords } from "./c-records.ts";

export interface CProcessListener {
  /** From its UART. */
  onBytes(bytes: Uint8Array): void;
  onRecord(record: ProgramRecord): void;
  /** It ended, and nobody had asked it to. Called at most once. */
  onEnd(how: string): void;
}

/** Words kept of what it says on its standard error. */
const WORDS = 2000;

export class CProcess {
  readonly #child: ChildProcess;
  readonly #uart: Writable;
  readonly #body: Writable;
  #words = "";
  #over = false;

  /** @param description as `describeToProgram` writes it */
  constructor(program: string, description: string, listener: CProcessListener) {
    this.#child = spawn(program, [], { stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"] });
    const [uart, out, words, body, records] = this.#child.stdio as [
      Writable,
      Readable,
      Readable,
      Writable,
      Readable,
    ];
    this.#uart = uart;
    this.#body = body;
    const reader = new ProgramRecords((record) => listener.onRecord(record));
    out.on("data", (bytes: Buffer) => listener.onBytes(bytes));
    records.on("data", (bytes: Buffer) => reader.push(bytes));
    words.on("data", (text: Buffer) => {
      this.#words = (this.#words + text.toString()).slice(-WORDS);
    });
    // Pipes of a program that is gone say so; its end says it better.
    for (const pipe of [uart, out, words, body, records]) pipe.on("error", () => {});
    const ended = (how: string): void => {
      if (this.#over) return;
      this.#over = true;
      listener.onEnd([how, this.#words.trim()].filter((part) => part !== "").join(": "));
    };
    this.#child.on("error", (error) => ended(error.message));
    this.#child.on("close", (status, signal) => ended(signal ?? `status ${status}`));
    body.write(description);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes for its UART. */
  write(bytes: Uint8Array): void {
    if (!this.#over) this.#uart.write(bytes);
  }

  tell(record: BodyRecord): void {
    if (!this.#over) this.#body.write(encodeBodyRecord(record));
  }

  /** Power off. Idempotent. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#child.kill("SIGKILL");
  }
}
