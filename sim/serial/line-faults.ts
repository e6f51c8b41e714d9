/**
 * What noise, loose plugs and poor adapters do to frames, on purpose and by a seed. Shares are of the frames that go in
 * one direction; the draws of both directions are independent, and one frame takes the same draws whatever befalls it.
 */
import { fail } from "../../src/errors.ts";
import { type RandomStream, randomStream } from "../random.ts";

export interface LineFaults {
  /** Share of frames in which one to three bits are wrong. */
  readonly flip: number;
  /** Share of frames that lose one byte, be it the zero at their end. */
  readonly shorten: number;
  /** Share of frames that vanish. */
  readonly lose: number;
  /** Share of frames that come twice. */
  readonly duplicate: number;
  /** Share of frames that come after the one that was sent next. */
  readonly reorder: number;
  /** Share of frames of which only the first half comes. */
  readonly halve: number;
  /** Share of frames of which every byte is another: a wrong baud rate. */
  readonly garble: number;
  /** Everything comes this much later, s. */
  readonly delay: number;
  /** The cable is pulled this often, s from one replugging to the next cut; 0: never. */
  readonly cutEvery: number;
  /** How long it stays pulled, s. */
  readonly cutFor: number;
  readonly seed: number;
}

export const NO_FAULTS: LineFaults = {
  flip: 0,
  shorten: 0,
  lose: 0,
  duplicate: 0,
  reorder: 0,
  halve: 0,
  garble: 0,
  delay: 0,
  cutEvery: 0,
  cutFor: 2,
  seed: 0,
};

const WORDS: Readonly<Record<string, keyof LineFaults>> = {
  flip: "flip",
  shorten: "shorten",
  lose: "lose",
  duplicate: "duplicate",
  reorder: "reorder",
  halve: "halve",
  garble: "garble",
  delay: "delay",
  "cut-every": "cutEvery",
  "cut-for": "cutFor",
  seed: "seed",
};
/** What befalls a share of the frames. */
const KINDS = ["flip", "shorten", "lose", "duplicate", "reorder", "halve", "garble"] as const;
const SHARES: readonly string[] = KINDS;

/** No frame meets anything. */
export function isFaultless(faults: LineFaults): boolean {
  return KINDS.every((kind) => faults[kind] === 0);
}

/**
 * @param text `flip=1e-3,lose=1e-2,cut-every=30,cut-for=2,seed=1`; what is not named does not happen
 * @throws BAD_USAGE naming the part that is wrong
 */
export function parseLineFaults(text: string): LineFaults {
  const faults: { -readonly [name in keyof LineFaults]: number } = { ...NO_FAULTS };
  const named = new Set<string>();
  for (const part of text.split(",")) {
    const [name = "", written = ""] = part.split("=").map((side) => side.trim());
    const field = WORDS[name];
    const value = written === "" ? Number.NaN : Number(written);
    const refuse = (what: string, remedy: string): never =>
      fail("BAD_USAGE", { what: `--faults ${part}: ${what}`, remedy });
    if (field === undefined || !Object.hasOwn(WORDS, name))
      return refuse(`there is no fault "${name}"`, `Choose among ${Object.keys(WORDS).join(", ")}.`);
    if (named.has(name)) return refuse("it is named twice", "Name each fault once.");
    if (part.split("=").length !== 2 || !Number.isFinite(value) || value < 0)
      return refuse("a number from 0 is expected", "Write for example flip=1e-3,lose=1e-2,seed=1.");
    if (SHARES.includes(name) && value > 1)
      return refuse("a share of frames is at most 1", "Write for example 0.01 for one frame in a hundred.");
    if (name === "seed" && !Number.isSafeInteger(value))
      return refuse("a seed is a whole number", "Write for example seed=1.");
    named.add(name);
    faults[field] = value;
  }
  return faults;
}

/** How many frames went in, and how many met what. */
export type FaultCounts = Record<"frames" | (typeof KINDS)[number], number>;

/** One direction of a line with faults. */
export class FaultyFrames {
  readonly counts: FaultCounts = {
    frames: 0,
    ...(Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<(typeof KINDS)[number], number>),
  };
  readonly #faults: LineFaults;
  readonly #random: RandomStream;
  /** Of what spoils whole frames: the draws of the others stay what they are. */
  readonly #ruin: RandomStream;
  /** Lets the next one pass. */
  #held: Uint8Array | null = null;

  /** @param direction names the stream of draws */
  constructor(faults: LineFaults, direction: string) {
    this.#faults = faults;
    this.#random = randomStream(faults.seed, "line faults", direction);
    this.#ruin = randomStream(faults.seed, "ruined frames", direction);
  }

  /** @param frame with its delimiter; @returns what comes out at the other end just now, in order */
  pass(frame: Uint8Array): Uint8Array[] {
    const { flip, shorten, lose, duplicate, reorder, halve, garble } = this.#faults;
    const { counts } = this;
    const befalls = (name: keyof FaultCounts, share: number, random = this.#random): boolean => {
      const hit = random.uniform() < share;
      if (hit) counts[name]++;
      return hit;
    };
    counts.frames++;
    const [flipped, shortened, lost, twice, late] = [
      befalls("flip", flip),
      befalls("shorten", shorten),
      befalls("lose", lose),
      befalls("duplicate", duplicate),
      befalls("reorder", reorder),
    ];
    const draws = Array.from({ length: 5 }, () => this.#random.uniform());
    let bytes = frame;
    if (befalls("halve", halve, this.#ruin)) bytes = bytes.subarray(0, bytes.length >> 1);
    if (befalls("garble", garble, this.#ruin))
      bytes = bytes.map(() => Math.floor(256 * this.#ruin.uniform()));
    if (flipped) bytes = withFlippedBits(bytes, draws);
    if (shortened) bytes = withoutByte(bytes, Math.floor(draws[4]! * bytes.length));
    const out = lost ? [] : twice ? [bytes, bytes] : [bytes];
    const held = this.#held;
    this.#held = null;
    if (late && !lost && held === null) {
      this.#held = bytes;
      out.shift();
    }
    return held === null ? out : [...out, held];
  }

  /** What was held back to be late is lost with the cable. */
  forget(): void {
    this.#held = null;
  }
}

function withFlippedBits(frame: Uint8Array, [count, ...places]: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(frame);
  for (const place of places.slice(0, 1 + Math.floor(3 * (count ?? 0)))) {
    const bit = Math.floor(place * 8 * bytes.length);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  return bytes;
}

function withoutByte(frame: Uint8Array, at: number): Uint8Array {
  const bytes = new Uint8Array(frame.length - 1);
  bytes.set(frame.subarray(0, at));
  bytes.set(frame.subarray(at + 1), at);
  return bytes;
}
