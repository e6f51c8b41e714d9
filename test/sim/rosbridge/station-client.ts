/** The station's side of the node conversation, by hand. */
import { RawClient } from "./raw-client.ts";

export interface Answer {
  readonly owner: string;
  readonly number: number;
  readonly accepted: boolean;
  readonly code: string;
  readonly reason: string;
  readonly [field: string]: unknown;
}

interface Published {
  readonly op: string;
  readonly topic: string;
  readonly msg: { readonly data: string };
}

const TEXT = "std_msgs/String";

export class StationClient {
  readonly raw: RawClient;
  readonly owner: string;
  epoch = 0;
  #numbers = 0;
  #keepalives = 0;
  /** The robot's clock, s, as far as it is known. */
  clock: () => number = () => 0;

  private constructor(raw: RawClient, owner: string) {
    this.raw = raw;
    this.owner = owner;
  }

  static async open(url: string, owner = "ann"): Promise<StationClient> {
    const client = new StationClient(await RawClient.open(url), owner);
    for (const name of ["answer", "state", "event"])
      client.raw.send({ op: "subscribe", topic: `/gaitsmith/${name}` });
    for (const name of ["command", "keepalive"])
      client.raw.send({ op: "advertise", topic: `/gaitsmith/${name}`, type: TEXT });
    return client;
  }

  async ask(kind: string, fields: object = {}): Promise<Answer> {
    const from = this.raw.received.length;
    const number = ++this.#numbers;
    this.publish("command", { epoch: this.epoch, number, sent: this.clock(), valid: 0.5, kind, ...fields });
    const answer = await this.heard(
      "answer",
      (one) => one.number === number && one.owner === this.owner,
      from,
    );
    if (kind === "acquire-lease" && answer.accepted) this.epoch = answer.epoch as number;
    return answer as Answer;
  }

  keepalive(): void {
    const now = this.clock();
    this.publish("keepalive", {
      epoch: this.epoch,
      number: ++this.#keepalives,
      sent: now,
      valid: 0.5,
      seen: now,
    });
  }

  /** Learns the robot's clock. */
  async synchronise(): Promise<void> {
    const { replied } = await this.ask("time");
    const offset = (replied as number) - performance.now() / 1000;
    this.clock = () => performance.now() / 1000 + offset;
  }

  publish(topic: string, message: object): void {
    const data = JSON.stringify({ v: 1, owner: this.owner, ...message });
    this.raw.send({ op: "publish", topic: `/gaitsmith/${topic}`, msg: { data } });
  }

  /** What the robot says on one of its topics. */
  async heard(
    topic: string,
    fits: (message: Record<string, unknown>) => boolean,
    from = 0,
    within = 4000,
  ): Promise<Record<string, unknown>> {
    const name = `/gaitsmith/${topic}`;
    const read = ({ msg }: Published): Record<string, unknown> => JSON.parse(msg.data);
    const found = await this.raw.find<Published>(
      (one) => one.op === "publish" && one.topic === name && fits(read(one)),
      from,
      within,
    );
    return read(found);
  }

  close(): void {
    this.raw.close();
  }
}
