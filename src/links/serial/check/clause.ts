/** What a conformance check is made of: clauses of the specification, and what was found. */
import type { Bench } from "./bench.ts";

export interface Clause {
  /** Stable: subject and what is asked of it, e.g. `lease.busy`. */
  readonly id: string;
  /** Section of `firmware-protocol/README.md`. */
  readonly section: number;
  /** What the specification asks for. */
  readonly expected: string;
  /** What a firmware engineer should do when it is not so. */
  readonly remedy: string;
  /** The motors get power: only with `--move`. */
  readonly moves?: true;
  /** Clauses without which this one says nothing. */
  readonly needs?: readonly string[];
  /** @throws NoAnswer when the robot is silent: the clause has failed */
  run(bench: Bench): Promise<Verdict>;
}

export type Verdict =
  | {
      readonly result: "pass" | "fail";
      /** What was seen, in words. */
      readonly measured: string;
      /** The same as numbers; the name says the unit. */
      readonly numbers?: Readonly<Record<string, number>>;
    }
  /** `measured` says why. */
  | { readonly result: "skipped"; readonly measured: string };

export type Finding = Verdict & Omit<Clause, "run" | "moves" | "needs"> & { readonly seconds: number };

export function skipped(why: string): Verdict {
  return { result: "skipped", measured: why };
}

/** Collects what is wrong; a clause without complaints has passed. */
export class Complaints {
  readonly #list: string[] = [];

  /** @returns whether it holds */
  unless(holds: boolean, complaint: string): boolean {
    if (!holds) this.add(complaint);
    return holds;
  }

  add(complaint: string): void {
    if (!this.#list.includes(complaint)) this.#list.push(complaint);
  }

  get none(): boolean {
    return this.#list.length === 0;
  }

  /** @param measured what was seen when nothing is wrong */
  verdict(measured: string, numbers?: Readonly<Record<string, number>>): Verdict {
    const known = numbers === undefined ? {} : { numbers };
    return this.none
      ? { result: "pass", measured, ...known }
      : { result: "fail", measured: this.#list.join("; "), ...known };
  }
}
