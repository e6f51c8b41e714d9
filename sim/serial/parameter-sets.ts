/** The parameter transaction of a robot: parts are collected, a whole set is checked, staged and made active. */
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { findGait } from "../../src/gait/gaits.ts";
import type { Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { Acknowledgement } from "../../src/robot/robot.ts";

const NO_RAMPS = { rampIn: 0, rampOut: 0 };

type StagePart = MessageOf<"stage">;

export interface Offer {
  readonly parameters: ParameterSetOnWire;
  readonly rampIn: number;
  readonly rampOut: number;
}

export interface Refusal {
  readonly code: "refused" | "malformed";
  readonly field: string;
  readonly reason: string;
}

export class ParameterSets {
  #parts: StagePart[] = [];
  staged: ParameterSetOnWire | null = null;
  active: ParameterSetOnWire | null = null;
  /** What outlives a reset, ramps included. */
  #stored: Offer | null = null;
  #ramps = { staged: NO_RAMPS, active: NO_RAMPS };

  /** Parts come in order; the first one begins anew. @returns null while parts are missing */
  collect(part: StagePart): Offer | Refusal | null {
    if (part.part === 0) this.#parts = [];
    const first = this.#parts[0] ?? part;
    if (part.part !== this.#parts.length || part.part >= part.parts) return malformed("a part is missing");
    const { gait, rampIn, rampOut, parts } = part;
    const fits =
      gait === first.gait &&
      Object.is(rampIn, first.rampIn) &&
      Object.is(rampOut, first.rampOut) &&
      parts === first.parts;
    if (!fits) return malformed("these are parts of two sets");
    this.#parts.push(part);
    if (this.#parts.length < parts) return null;
    const values = this.#parts.flatMap((collected) => collected.values);
    this.#parts = [];
    const offer = { parameters: { gait, values }, rampIn, rampOut };
    return refusalOf(offer) ?? offer;
  }

  stage({ parameters, rampIn, rampOut }: Offer): void {
    this.staged = parameters;
    this.#ramps.staged = { rampIn, rampOut };
  }

  commit(): void {
    this.active = this.staged;
    this.#ramps.active = this.#ramps.staged;
    this.staged = null;
  }

  /** @returns whether there is a set to be kept */
  store(): boolean {
    if (this.active === null) return false;
    this.#stored = { parameters: this.active, ...this.#ramps.active };
    return true;
  }

  /** As after power-on: everything is forgotten but what is stored, which is active again. */
  async restart(send: (command: Command) => Promise<Acknowledgement>): Promise<void> {
    this.forget();
    const stored = this.#stored;
    if (stored === null) return;
    const { hash } = await send({ kind: "stage", ...stored });
    if (hash === undefined || !(await send({ kind: "commit", hash })).accepted) return;
    this.active = stored.parameters;
    this.#ramps.active = stored;
  }

  forget(): void {
    this.#parts = [];
    this.staged = null;
    this.active = null;
  }
}

/** 0 without a set */
export function hashOf(set: ParameterSetOnWire | null): number {
  return set === null ? 0 : Number.parseInt(parameterHash(set), 16);
}

export function hashText(hash: number): string {
  return hash.toString(16).padStart(8, "0");
}

/** What is wrong with a set before anybody asks whether the legs reach so far. */
function refusalOf({ parameters: { gait, values }, rampIn, rampOut }: Offer): Refusal | null {
  const known = findGait(gait);
  if (known === undefined) return refused("gait", `there is no gait "${gait}"`);
  for (const [field, seconds] of [
    ["rampIn", rampIn],
    ["rampOut", rampOut],
  ] as const)
    if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY))
      return refused(field, "ramps last 0 s or longer");
  const given = new Set<string>();
  for (const [name, value] of values) {
    if (!known.parameters.some((spec) => spec.name === name))
      return refused(name, `${gait} has no such parameter`);
    if (given.has(name)) return refused(name, "it comes twice");
    if (!Number.isFinite(value)) return refused(name, `${value} is no number`);
    given.add(name);
  }
  const missing = known.parameters.find(({ name }) => !given.has(name));
  return missing === undefined ? null : refused(missing.name, "it is missing");
}

function refused(field: string, reason: string): Refusal {
  return { code: "refused", field, reason };
}

function malformed(reason: string): Refusal {
  return { code: "malformed", field: "part", reason };
}
