/** Publishers and subscribers that the clients of a server share, one per topic (publishers.py, subscribers.py of both branches). */
import type { MessageType } from "./message-type.ts";
import type { Listener, Publication, Publisher, RosGraph } from "./ros-graph.ts";

/** The server as a node. */
export const SERVER_NODE = "/rosbridge_websocket";

/** A topic nobody publishes on any more is given up after this long, ms. */
const UNREGISTER_AFTER = 10_000;

interface SharedPublisher {
  readonly publisher: Publisher;
  readonly clients: Set<object>;
  timer: NodeJS.Timeout | null;
}

export class SharedPublishers {
  readonly #graph: RosGraph;
  readonly #publishers = new Map<string, SharedPublisher>();

  constructor(graph: RosGraph) {
    this.#graph = graph;
  }

  /** @returns the topic's publisher, made if there is none. @throws when the type is unknown, missing or another */
  register(client: object, topic: string, typeName: string | null, latch: boolean): Publisher {
    let shared = this.#publishers.get(topic);
    if (shared === undefined) {
      const name = typeName ?? this.#graph.typeOf(topic)?.name;
      if (name === undefined) throw new Error(notEstablished(topic));
      const publisher = this.#graph.advertise(SERVER_NODE, topic, name, { latch });
      shared = { publisher, clients: new Set(), timer: null };
      this.#publishers.set(topic, shared);
    }
    if (typeName !== null) sameType(this.#graph, topic, typeName, shared.publisher.type);
    shared.clients.add(client);
    return shared.publisher;
  }

  unregister(client: object, topic: string): void {
    const shared = this.#publishers.get(topic);
    if (shared === undefined) return;
    shared.clients.delete(client);
    if (shared.timer !== null) clearTimeout(shared.timer);
    shared.timer = setTimeout(() => {
      shared.timer = null;
      if (shared.clients.size > 0) return;
      shared.publisher.close();
      this.#publishers.delete(topic);
    }, UNREGISTER_AFTER);
    shared.timer.unref();
  }

  close(): void {
    for (const { publisher, timer } of this.#publishers.values()) {
      if (timer !== null) clearTimeout(timer);
      publisher.close();
    }
    this.#publishers.clear();
  }
}

interface SharedSubscriber {
  /** null: messages come as bytes. */
  readonly type: MessageType | null;
  readonly listeners: Map<object, SharedListener>;
  readonly close: () => void;
}

/** @param raw whether what came are bytes: then they cannot be sent as values, and values not as bytes */
export type SharedListener = (publication: Publication, raw: boolean) => void;

export class SharedSubscribers {
  readonly #graph: RosGraph;
  readonly #subscribers = new Map<string, SharedSubscriber>();

  constructor(graph: RosGraph) {
    this.#graph = graph;
  }

  /**
   * @param typeName null: the topic's own
   * @throws when the type is unknown, missing or another; in ROS 2 the client listens all the same
   */
  subscribe(
    client: object,
    topic: string,
    typeName: string | null,
    raw: boolean,
    listener: SharedListener,
  ): void {
    const { version } = this.#graph.types;
    let shared = this.#subscribers.get(topic);
    if (shared === undefined) {
      shared = this.#open(topic, typeName, raw);
      this.#subscribers.set(topic, shared);
    }
    if (version === 1) this.#verify(topic, typeName, raw, shared);
    shared.listeners.set(client, listener);
    for (const publication of this.#graph.latchedOn(topic)) listener(publication, shared.type === null);
    if (version === 2) this.#verify(topic, typeName, raw, shared);
  }

  unsubscribe(client: object, topic: string): void {
    const shared = this.#subscribers.get(topic);
    if (shared === undefined) return;
    shared.listeners.delete(client);
    if (shared.listeners.size > 0) return;
    shared.close();
    this.#subscribers.delete(topic);
  }

  close(): void {
    for (const { close } of this.#subscribers.values()) close();
    this.#subscribers.clear();
  }

  #open(topic: string, typeName: string | null, raw: boolean): SharedSubscriber {
    const established = this.#graph.typeOf(topic);
    // In ROS 1 a raw subscriber takes whatever comes, in ROS 2 it has a type all the same.
    const any = raw && this.#graph.types.version === 1;
    const name = any ? null : (typeName ?? established?.name ?? null);
    if (!any && name === null) throw new Error(notEstablished(topic));
    const listeners = new Map<object, SharedListener>();
    const listen: Listener = (publication) => {
      for (const listener of [...listeners.values()]) listener(publication, raw);
    };
    const close = this.#graph.subscribe(SERVER_NODE, topic, name, listen);
    return { type: raw ? null : this.#graph.types.message(name!), listeners, close };
  }

  #verify(topic: string, typeName: string | null, raw: boolean, shared: SharedSubscriber): void {
    if (raw || typeName === null) return;
    if (shared.type === null) throw new Error(`${topic} is subscribed raw`);
    sameType(this.#graph, topic, typeName, shared.type);
  }
}

function sameType({ types }: RosGraph, topic: string, typeName: string, type: MessageType): void {
  if (types.message(typeName) === type) return;
  throw new Error(
    `Tried to register topic ${topic} with type ${typeName} but it is already established with type ${types.publicName(type)}`,
  );
}

function notEstablished(topic: string): string {
  return `Cannot infer topic type for topic ${topic} as it is not yet advertised`;
}
