/**
 * Commands to a node that speaks gaitsmith's own conversation, and their answers. A robot takes no number lower than one it
 * has seen, so that one ordinary command is underway at a time.
 */
import type { Durations } from "../durations.ts";
import type { Patience } from "../patience.ts";
import { RepeatedRequests } from "../repeated-requests.ts";

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

interface NodeCommand {
  readonly kind: string;
  readonly fields: Fields;
  readonly owner: string;
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

export class NodeRequests {
  readonly #options: NodeRequestOptions;
  readonly #requests: RepeatedRequests<NodeCommand, NodeAnswer>;
  /** Begins above those of an earlier one that had the same name, though that one asked a thousand times a second, as in lockstep. */
  #number = 1000 * Date.now();
  /** Who commands, see `acquire-lease`. */
  owner: string;
  /** Of the lease; 0 without one. */
  epoch = 0;

  constructor(owner: string, options: NodeRequestOptions) {
    this.owner = owner;
    this.#options = options;
    this.#requests = new RepeatedRequests<NodeCommand, NodeAnswer>({
      write: (command, number, { urgent }) => this.#write(command, number, urgent),
      isStop: ({ kind }) => kind === "stop",
      setsInMotion: ({ kind }) => SETS_IN_MOTION.has(kind),
      overtaken: { accepted: false, code: "order", reason: "a stop came in between" },
      remedy: "Check that gaitsmith's node runs on the robot; the robot stops by itself.",
    });
  }

  get counts(): Readonly<Record<"asked" | "repeated" | "unanswered", number>> {
    return this.#requests.counts;
  }

  /** Of commands that were answered at the first try. */
  get roundTrips(): Durations {
    return this.#requests.roundTrips;
  }

  /** Whether an ordinary command is underway. */
  get busy(): boolean {
    return this.#requests.busy;
  }

  /**
   * Written before this returns, unless an ordinary command is underway.
   *
   * @param owner where it is not the lease's
   * @throws LINK_LOST when no answer comes in time
   */
  ask(kind: string, fields: Fields, patience: Patience, owner = this.owner): Promise<NodeAnswer> {
    return this.#requests.ask({ kind, fields, owner }, this.#number++, patience);
  }

  /** @returns whether somebody was waiting for it */
  onAnswer(owner: unknown, number: number, answer: NodeAnswer): boolean {
    return this.#requests.onAnswer(number, answer, (command) => command.owner === owner);
  }

  /** @param ordinaryOnly stops go on being repeated */
  rejectAll(error: unknown, ordinaryOnly = false): void {
    this.#requests.rejectAll(error, ordinaryOnly);
  }

  /** A command that is still wanted is as good as new: its age is that of the wish. */
  #write({ kind, fields, owner }: NodeCommand, number: number, urgent: boolean): void {
    const { epoch } = this;
    const sent = this.#options.robotTime();
    const command = { v: CONVERSATION, owner, epoch, number, sent, valid: VALID, kind, ...fields };
    this.#options.write(command, urgent);
  }
}
