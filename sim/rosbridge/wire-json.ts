/**
 * JSON as rosbridge reads and writes it (ujson): integers and floats are told apart, NaN and Infinity are read, `/` and what
 * is not ASCII are escaped.
 */

/** A number that was written as a float and has an integer's value, like `1.0`. */
export class WholeFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What {@link parseWire} makes: a number that is no integer was written as a float. */
export type Wire =
  | null
  | boolean
  | number
  | bigint
  | string
  | WholeFloat
  | readonly Wire[]
  | { readonly [key: string]: Wire };

export function isWireObject(value: Wire | undefined): value is { readonly [key: string]: Wire } {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof WholeFloat)
  );
}

/** @throws SyntaxError */
export function parseWire(text: string): Wire {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** Python gives up on deeper nesting, too. */
const DEEPEST = 900;
const NUMBER = /-?(?:Infinity|NaN|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;
const WORDS: readonly (readonly [string, Wire])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Wire {
    if (depth > DEEPEST) throw new SyntaxError("nested too deeply");
    const next = this.#next();
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    if (next === '"') return this.#string();
    const word = WORDS.find(([name]) => this.#text.startsWith(name, this.#at));
    if (word === undefined) return this.#number();
    this.#at += word[0].length;
    return word[1];
  }

  end(): void {
    if (this.#next() !== "") throw new SyntaxError("something follows the value");
  }

  #next(): string {
    while (this.#at < this.#text.length && " \t\r\n".includes(this.#text[this.#at]!)) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #object(depth: number): Wire {
    const object: Record<string, Wire> = {};
    this.#at++;
    if (this.#next() === "}") {
      this.#at++;
      return object;
    }
    for (;;) {
      if (this.#next() !== '"') throw new SyntaxError("a key is a string");
      const key = this.#string();
      if (this.#next() !== ":") throw new SyntaxError("no colon");
      this.#at++;
      // Not `object[key] =`: a key may be called __proto__.
      Object.defineProperty(object, key, {
        value: this.value(depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      if (!this.#goesOn("}")) return object;
    }
  }

  #array(depth: number): Wire {
    const array: Wire[] = [];
    this.#at++;
    if (this.#next() === "]") {
      this.#at++;
      return array;
    }
    for (;;) {
      array.push(this.value(depth + 1));
      if (!this.#goesOn("]")) return array;
    }
  }

  #goesOn(end: string): boolean {
    const next = this.#next();
    if (next !== "," && next !== end) throw new SyntaxError(`neither a comma nor ${end}`);
    this.#at++;
    return next === ",";
  }

  #string(): string {
    const start = this.#at + 1;
    let end = start;
    for (;;) {
      end = this.#text.indexOf('"', end);
      if (end < 0) throw new SyntaxError("a string without an end");
      let escapes = 0;
      while (this.#text[end - 1 - escapes] === "\\") escapes++;
      if (escapes % 2 === 0) break;
      end++;
    }
    this.#at = end + 1;
    const inner = this.#text.slice(start, end);
    return inner.includes("\\") ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  #number(): Wire {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new SyntaxError("no value");
    this.#at = NUMBER.lastIndex;
    const value = Number(match[0]);
    if (!Number.isInteger(value)) return value;
    if (/[.eE]/.test(match[0])) return new WholeFloat(value);
    // Python knows no integer −0.
    return Number.isSafeInteger(value) ? value + 0 || 0 : BigInt(match[0]);
  }
}

/** @param value finite */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (size >= 1e16 || size < 1e-4) return value.toExponential();
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

const PLAIN = /^[\x20-\x2e\x30-\x7f]*$/;

export function stringText(value: string): string {
  if (PLAIN.test(value) && !value.includes('"') && !value.includes("\\")) return `"${value}"`;
  return JSON.stringify(value)
    .replaceAll("/", "\\/")
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Of what {@link parseWire} made, or of plain values whose numbers are integers. */
export function wireText(value: Wire): string {
  if (value === null) return "null";
  if (typeof value === "string") return stringText(value);
  if (value instanceof WholeFloat) return floatText(value.value);
  if (typeof value === "number") {
    if (Number.isInteger(value)) return `${value}`;
    return Number.isFinite(value) ? floatText(value) : "null";
  }
  if (Array.isArray(value)) return `[${value.map(wireText).join(",")}]`;
  if (typeof value !== "object") return `${value}`;
  const fields = Object.entries(value).map(([key, item]) => `${stringText(key)}:${wireText(item as Wire)}`);
  return `{${fields.join(",")}}`;
}
