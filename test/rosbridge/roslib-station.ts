/** A station made of roslib alone: speaks the node conversation, as anybody's own program would. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Ros, Topic } from "roslib";

export interface Message {
  readonly [field: string]: unknown;
}

interface RosString {
  readonly data: string;
}

/** A keepalive every so often, ms. */
const KEEPALIVE_PERIOD = 50;
const PATIENCE = 10_000;

export class RoslibStation {
  readonly ros = new Ros();
  readonly owner: string;
  readonly answers: Message[] = [];
  readonly events: Message[] = [];
  /** Newest last. */
  readonly states: Message[] = [];
  /** Robot's clock minus ours, s. */
  #offset = 0;
  #epoch = 0;
  #number = 0;
  #keepalives = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #url: string;
  readonly #topic: (name: string) => Topic<RosString>;
  readonly #command: Topic<RosString>;
  readonly #keepalive: Topic<RosString>;

  constructor(url: string, namespace = "/gaitsmith", owner = `test ${randomUUID().slice(0, 8)}`) {
    this.#url = url;
    this.owner = owner;
    this.#topic = (name) =>
      new Topic<RosString>({
        ros: this.ros,
        name: `${namespace}/${name}`,
        messageType: "std_msgs/String",
        reconnect_on_close: false,
      });
    this.#command = this.#topic("command");
    this.#keepalive = this.#topic("keepalive");
  }

  /** @returns the answer to hello, asked again until it comes: what is first published may get lost */
  async connect(): Promise<Message> {
    this.ros.on("error", () => {});
    await this.ros.connect(this.#url);
    const lists = [
      ["answer", this.answers],
      ["event", this.events],
      ["state", this.states],
    ] as const;
    for (const [name, list] of lists)
      this.#topic(name).subscribe(({ data }) => list.push(JSON.parse(data) as Message));
    this.#command.advertise();
    this.#keepalive.advertise();
    await sleep(100);
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const answer = await this.#ask("hello", {}, 250);
      if (answer !== null) {
        await this.#synchronise();
        return answer;
      }
    }
    throw new Error(`nobody answers hello on ${this.#command.name}`);
  }

  /** @throws when no answer comes */
  async ask(kind: string, fields: Message = {}): Promise<Message> {
    const answer = await this.#ask(kind, fields, 3000);
    if (answer === null) throw new Error(`no answer to ${kind}`);
    return answer;
  }

  /** Of a program that was killed the lease is free after 2 s of silence. */
  async acquireLease(): Promise<void> {
    const deadline = performance.now() + 4000;
    for (;;) {
      const { epoch, code, reason } = await this.ask("acquire-lease");
      if (typeof epoch === "number") {
        this.#epoch = epoch;
        return;
      }
      if (code !== "busy" || performance.now() > deadline) throw new Error(`no lease: ${String(reason)}`);
      await sleep(200);
    }
  }

  /** Now on the robot's clock, s. */
  get robotNow(): number {
    return Date.now() / 1000 + this.#offset;
  }

  keepAlive(on: boolean): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => this.sendKeepalive(), KEEPALIVE_PERIOD) : null;
  }

  sendKeepalive(changes: Message = {}): void {
    const keepalive = {
      v: 1,
      owner: this.owner,
      epoch: this.#epoch,
      number: ++this.#keepalives,
      sent: this.robotNow,
      valid: 0.5,
      seen: this.robotNow,
      ...changes,
    };
    this.#keepalive.publish({ data: JSON.stringify(keepalive) });
  }

  /** The last one a request had, so that it can be asked once more. */
  get number(): number {
    return this.#number;
  }

  /** Waits for a state of which this holds, from now on. */
  async state(holds: (state: Message) => boolean, within = 5000): Promise<Message> {
    const from = this.states.length;
    const deadline = performance.now() + within;
    while (performance.now() < deadline) {
      const found = this.states.slice(from).find(holds);
      if (found !== undefined) return found;
      await sleep(5);
    }
    throw new Error(`no such state within ${within} ms, last: ${JSON.stringify(this.states.at(-1))}`);
  }

  close(): void {
    this.keepAlive(false);
    this.ros.close();
  }

  async #ask(kind: string, fields: Message, within: number): Promise<Message | null> {
    const number = (fields.number as number | undefined) ?? ++this.#number;
    const from = this.answers.length;
    const command = {
      v: 1,
      owner: this.owner,
      epoch: this.#epoch,
      number,
      sent: this.robotNow,
      valid: 0.5,
      kind,
      ...fields,
    };
    this.#command.publish({ data: JSON.stringify(command) });
    const deadline = performance.now() + within;
    while (performance.now() < deadline) {
      const found = this.answers
        .slice(from)
        .find((answer) => answer.owner === this.owner && answer.number === number);
      if (found !== undefined) return found;
      await sleep(2);
    }
    return null;
  }

  async #synchronise(): Promise<void> {
    let quickest = Number.POSITIVE_INFINITY;
    for (let exchange = 0; exchange < 5; exchange++) {
      const sent = Date.now() / 1000;
      const { received } = await this.ask("time");
      const arrived = Date.now() / 1000;
      if (arrived - sent >= quickest) continue;
      quickest = arrived - sent;
      this.#offset = (received as number) - (sent + arrived) / 2;
    }
  }
}
