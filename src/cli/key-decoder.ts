/**
 * What a terminal in raw mode sends, as keys. A lone escape byte is the Escape key once nothing has followed it for a moment;
 * with what follows in the same breath it is an arrow or another key that has no name here. Pasted text is told apart, by the
 * brackets that a terminal puts around it, or by so much of it coming at once that nobody can have typed it.
 */

export type KeyEvent =
  /** `escape`, `space`, `enter`, `backspace`, `ctrl-c`, …; a character that was typed is itself. */
  | { readonly key: string }
  /** Text without line ends. */
  | { readonly pasted: string };

/** An escape byte that nothing has followed for so long is the key, ms. */
export const ESCAPE_MS = 40;
/** More printable characters than that in one piece are no typing. */
const MOST_TYPED = 8;

const ESC = "\x1b";
const PASTE_BEGINS = `${ESC}[200~`;
const PASTE_ENDS = `${ESC}[201~`;

export class KeyDecoder {
  #pending = "";
  #paste: string | null = null;

  /** An escape byte may be a key, or the beginning of something: ask {@link flush} after {@link ESCAPE_MS}. */
  get undecided(): boolean {
    return this.#paste === null && this.#pending !== "";
  }

  /** Nothing has followed: it was the key. */
  flush(): readonly KeyEvent[] {
    if (!this.undecided) return [];
    const pending = this.#pending;
    this.#pending = "";
    // The beginning of a longer sequence that a slow line has cut is none.
    return pending.length <= 2 ? [{ key: "escape" }] : [];
  }

  decode(chunk: string): readonly KeyEvent[] {
    const events: KeyEvent[] = [];
    const text = this.#pending + chunk;
    const bulk = text.replaceAll(/\p{Cc}/gu, "").length > MOST_TYPED && !text.includes(ESC);
    this.#pending = "";
    let typed = "";
    const settle = (): void => {
      if (typed !== "") events.push(...(bulk ? [{ pasted: typed }] : [...typed].map(keyOf)));
      typed = "";
    };
    for (let at = 0; at < text.length; ) {
      if (this.#paste !== null) {
        const end = text.indexOf(PASTE_ENDS, at);
        if (end < 0) {
          // The end may be cut in the middle.
          const keep = cutEnd(text.slice(at));
          this.#paste += text.slice(at, text.length - keep.length);
          this.#pending = keep;
          return events;
        }
        events.push({ pasted: plain(this.#paste + text.slice(at, end)) });
        this.#paste = null;
        at = end + PASTE_ENDS.length;
      } else if (text[at] === ESC) {
        settle();
        const sequence = sequenceAt(text, at);
        if (sequence === null) {
          this.#pending = text.slice(at);
          return events;
        }
        if (sequence === PASTE_BEGINS) this.#paste = "";
        // Escape with something else behind it is Escape: who is in a fright hits more than one key.
        else if (sequence === ESC) events.push({ key: "escape" });
        at += sequence.length;
      } else if (isControl(text[at]!)) {
        settle();
        events.push(keyOf(text[at]!));
        // Two bytes of one line end.
        at += text.startsWith("\r\n", at) ? 2 : 1;
      } else typed += text[at++];
    }
    settle();
    return events;
  }
}

/** The escape sequence there, ESC alone when it is none, or null when it is not all there yet. */
function sequenceAt(text: string, at: number): string | null {
  const second = text[at + 1];
  if (second === undefined) return null;
  if (second === "O") return text.length > at + 2 ? text.slice(at, at + 3) : null;
  if (second !== "[") return ESC;
  // ECMA-48, 5.4: parameters, intermediates, a final byte.
  const found = /^\[[0-?]*[ -/]*[@-~]/.exec(text.slice(at + 1));
  if (found !== null) return ESC + found[0];
  return /^\[[0-?]*[ -/]*$/.test(text.slice(at + 1)) ? null : ESC;
}

function cutEnd(text: string): string {
  for (let length = PASTE_ENDS.length - 1; length > 0; length--)
    if (text.endsWith(PASTE_ENDS.slice(0, length))) return PASTE_ENDS.slice(0, length);
  return "";
}

const NAMES: Readonly<Record<string, string>> = {
  " ": "space",
  "\r": "enter",
  "\n": "enter",
  "\x7f": "backspace",
  "\b": "backspace",
  "\t": "tab",
};

function keyOf(character: string): KeyEvent {
  const named = NAMES[character];
  if (named !== undefined) return { key: named };
  const code = character.codePointAt(0) ?? 0;
  return { key: code < 0x20 ? `ctrl-${String.fromCodePoint(code + 0x60)}` : character };
}

function isControl(character: string): boolean {
  return character < " " || character === "\x7f";
}

function plain(text: string): string {
  return text.replaceAll(/[\r\n\t]+/g, " ").replaceAll(/\p{Cc}/gu, "");
}
