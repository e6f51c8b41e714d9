/**
 * How the robot is made to stand, walk and lie. It hears nothing during a cycle of its gait, so that everything here is
 * waited for as long as one may take.
 */
import { petoiCycle } from "../../config/known-gaits.ts";
import type { CommandOrder } from "../command-order.ts";
import { ANSWER, type Conversation, is } from "./conversation.ts";
import { type GaitNumbers, gaitCommand, understoodGait } from "./gait-numbers.ts";

/** From a posture to its token, s: up to 110° × 8 ms. */
const POSTURE = 2;

/** Something that is answered twice: when it begins, and when it is done. */
export interface Ending {
  readonly began: Promise<boolean>;
  readonly done: Promise<boolean>;
}

export class Motion {
  readonly #conversation: Conversation;
  readonly #order: Pick<CommandOrder, "active">;
  readonly #longestCycle: number;
  /** What the robot was told last that moves it. */
  #told: "rest" | "posture" | "gait" = "posture";
  /** What it has said it came to: lying without torque, or cut off in mid-stride. */
  #resting: "lying" | "cut" | null = null;

  /** @param longestCycle of a gait whose numbers are not known, s */
  constructor(conversation: Conversation, order: Pick<CommandOrder, "active">, longestCycle: number) {
    this.#conversation = conversation;
    this.#order = order;
    this.#longestCycle = longestCycle;
  }

  get walks(): boolean {
    return this.#told === "gait";
  }

  get resting(): "lying" | "cut" | null {
    return this.#resting;
  }

  /** It has started anew, and rests by itself. */
  forget(): void {
    this.#tell("rest");
  }

  /** @returns whether it said that it stands */
  stand(): Promise<boolean> {
    this.#tell("posture");
    return this.#conversation.ask({ text: "kup\n", answeredBy: is("k"), within: POSTURE });
  }

  /** @returns the numbers it says it has understood; null when it says none */
  async walk(numbers: GaitNumbers): Promise<readonly number[] | null> {
    let understood: readonly number[] | null = null;
    this.#tell("gait");
    await this.#conversation.ask({
      text: gaitCommand(numbers),
      heard: (line) => {
        understood ??= understoodGait(line);
      },
      answeredBy: (line) => understoodGait(line) !== null,
      within: ANSWER,
    });
    return understood;
  }

  /** To the stance, from wherever in its stride a cycle ended. @returns whether that began */
  rampOut(): Promise<boolean> {
    const busy = this.#busy;
    this.#tell("posture");
    return new Promise((began) => {
      const answer = this.#conversation.ask(
        {
          text: "kup\n",
          heard: (line) => {
            if (line === "up") began(true);
          },
          answeredBy: is("k"),
          within: busy + POSTURE,
        },
        true,
      );
      void answer.then(async (stands) => {
        began(stands);
        if (stands) await this.#beStill();
      });
    });
  }

  /** @returns whether it lies without torque in the end, and whether it has begun to */
  rest(level: "settle" | "cut"): Ending {
    const { promise: began, resolve: begin } = Promise.withResolvers<boolean>();
    const done = this.#lieDown(level, () => begin(true));
    void done.then(begin);
    return { began, done };
  }

  /**
   * `d` lies down and switches the servos off. A walk can also be cut: `p` switches them off where they are, but while it
   * stands the firmware switches them on again at once, and a second `p` walks on.
   */
  async #lieDown(level: "settle" | "cut", began: () => void): Promise<boolean> {
    const busy = this.#busy;
    const walked = this.walks;
    this.#tell("rest");
    if (level === "cut" && walked) {
      const off = await this.#conversation.ask(
        { text: "p\n", answeredBy: is("P"), within: busy + ANSWER },
        true,
      );
      if (off) this.#resting = "cut";
      if (off || this.#told !== "rest") return off;
    }
    const ask = (within: number): Promise<boolean> =>
      this.#conversation.ask(
        {
          text: "d\n",
          heard: (line) => {
            if (line === "rest") began();
          },
          answeredBy: is("d"),
          within,
        },
        true,
      );
    // Twice does no harm, once the first has been read.
    const lies = (await ask(busy + POSTURE)) || (this.#told === "rest" && (await ask(POSTURE)));
    if (!lies || this.#told !== "rest") return lies;
    this.#resting = "lying";
    void this.#beStill();
    return true;
  }

  /** Every command after a rest switches its own reactions on again: rolling over, jumping when it is lifted. */
  #beStill(): Promise<boolean> {
    return this.#conversation.ask({ text: "gb\n", answeredBy: is("g"), within: ANSWER });
  }

  #tell(told: "rest" | "posture" | "gait"): void {
    this.#told = told;
    this.#resting = null;
  }

  /** For how long it may hear nothing, s. */
  get #busy(): number {
    const { active } = this.#order;
    return this.walks && active !== null
      ? petoiCycle(Object.fromEntries(active.parameters.values))
      : this.#longestCycle;
  }
}
