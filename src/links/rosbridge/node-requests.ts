/**
 * Commands to a node that speaks gaitsmith's own conversation, and their answers: each command is repeated with its number
 * until it is answered or time is up, and the robot carries it out once.
 *
 * One ordinary command is underway at a time, because a robot takes no number lower than one it has seen. Stops wait for
 * nothing.
 */

import { systemClock } from "../../clock.ts";
import { fail } from "../../errors.ts";
import { Durations } from "../durations.ts";
import type { Patience } from "../patience.ts";

/** Version of the conversation (docs/rosbridge.md). */
export const CONVERSATION = 1;

/** What robots say; fields of single kinds are unchecked. */
export interface NodeAnswer {
  readonly accepted: boolean;
  readonly code: string;
  readonly reason: string;
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

interface Request {
  readonly kind: string;
  readonly fields: Fields;
  readonly owner: string;
  readonly patience: Patience;
  readonly number: number;
  readonly resolve: (answer: NodeAnswer) => void;
  readonly reject: (error: unknown) => void;
  repeat: NodeJS.Timeout | null;
  /** When it was first written, s of wall time; NaN once it was repeated: nobody knows which copy is answered. */
  writtenAt: number;
  waited: number;
}

export interface NodeRequestOptions {
  /** Writes a command; an urgent one joins what waits to leave. @throws when it cannot be */
  readonly write: (command: Fields, urgent: boolean) => void;
  /** The robot's clock now, s, as far as it is known. */
  readonly robotTime: () => number | null;
}

/** How long a command is to be carried out after it was sent, s. */
const VALID = 1;
/** What a stop takes the place of. */
const SETS_IN_MOTION: ReadonlySet<string> = new Set(["arm", "start"]);
const OVERTAKEN: NodeAnswer = { accepted: false, code: "order", reason: "a stop came in between" };

export class NodeRequests {
  readonly #options: NodeRequestOptions;
  /** Stops, and the ordinary one that is underway. */
  readonly #waiting = new Map<number, Request>();
  readonly #queue: Request[] = [];
  #ordinary: Request | null = null;
  /** Begins above those of an earlier process that called itself by the same name. */
  #number = Date.now();
  /** Who commands, see `acquire-lease`. */
  owner: string;
  /** Of the lease; 0 without one. */
  epoch = 0;
  /** Of commands that were answered at the first try. */
  readonly roundTrips = new Durations();
  readonly counts = { asked: 0, repeated: 0, unanswered: 0 };

  constructor(owner: string, options: NodeRequestOptions) {
    this.owner = owner;
    this.#options = options;
  }

  /** Whether an ordinary command is underway. */
  get busy(): boolean {
    return this.#ordinary !== null;
  }

  /**
   * Written before this returns, unless an ordinary command is underway.
   *
   * @param owner where it is not the lease's
   * @throws LINK_LOST when no answer comes in time
   */
  ask(kind: string, fields: Fields, patience: Patience, owner = this.owner): Promise<NodeAnswer> {
    return new Promise((resolve, reject) => {
      const request: Request = {
        ...{ kind, fields, owner, patience, resolve, reject },
        number: this.#number++,
        repeat: null,
        writtenAt: Number.NaN,
        waited: 0,
      };
      this.counts.asked++;
      if (kind === "stop") {
        this.#begin(request);
        this.#dropMovement();
      } else {
        this.#queue.push(request);
        this.#next();
      }
    });
  }

  /** @returns whether somebody was waiting for it */
  onAnswer(owner: unknown, number: unknown, answer: NodeAnswer): boolean {
    const request = this.#waiting.get(number as number);
    if (request === undefined || request.owner !== owner) return false;
    if (!Number.isNaN(request.writtenAt)) this.roundTrips.add(systemClock.now() - request.writtenAt);
    this.#end(request);
    request.resolve(answer);
    return true;
  }

  /** @param ordinaryOnly stops go on being repeated */
  rejectAll(error: unknown, ordinaryOnly = false): void {
    for (const request of this.#takeOut(({ kind }) => !(ordinaryOnly && kind === "stop")))
      request.reject(error);
  }

  /** Their repetition would reach a robot that has just stopped as a new command. */
  #dropMovement(): void {
    for (const { resolve } of this.#takeOut(({ kind }) => SETS_IN_MOTION.has(kind))) resolve(OVERTAKEN);
  }

  /** Ends requests. The queue first: what stands behind the one underway begins when that one ends. */
  #takeOut(which: (request: Request) => boolean): Request[] {
    const queued = this.#queue.filter(which);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((request) => !which(request)));
    const underway = [...this.#waiting.values()].filter(which);
    for (const request of underway) this.#end(request);
    return [...underway, ...queued];
  }

  #next(): void {
    if (this.#ordinary !== null) return;
    const request = this.#queue.shift();
    if (request === undefined) return;
    this.#ordinary = request;
    this.#begin(request);
  }

  #begin(request: Request): void {
    this.#waiting.set(request.number, request);
    request.repeat = setInterval(() => this.#again(request), request.patience.repeatAfter);
    request.writtenAt = systemClock.now();
    this.#write(request);
  }

  #again(request: Request): void {
    const { kind, patience } = request;
    request.waited += patience.repeatAfter;
    request.writtenAt = Number.NaN;
    if (request.waited < patience.giveUpAfter) {
      this.counts.repeated++;
      this.#write(request);
      return;
    }
    this.counts.unanswered++;
    try {
      silent(kind, request.waited);
    } catch (error) {
      this.#end(request);
      request.reject(error);
    }
  }

  /** A command that is still wanted is as good as new: its age is that of the wish. */
  #write(request: Request): void {
    const { kind, fields, owner, number } = request;
    const { write, robotTime } = this.#options;
    const { epoch } = this;
    const command = {
      v: CONVERSATION,
      owner,
      epoch,
      number,
      sent: robotTime(),
      valid: VALID,
      kind,
      ...fields,
    };
    try {
      write(command, kind === "stop");
    } catch (error) {
      this.#end(request);
      request.reject(error);
    }
  }

  #end(request: Request): void {
    if (request.repeat !== null) clearInterval(request.repeat);
    this.#waiting.delete(request.number);
    if (this.#ordinary !== request) return;
    this.#ordinary = null;
    this.#next();
  }
}

function silent(kind: string, waited: number): never {
  return fail("LINK_LOST", {
    what: `the robot did not answer ${kind} within ${(waited / 1000).toFixed(1)} s`,
    remedy: "Check that gaitsmith's node runs on the robot; the robot stops by itself.",
  });
}
