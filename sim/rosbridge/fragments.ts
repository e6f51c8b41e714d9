/** Messages in pieces, as the server takes and makes them (defragmentation.py, fragmentation.py). */
import { floatText, stringText, type Wire, wireText } from "./wire-json.ts";

interface Pieces {
  readonly total: number;
  /** In the order in which they came. */
  readonly data: Map<number, string>;
}

/** Whole messages that are being put together at the same time; beyond that the oldest is given up. */
const MOST_AT_ONCE = 64;

/** All clients of a server share one: ids must differ between them. */
export class Defragmentation {
  readonly #pieces = new Map<string, Pieces>();

  /** @returns the whole text when this was the last piece */
  add({ id, num, total, data }: { readonly [field: string]: Wire }): string | null {
    if (id === undefined || id === null || typeof data !== "string") return null;
    if (typeof num !== "number" || typeof total !== "number" || !Number.isInteger(num)) return null;
    const key = wireText(id);
    const pieces = this.#pieces.get(key) ?? { total, data: new Map<number, string>() };
    this.#pieces.set(key, pieces);
    for (const oldest of this.#pieces.keys()) {
      if (this.#pieces.size <= MOST_AT_ONCE) break;
      this.#pieces.delete(oldest);
    }
    if (pieces.data.has(num) || num > pieces.total || total !== pieces.total) return null;
    pieces.data.set(num, data);
    if (pieces.data.size !== pieces.total) return null;
    for (let index = 0; index < pieces.total; index++) if (!pieces.data.has(index)) return null;
    this.#pieces.delete(key);
    return [...pieces.data.values()].join("");
  }
}

/**
 * @param size characters of the message per piece
 * @param id the message's own; without one it is 0
 */
export function fragmentsOf(text: string, size: number, id: Wire | undefined): readonly string[] {
  const key = id === undefined || id === null ? "0" : wireText(id);
  // The server divides as Python 3 does, so that its total is no whole number.
  const total = floatText((text.length - 1) / size + 1);
  const pieces: string[] = [];
  for (let start = 0, num = 0; start < text.length; start += size, num++) {
    const data = stringText(text.slice(start, start + size));
    pieces.push(`{"op":"fragment","id":${key},"data":${data},"num":${num},"total":${total}}`);
  }
  return pieces;
}
