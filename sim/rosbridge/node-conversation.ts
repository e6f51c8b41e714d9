/**
 * The robot's side of the node conversation, version 1 (docs/rosbridge.md): who may command, which commands are old, late or
 * repeated, and what happens when nobody feeds the dead-man. Pure: time comes in with every call, what is to be done
 * goes out. `examples/watchdog-vectors.json` holds its rules as cases, for this and for the watchdog nodes.
 */
import type { ClockKind, StopLevel } from "../../src/robot/robot.ts";
import { GivenAnswers } from "./given-answers.ts";
import {
  type ConversationState,
  type NodeAnswer,
  type NodeCommand,
  type NodeEvent,
  type RefusalCode,
  readCommand,
  readKeepalive,
} from "./node-messages.ts";

/** How the robot introduces itself. */
export interface Introduction {
  readonly robot: string;
  readonly firmware: string;
  /** Differs from boot to boot. */
  readonly boot: string;
  readonly joints: readonly string[];
  readonly runsGait: boolean;
  readonly returnsByItself: boolean;
  readonly clock: ClockKind;
  /** Telemetry frames per second; 0 where the node knows of none. */
  readonly rate: number;
  /** Kinds of commands it takes. */
  readonly commands: readonly string[];
}

export interface ConversationSettings {
  readonly introduction: Introduction;
  /** Silence after which an armed robot is stopped mildly, and after which it is cut, s. In lockstep there is none. */
  readonly settleAfter: number;
  readonly cutAfter: number;
  /** Silence after which another owner may take the lease, s. */
  readonly leaseAfter: number;
  /** What the dead-man does first. */
  readonly firstStop: Exclude<StopLevel, "cut">;
}

export const USUAL_TIMES = { settleAfter: 0.5, cutAfter: 1.5, leaseAfter: 2 } as const;

/** Now, s. */
export interface Moment {
  /** A clock that is never set: silence is measured on it. */
  readonly steady: number;
  /** The robot's clock: stamps and ages. */
  readonly clock: number;
}

/** What the robot is to do before its answer is known. */
export interface Request {
  readonly command: NodeCommand;
  /** Of a stop: at which level. */
  readonly level: StopLevel;
  /** A stop milder than the one in force: it is answered and not carried out. */
  readonly softer: boolean;
}

/** What the robot said to a request. */
export interface RequestOutcome {
  readonly accepted: boolean;
  readonly code?: RefusalCode;
  readonly reason?: string;
  /** Further fields of the answer. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What is to be done, in this order: stops, then the request, then the answer, then events. */
export interface Reaction {
  readonly stops: readonly StopLevel[];
  readonly request: Request | null;
  readonly answer: NodeAnswer | null;
  readonly events: readonly NodeEvent[];
}

const NOTHING: Reaction = { stops: [], request: null, answer: null, events: [] };
const LEVELS: readonly StopLevel[] = ["neutral", "settle", "cut"];
/** A keepalive is valid for this long at most, s. */
const LONGEST_VALID = 1;
/** The newest frame that the station has dealt with may be this old, s. */
const OLDEST_SEEN = 0.5;
/** Clocks are this far apart at most, s: what is stamped later than that is not from now. */
const AHEAD = 0.25;
/** These are true at any age. */
const AGELESS = new Set(["hello", "time", "stop", "advance", "place", "acquire-lease", "parameters"]);
const LEASELESS = new Set(["hello", "time", "stop", "acquire-lease", "parameters"]);

export class NodeConversation {
  readonly #settings: ConversationSettings;
  readonly #given = new GivenAnswers();
  #holder: string | null = null;
  #epochs = 0;
  /** When the holder was last heard, steady clock. */
  #heard = 0;
  #lastKeepalive = Number.NEGATIVE_INFINITY;
  #armed = false;
  /** When the dead-man was last fed, steady clock. */
  #fedAt = 0;
  #dead: StopLevel | null = null;
  /** What the dead-man has done since it was fed. */
  #done: StopLevel | null = null;
  /** The hardest stop since the robot was armed. */
  #inForce: StopLevel | null = null;
  #events = 0;
  #fed = 0;
  #ignored = 0;

  constructor(settings: ConversationSettings) {
    this.#settings = settings;
  }

  get armed(): boolean {
    return this.#armed;
  }

  state({ clock }: Moment): ConversationState {
    return {
      v: 1,
      boot: this.#settings.introduction.boot,
      time: clock,
      holder: this.#holder,
      epoch: this.#epoch,
      armed: this.#armed,
      dead: this.#dead,
      fed: this.#fed,
      ignored: this.#ignored,
    };
  }

  onCommand(text: string, now: Moment): Reaction {
    const command = readCommand(text);
    if (command === null) {
      this.#ignored++;
      return NOTHING;
    }
    const { owner, number, kind } = command;
    if (kind === "stop" || owner === null || number === null) return this.#beginStop(command);
    if (kind === "hello") this.#given.forget(owner);
    const given = this.#given.lookUp(owner, number);
    if (given === "old")
      return answered(refusal(command, "old", "a later command of this owner has overtaken it"));
    if (given !== "new") return given === null ? NOTHING : answered(given);
    this.#given.begin(owner, number);
    const refused = this.#refusalOf(command, now);
    if (refused !== null) return answered(this.#given.give(refused));
    if (this.#holds(command)) this.#heard = now.steady;
    return this.#obey(command, now);
  }

  onKeepalive(text: string, now: Moment): void {
    const keepalive = readKeepalive(text);
    if (keepalive === null || !this.#holds(keepalive)) {
      this.#ignored++;
      return;
    }
    this.#heard = now.steady;
    const { number, valid, seen } = keepalive;
    const feeds =
      number > this.#lastKeepalive &&
      valid <= LONGEST_VALID &&
      isFresh(keepalive.sent, valid, now) &&
      isFresh(seen, OLDEST_SEEN, now);
    if (!feeds) {
      this.#ignored++;
      return;
    }
    this.#lastKeepalive = number;
    this.#fed++;
    this.#feed(now);
  }

  /** To be called often: silence does not announce itself. */
  tick(now: Moment): Reaction {
    const { introduction, settleAfter, cutAfter, firstStop } = this.#settings;
    if (!this.#armed || introduction.clock === "lockstep") return NOTHING;
    const silence = now.steady - this.#fedAt;
    const level = silence >= cutAfter ? "cut" : silence >= settleAfter ? firstStop : null;
    if (level === null || level === this.#done) return NOTHING;
    this.#done = level;
    this.#dead = level;
    this.#armed = level !== "cut";
    this.#enforce(level);
    const reason = `no valid keepalive for ${silence.toFixed(2)} s: ${level}`;
    return { ...NOTHING, stops: [level], events: [this.event("fault", "DEAD_MAN", reason, now)] };
  }

  /** @returns the answer to the request's command */
  finish({ command, level, softer }: Request, outcome: RequestOutcome, now: Moment): NodeAnswer {
    const { accepted, code = "failed", reason = "", fields = {} } = outcome;
    if (!accepted) return this.#given.give(refusal(command, code, reason, fields));
    const { kind } = command;
    if (kind === "arm") {
      this.#armed = true;
      this.#inForce = null;
      this.#dead = null;
      this.#feed(now);
    } else if (kind === "disarm" || kind === "place") this.#armed = false;
    else if (kind === "stop") {
      if (!softer) this.#enforce(level);
      if (level !== "neutral") this.#armed = false;
      const { clock: time } = now;
      return this.#given.give(acceptance(command, { level: this.#inForce ?? level, time, ...fields }));
    }
    return this.#given.give(acceptance(command, fields));
  }

  /** Something happened to the robot that the station should know. */
  event(event: NodeEvent["event"], code: string, reason: string, { clock: time }: Moment): NodeEvent {
    return { v: 1, number: ++this.#events, event, code, reason, time };
  }

  /** The robot lost its power and whatever it was told: nobody holds it any more. */
  rebooted(): void {
    this.#holder = null;
    this.#armed = false;
    this.#inForce = null;
  }

  #beginStop(command: NodeCommand): Reaction {
    if (command.owner !== null && command.number !== null) this.#given.begin(command.owner, command.number);
    const { level: asked } = command.fields;
    // Whoever wants a stop and cannot say which gets the one that always stops.
    const level = LEVELS.find((known) => known === asked) ?? "cut";
    const softer = this.#inForce !== null && LEVELS.indexOf(level) < LEVELS.indexOf(this.#inForce);
    return { ...NOTHING, request: { command, level, softer } };
  }

  #refusalOf(command: NodeCommand, now: Moment): NodeAnswer | null {
    const { kind, sent, valid } = command;
    const { clock, commands } = this.#settings.introduction;
    if (!commands.includes(kind)) return refusal(command, "unknown", `this robot takes no "${kind}"`);
    if (clock === "realtime" && !AGELESS.has(kind) && !isFresh(sent, valid, now))
      return refusal(command, "late", `sent at ${sent}, valid for ${valid} s, and it is ${now.clock}`);
    if (!LEASELESS.has(kind) && !this.#holds(command))
      return refusal(command, "lease", "this is not the present lease");
    return null;
  }

  #obey(command: NodeCommand, now: Moment): Reaction {
    switch (command.kind) {
      case "hello":
        return this.#accept(command, this.#hello());
      case "time":
        return this.#accept(command, { received: now.clock, replied: now.clock });
      case "acquire-lease":
        return this.#grant(command, now);
      case "release-lease": {
        const stops = this.#release();
        return { ...this.#accept(command), stops };
      }
      default:
        if (command.kind === "store" && this.#armed)
          return answered(this.#given.give(refusal(command, "order", "cannot store while it has power")));
        return { ...NOTHING, request: { command, level: "cut", softer: false } };
    }
  }

  #hello(): Record<string, unknown> {
    const { introduction, settleAfter, cutAfter } = this.#settings;
    const lockstep = introduction.clock === "lockstep";
    return { ...introduction, settleAfter: lockstep ? 0 : settleAfter, cutAfter: lockstep ? 0 : cutAfter };
  }

  #grant(command: NodeCommand, now: Moment): Reaction {
    const { owner } = command;
    const others = this.#holder !== null && this.#holder !== owner;
    if (others && now.steady - this.#heard < this.#settings.leaseAfter) {
      const busy = refusal(command, "busy", `the robot is leased to ${this.#holder}`);
      return answered(this.#given.give(busy));
    }
    const stops = others ? this.#release() : [];
    this.#holder = owner;
    this.#epochs++;
    this.#heard = now.steady;
    this.#lastKeepalive = Number.NEGATIVE_INFINITY;
    return { ...this.#accept(command, { epoch: this.#epochs }), stops };
  }

  #release(): StopLevel[] {
    this.#holder = null;
    if (!this.#armed) return [];
    this.#armed = false;
    this.#enforce("settle");
    return ["settle"];
  }

  #accept(command: NodeCommand, fields: Record<string, unknown> = {}): Reaction {
    return answered(this.#given.give(acceptance(command, fields)));
  }

  #feed({ steady }: Moment): void {
    this.#fedAt = steady;
    this.#done = null;
  }

  #enforce(level: StopLevel): void {
    if (this.#inForce === null || LEVELS.indexOf(level) > LEVELS.indexOf(this.#inForce))
      this.#inForce = level;
  }

  get #epoch(): number {
    return this.#holder === null ? 0 : this.#epochs;
  }

  #holds({ owner, epoch }: { readonly owner: string | null; readonly epoch: number }): boolean {
    return this.#holder === owner && this.#epochs === epoch;
  }
}

function isFresh(stamp: number | null, longest: number, { clock }: Moment): boolean {
  return stamp !== null && clock - stamp <= longest && stamp <= clock + AHEAD;
}

function answered(answer: NodeAnswer): Reaction {
  return { ...NOTHING, answer };
}

function acceptance({ owner, number }: NodeCommand, fields: Readonly<Record<string, unknown>>): NodeAnswer {
  return { v: 1, owner, number, accepted: true, code: "", reason: "", ...fields };
}

function refusal(
  { owner, number }: NodeCommand,
  code: RefusalCode,
  reason: string,
  fields: Readonly<Record<string, unknown>> = {},
): NodeAnswer {
  return { v: 1, owner, number, accepted: false, code, reason, ...fields };
}
