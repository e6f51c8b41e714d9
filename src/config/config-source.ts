/** A YAML file with the place of everything in it, and the list of what is wrong with it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from "yaml";
import { fail } from "../errors.ts";

/** Keys and list indices from the top of a file. */
export type FieldPath = readonly (string | number)[];

export interface Problem {
  readonly path: FieldPath;
  /** What is wrong, a clause without the field's name. */
  readonly what: string;
  /** What to do, an imperative sentence. */
  readonly remedy: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
}

export class ConfigSource {
  readonly file: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string;
  /** The content as plain values. */
  readonly content: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #problems: Problem[] = [];

  /**
   * @param text for tests and editors; read from `file` when absent
   * @throws CONFIG_UNREADABLE, or CONFIG_INVALID when it is not one YAML document
   */
  constructor(file: string, text: string = readText(file)) {
    this.file = file;
    this.hash = createHash("sha256").update(text).digest("hex");
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: true,
    });
    this.#refuseSyntaxErrors();
    this.content = this.#plainContent();
  }

  report(problem: Problem): void {
    this.#problems.push(problem);
  }

  get sound(): boolean {
    return this.#problems.length === 0;
  }

  /** @throws CONFIG_INVALID with every problem reported so far, in the order of the file */
  refuseProblems(): void {
    if (this.sound) return;
    const found = [...this.#problems].sort((a, b) => this.#offset(a) - this.#offset(b));
    const [first] = found;
    if (found.length === 1 && first !== undefined) {
      fail("CONFIG_INVALID", {
        what: sentence(first),
        where: this.#place(this.#offset(first)),
        remedy: first.remedy,
        cause: found,
      });
    }
    const list = found.map(
      (problem) => `  ${this.#place(this.#offset(problem))}  ${sentence(problem)}. ${problem.remedy}`,
    );
    fail("CONFIG_INVALID", {
      what: `${found.length} things are wrong in ${this.file}:\n${list.join("\n")}`,
      remedy: "Correct them and try again; nothing was sent to the robot.",
      cause: found,
    });
  }

  /** `file:line:column` of a field. */
  placeOf(path: FieldPath): string {
    return this.#place(this.#offset({ path, what: "", remedy: "" }));
  }

  #refuseSyntaxErrors(): void {
    const [error] = this.#document.errors;
    if (error === undefined) return;
    const [what, remedy] = syntaxWords(error.code, error.message);
    fail("CONFIG_INVALID", { what, where: this.#place(error.pos[0]), remedy, cause: error });
  }

  /** Aliases are followed, but not so often that a small file becomes a huge one. */
  #plainContent(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      return fail("CONFIG_INVALID", {
        what: `the YAML cannot be resolved: ${error instanceof Error ? error.message : String(error)}`,
        where: this.file,
        remedy: "Check the anchors (&name) and aliases (*name).",
        cause: error,
      });
    }
  }

  /** Offset of the deepest part of a path that is in the file. */
  #offset(problem: Problem): number {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const [depth, key] of problem.path.entries()) {
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => String(isNode(item.key) ? item.key.toJSON() : item.key) === String(key),
        );
        if (!isPair(pair) || !isNode(pair.key)) break;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
      } else break;
      const atKey = problem.atKey === true && depth === problem.path.length - 1;
      // The place of a block is its key: its first line would be that of its first entry.
      if (!atKey && isNode(node) && !isMap(node)) offset = node.range?.[0] ?? offset;
    }
    return offset;
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

/** `gait.parameters.step_length.low`, `robot.joints[2]`. */
export function pathText(path: FieldPath): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}

function sentence(problem: Problem): string {
  const field = pathText(problem.path);
  return field === "" ? problem.what : `${field}: ${problem.what}`;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const [what, remedy] = unreadable[code] ?? [
      `the file cannot be read: ${code}`,
      "Check the file and its permissions.",
    ];
    fail("CONFIG_UNREADABLE", { what, where: file, remedy, cause: error });
  }
  const text = decoded(bytes);
  if (text !== null && !text.includes("\0")) return text;
  fail("CONFIG_UNREADABLE", {
    what: "the file is not text in UTF-8",
    where: file,
    remedy: "Name a YAML file; if it is one, save it as UTF-8.",
  });
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const unreadable: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOENT: [
    "there is no such file",
    "Check the path; the configs that ship with gaitsmith are in hardware-configs/.",
  ],
  EISDIR: ["this is a folder", "Name one YAML file in it."],
  EACCES: ["reading this file is not permitted", "Give yourself read permission."],
};

function syntaxWords(code: string, message: string): [what: string, remedy: string] {
  const text = message.split("\n")[0] ?? message;
  if (code === "DUPLICATE_KEY")
    return ["the same key stands here twice in one block", "Keep one of the two."];
  if (code === "TAB_AS_INDENT")
    return ["a tab indents this line", "Indent with spaces; YAML does not allow tabs."];
  if (code === "MULTIPLE_DOCS")
    return ["the file holds several documents", "Remove the `---` between them; one robot per file."];
  if (/control character|not allowed/i.test(text))
    return [`not readable as YAML: ${text}`, "Name a YAML file."];
  return [
    `not readable as YAML: ${text}`,
    "Check indentation, colons followed by a space, and closed quotes and brackets, here and on the line above.",
  ];
}
