/** A ROS in memory: nodes, topics and services by name, delivered in the order of publication before `publish` returns. */

import { messageToBytes } from "./message-to-bytes.ts";
import { messageToJson } from "./message-to-json.ts";
import type { MessageType, RosTypes, ServiceType } from "./message-type.ts";
import { isHeader, type RosMessage, type RosTime, rosTime } from "./message-values.ts";
import type { RosVersion } from "./ros-definitions.ts";
import { Parameters } from "./ros-parameters.ts";

/** One message on its way; its encodings are made once, however many listen. */
export class Publication {
  readonly topic: string;
  readonly type: MessageType;
  readonly message: RosMessage;
  #json: string | null = null;
  #bytes: Uint8Array | null = null;

  constructor(topic: string, type: MessageType, message: RosMessage) {
    this.topic = topic;
    this.type = type;
    this.message = message;
  }

  get json(): string {
    this.#json ??= messageToJson(this.message, this.type);
    return this.#json;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= messageToBytes(this.message, this.type);
    return this.#bytes;
  }
}

export type Listener = (publication: Publication) => void;

export interface Publisher {
  readonly type: MessageType;
  /** Missing fields get their defaults; in ROS 1 a header its number. */
  publish(message: RosMessage): void;
  close(): void;
}

/** Throws, or rejects, when the service fails: the caller is told so. */
export type ServiceHandler = (request: RosMessage) => RosMessage | Promise<RosMessage>;

export interface Service {
  readonly name: string;
  readonly node: string;
  readonly type: ServiceType;
  readonly call: ServiceHandler;
}

/** Topics that are there before any robot is. */
const LOGS: Readonly<Record<RosVersion, readonly (readonly [string, string])[]>> = {
  1: [["/rosout", "rosgraph_msgs/Log"]],
  2: [
    ["/parameter_events", "rcl_interfaces/ParameterEvent"],
    ["/rosout", "rcl_interfaces/Log"],
  ],
};

interface Topic {
  readonly name: string;
  /** null: somebody listens to whatever will be published there. */
  type: MessageType | null;
  /** Node of each publisher and of each subscriber. */
  readonly publishers: Map<object, string>;
  readonly subscribers: Map<Listener, string>;
  /** The last messages of publishers that latch. */
  readonly latched: Map<object, Publication>;
}

export class RosGraph {
  readonly types: RosTypes;
  readonly parameters: Parameters;
  readonly #clock: () => number;
  readonly #nodes = new Set<string>();
  readonly #topics = new Map<string, Topic>();
  readonly #services = new Map<string, Service>();

  /** @param clock robot's clock, s */
  constructor(types: RosTypes, clock: () => number) {
    this.types = types;
    this.#clock = clock;
    this.parameters = new Parameters();
    for (const [topic, type] of LOGS[types.version]) this.advertise("/rosout", topic, type);
    this.#nodes.clear();
  }

  now(): RosTime {
    return rosTime(this.#clock());
  }

  addNode(name: string): void {
    this.#nodes.add(name);
  }

  /** @throws RangeError when the topic has another type, or there is no such type */
  advertise(node: string, topic: string, typeName: string, options: { latch?: boolean } = {}): Publisher {
    const type = this.#typeNamed(typeName);
    const entry = this.#topic(topic, type);
    const key = {};
    entry.publishers.set(key, node);
    this.#nodes.add(node);
    const header = type.version === 1 && type.fields[0]?.message != null && isHeader(type.fields[0].message);
    let seq = 0;
    return {
      type,
      publish: (message) => {
        seq++;
        const sent = header
          ? { ...message, header: { ...(message.header as RosMessage | undefined), seq } }
          : message;
        const publication = new Publication(topic, type, sent);
        if (options.latch === true) entry.latched.set(key, publication);
        for (const listener of [...entry.subscribers.keys()]) listener(publication);
      },
      close: () => {
        entry.publishers.delete(key);
        entry.latched.delete(key);
        this.#forgetUnused(entry);
      },
    };
  }

  /**
   * @param typeName null: of whatever type
   * @returns ends it
   * @throws RangeError when the topic has another type, or there is no such type
   */
  subscribe(node: string, topic: string, typeName: string | null, listener: Listener): () => void {
    const entry = this.#topic(topic, typeName === null ? null : this.#typeNamed(typeName));
    // The same function may listen twice.
    const own: Listener = (publication) => listener(publication);
    entry.subscribers.set(own, node);
    this.#nodes.add(node);
    for (const publication of [...entry.latched.values()]) own(publication);
    return () => {
      entry.subscribers.delete(own);
      this.#forgetUnused(entry);
    };
  }

  /** What latching publishers said last. */
  latchedOn(topic: string): readonly Publication[] {
    return [...(this.#topics.get(topic)?.latched.values() ?? [])];
  }

  /** A service of that name is replaced. @returns ends it. @throws RangeError when there is no such type */
  provide(node: string, name: string, typeName: string, call: ServiceHandler): () => void {
    const type = this.types.service(typeName);
    if (type === null) throw new RangeError(`there is no service type ${typeName}`);
    const service = { name, node, type, call };
    this.#services.set(name, service);
    this.#nodes.add(node);
    return () => {
      if (this.#services.get(name) === service) this.#services.delete(name);
    };
  }

  service(name: string): Service | null {
    return this.#services.get(name) ?? null;
  }

  /** null: nobody has said so */
  typeOf(topic: string): MessageType | null {
    return this.#topics.get(topic)?.type ?? null;
  }

  get nodes(): readonly string[] {
    return [...this.#nodes];
  }

  get services(): readonly Service[] {
    return [...this.#services.values()];
  }

  get topics(): readonly { readonly name: string; readonly type: MessageType | null }[] {
    return [...this.#topics.values()];
  }

  publishersOf(topic: string): readonly string[] {
    return [...new Set(this.#topics.get(topic)?.publishers.values() ?? [])];
  }

  subscribersOf(topic: string): readonly string[] {
    return [...new Set(this.#topics.get(topic)?.subscribers.values() ?? [])];
  }

  #typeNamed(name: string): MessageType {
    const type = this.types.message(name);
    if (type === null) throw new RangeError(`there is no message type ${name}`);
    return type;
  }

  #topic(name: string, type: MessageType | null): Topic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = { name, type, publishers: new Map(), subscribers: new Map(), latched: new Map() };
      this.#topics.set(name, topic);
    }
    topic.type ??= type;
    if (type !== null && topic.type !== type)
      throw new RangeError(`${name} carries ${topic.type!.name}, not ${type.name}`);
    return topic;
  }

  #forgetUnused(topic: Topic): void {
    if (topic.publishers.size + topic.subscribers.size === 0) this.#topics.delete(topic.name);
  }
}
