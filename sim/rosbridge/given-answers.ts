/** What each owner was answered, by the numbers of its commands: repetitions get the same, overtaken numbers nothing new. */
import type { NodeAnswer } from "./node-messages.ts";

const ANSWERS_KEPT = 32;
/** Of owners that have not been heard for longest the numbers are forgotten. */
const OWNERS_KEPT = 16;

interface Numbers {
  highest: number;
  /** Oldest first; null: still being found. */
  readonly answers: Map<number, NodeAnswer | null>;
}

export class GivenAnswers {
  readonly #owners = new Map<string, Numbers>();

  /** @returns the answer given before, null while it is being found, `old` for a number that was overtaken, else `new` */
  lookUp(owner: string, number: number): NodeAnswer | null | "old" | "new" {
    const numbers = this.#of(owner);
    const given = numbers.answers.get(number);
    if (given !== undefined) return given;
    return number <= numbers.highest ? "old" : "new";
  }

  /** A number is taken: its answer is being found. */
  begin(owner: string, number: number): void {
    this.#put(this.#of(owner), number, null);
  }

  /** One that belongs to nobody's number is not kept. */
  give(answer: NodeAnswer): NodeAnswer {
    const { owner, number } = answer;
    if (owner !== null && number !== null) this.#put(this.#of(owner), number, answer);
    return answer;
  }

  /** The owner begins to count anew. */
  forget(owner: string): void {
    this.#owners.delete(owner);
  }

  #put(numbers: Numbers, number: number, answer: NodeAnswer | null): void {
    numbers.highest = Math.max(numbers.highest, number);
    numbers.answers.delete(number);
    numbers.answers.set(number, answer);
    dropOldest(numbers.answers, ANSWERS_KEPT);
  }

  #of(owner: string): Numbers {
    const numbers = this.#owners.get(owner) ?? { highest: Number.NEGATIVE_INFINITY, answers: new Map() };
    this.#owners.delete(owner);
    this.#owners.set(owner, numbers);
    dropOldest(this.#owners, OWNERS_KEPT);
    return numbers;
  }
}

function dropOldest<K, V>(map: Map<K, V>, kept: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= kept) return;
    map.delete(oldest);
  }
}
