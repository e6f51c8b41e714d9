/**
 * Requests on a way that may lose or spoil them: each is repeated, with the same number and contents, until it is answered
 * or time is up, and the robot carries it out once.
 *
 * One ordinary request is underway at a time; stops wait for nothing, and nothing that sets the robot in motion is repeated
 * behind one.
 */
import { systemClock } from "../clock.ts";
import { GaitsmithError } from "../errors.ts";
import { Durations } from "./durations.ts";
import type { Patience } from "./patience.ts";

interface Request<Question, Answer> {
  readonly question: Question;
  readonly patience: Patience;
  readonly number: number;
  readonly urgent: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  repeat: NodeJS.Timeout | null;
  /** When it was first written, wall time, s; NaN once it was repeated: nobody knows which copy is answered. */
  writtenAt: number;
  /** ms */
  waited: number;
}

/** How one link asks. */
export interface Asking<Question, Answer> {
  /** Urgent ones must not wait for anything. @throws when it cannot be written */
  readonly write: (question: Question, number: number, how: { urgent: boolean; again: boolean }) => void;
  readonly isStop: (question: Question) => boolean;
  /** Whether the robot may move after it. */
  readonly setsInMotion: (question: Question) => boolean;
  /** A refusal, for what a stop has overtaken. */
  readonly overtaken: Answer;
  /** Whether a repetition is left out for now. Absent: never. */
  readonly withholds?: (urgent: boolean) => boolean;
  /** What to do about a robot that does not answer. */
  readonly remedy: string;
}

export class RepeatedRequests<Question extends { readonly kind: string }, Answer> {
  /** Of requests that were answered at the first try. */
  readonly roundTrips = new Durations();
  readonly counts = { asked: 0, repeated: 0, unanswered: 0 };
  readonly #asking: Asking<Question, Answer>;
  /** Urgent ones, and the ordinary one that is underway. */
  readonly #waiting = new Map<number, Request<Question, Answer>>();
  readonly #queue: Request<Question, Answer>[] = [];
  #ordinary: Request<Question, Answer> | null = null;

  constructor(asking: Asking<Question, Answer>) {
    this.#asking = asking;
  }

  /** Whether an ordinary request is underway. */
  get busy(): boolean {
    return this.#ordinary !== null;
  }

  /** Whether a request of this number has not been answered yet. */
  isTaken(number: number): boolean {
    return this.#waiting.has(number) || this.#queue.some((request) => request.number === number);
  }

  /**
   * Written before this returns, unless an ordinary request is underway.
   *
   * @param number of no other request that waits, see {@link isTaken}
   * @throws LINK_LOST when no answer comes in time; what `write` throws
   */
  ask(question: Question, number: number, patience: Patience): Promise<Answer> {
    const urgent = this.#asking.isStop(question);
    return new Promise((resolve, reject) => {
      const request: Request<Question, Answer> = {
        ...{ question, number, patience, urgent, resolve, reject },
        repeat: null,
        writtenAt: Number.NaN,
        waited: 0,
      };
      this.counts.asked++;
      if (urgent) {
        this.#begin(request);
        this.#dropMovement();
      } else {
        this.#queue.push(request);
        this.#next();
      }
    });
  }

  /**
   * @param isOf whether it answers the question that has its number
   * @returns whether somebody was waiting for it
   */
  onAnswer(number: number, answer: Answer, isOf: (question: Question) => boolean = () => true): boolean {
    const request = this.#waiting.get(number);
    if (request === undefined || !isOf(request.question)) return false;
    if (!Number.isNaN(request.writtenAt)) this.roundTrips.add(systemClock.now() - request.writtenAt);
    this.#end(request);
    request.resolve(answer);
    return true;
  }

  /** @param ordinaryOnly stops go on being repeated */
  rejectAll(error: unknown, ordinaryOnly = false): void {
    for (const request of this.#takeOut(({ urgent }) => !(ordinaryOnly && urgent))) request.reject(error);
  }

  /** Their repetition would reach a robot that has just stopped, as a new command. */
  #dropMovement(): void {
    const { setsInMotion, overtaken } = this.#asking;
    for (const { resolve } of this.#takeOut(({ question }) => setsInMotion(question))) resolve(overtaken);
  }

  /** Ends requests. The queue first: what stands behind the one underway begins when that one ends. */
  #takeOut(which: (request: Request<Question, Answer>) => boolean): Request<Question, Answer>[] {
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

  #begin(request: Request<Question, Answer>): void {
    this.#waiting.set(request.number, request);
    request.repeat = setInterval(() => this.#again(request), request.patience.repeatAfter);
    request.writtenAt = systemClock.now();
    this.#write(request, false);
  }

  #again(request: Request<Question, Answer>): void {
    const { patience, urgent } = request;
    request.waited += patience.repeatAfter;
    request.writtenAt = Number.NaN;
    if (request.waited >= patience.giveUpAfter) {
      this.counts.unanswered++;
      this.#fail(request, this.#silence(request));
      return;
    }
    if (this.#asking.withholds?.(urgent) === true) return;
    this.counts.repeated++;
    this.#write(request, true);
  }

  #write(request: Request<Question, Answer>, again: boolean): void {
    const { question, number, urgent } = request;
    try {
      this.#asking.write(question, number, { urgent, again });
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #fail(request: Request<Question, Answer>, error: unknown): void {
    this.#end(request);
    request.reject(error);
  }

  #silence({ question, waited }: Request<Question, Answer>): GaitsmithError {
    return new GaitsmithError("LINK_LOST", {
      what: `the robot did not answer ${question.kind} within ${(waited / 1000).toFixed(1)} s`,
      remedy: this.#asking.remedy,
    });
  }

  #end(request: Request<Question, Answer>): void {
    if (request.repeat !== null) clearInterval(request.repeat);
    this.#waiting.delete(request.number);
    if (this.#ordinary !== request) return;
    this.#ordinary = null;
    this.#next();
  }
}
