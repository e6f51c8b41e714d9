/** What the server does with one client: the operations of rosbridge, v2. Whatever goes wrong is logged there and told nobody. */
import { ClientSubscription, type Encoded } from "./client-subscription.ts";
import { type Defragmentation, fragmentsOf } from "./fragments.ts";
import { type Envelope, IncomingText } from "./incoming-text.ts";
import { messageFromJson } from "./message-from-json.ts";
import type { Publication, RosGraph } from "./ros-graph.ts";
import { type CallResult, callService, type ExternalServices } from "./service-calls.ts";
import type { SharedPublishers, SharedSubscribers } from "./shared-topics.ts";
import { stringText, type Wire, wireText } from "./wire-json.ts";

/** What all clients of a server have in common. */
export interface Shared {
  readonly graph: RosGraph;
  readonly publishers: SharedPublishers;
  readonly subscribers: SharedSubscribers;
  readonly services: ExternalServices;
  readonly fragments: Defragmentation;
  /** What the server wrote into its log, for whoever tests a client. */
  readonly log: (text: string) => void;
}

export interface ClientSocket {
  /** @param message whether it is a message of a topic, which a bad network may lose */
  send(data: string | Uint8Array, message: boolean): void;
  readonly waiting: number;
}

const STATUS_UNKNOWN = 0;

export class RosbridgeClient {
  readonly #shared: Shared;
  readonly #socket: ClientSocket;
  readonly #incoming = new IncomingText();
  readonly #subscriptions = new Map<string, ClientSubscription>();
  /** Topics it has advertised, with the ids of the requests; null: without one. */
  readonly #advertised = new Map<string, Set<unknown>>();
  readonly #published = new Set<string>();
  /** Characters above which a message is sent in pieces; null: never. */
  #fragmentSize: number | null = null;
  /** ROS 2: a service that has not answered, and what came meanwhile. */
  #blocked = false;
  readonly #behind: string[] = [];
  #gone = false;

  constructor(shared: Shared, socket: ClientSocket) {
    this.#shared = shared;
    this.#socket = socket;
  }

  /** A text came from the client. */
  receive(text: string): void {
    if (this.#blocked) this.#behind.push(text);
    else this.#incoming.push(text, (message) => this.#handle(message));
  }

  leave(): void {
    this.#gone = true;
    const { publishers, subscribers, services } = this.#shared;
    for (const [topic, { throttle }] of this.#subscriptions) {
      throttle.close();
      subscribers.unsubscribe(this, topic);
    }
    for (const topic of new Set([...this.#advertised.keys(), ...this.#published]))
      publishers.unregister(this, topic);
    services.leave(this);
  }

  #handle(message: Envelope): void {
    const { op } = message;
    const operation = typeof op === "string" ? this.#operations[op] : undefined;
    if (operation === undefined) {
      this.#shared.log(op === undefined ? "a message without an op" : `unknown operation ${wireText(op)}`);
      return;
    }
    if ("fragment_size" in message) this.#fragmentSize = integer(message.fragment_size);
    try {
      operation(message);
    } catch (error) {
      this.#shared.log(`${op as string}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  readonly #operations: Readonly<Record<string, (message: Envelope) => void>> = {
    advertise: (message) => {
      const topic = text(message, "topic");
      const type = text(message, "type");
      const ids = this.#advertised.get(topic) ?? new Set();
      this.#advertised.set(topic, ids);
      this.#shared.publishers.register(this, topic, type, message.latch === true);
      ids.add(message.id ?? null);
    },
    unadvertise: (message) => {
      const topic = text(message, "topic");
      const ids = this.#advertised.get(topic);
      if (ids === undefined) return;
      if (message.id === undefined || message.id === null) ids.clear();
      else ids.delete(message.id);
      if (ids.size > 0) return;
      this.#advertised.delete(topic);
      this.#shared.publishers.unregister(this, topic);
    },
    publish: (message) => {
      const topic = text(message, "topic");
      const { graph, publishers } = this.#shared;
      const publisher = publishers.register(this, topic, null, message.latch === true);
      this.#published.add(topic);
      publisher.publish(messageFromJson(message.msg ?? {}, publisher.type, () => graph.now()));
    },
    subscribe: (message) => {
      const topic = text(message, "topic");
      const type = optionalText(message, "type");
      const demand = {
        throttleRate: optionalInteger(message, "throttle_rate") ?? 0,
        queueLength: optionalInteger(message, "queue_length") ?? 0,
        compression: optionalText(message, "compression") ?? "none",
      };
      optionalInteger(message, "fragment_size");
      const subscription = this.#subscriptions.get(topic) ?? this.#subscription(topic);
      subscription.add(message.id ?? null, demand);
      const raw = demand.compression === "cbor-raw";
      this.#shared.subscribers.subscribe(this, topic, type, raw, (publication, asBytes) =>
        this.#deliver(subscription, publication, asBytes),
      );
    },
    unsubscribe: (message) => {
      const topic = text(message, "topic");
      const subscription = this.#subscriptions.get(topic);
      if (subscription === undefined || !subscription.remove(message.id ?? null)) return;
      this.#subscriptions.delete(topic);
      subscription.throttle.close();
      this.#shared.subscribers.unsubscribe(this, topic);
    },
    call_service: (message) => {
      const service = text(message, "service");
      const [name = "", numbered] = service.split(/#(.*)/s);
      const id = message.id ?? numbered;
      const answered = callService(this.#shared.graph, name, message.args);
      if (!(answered instanceof Promise)) {
        this.#answer(service, id, answered);
        return;
      }
      // The server of ROS 2 does nothing else for this client until the service has answered.
      this.#blocked = this.#shared.graph.types.version === 2;
      void answered.then((result) => {
        this.#answer(service, id, result);
        this.#goOn();
      });
    },
    advertise_service: (message) => {
      const send = (request: string): void => this.#send({ text: request }, false);
      this.#shared.services.advertise(this, text(message, "service"), text(message, "type"), send);
    },
    unadvertise_service: (message) => this.#shared.services.unadvertise(text(message, "service")),
    service_response: (message) => {
      if (typeof message.result !== "boolean") throw new Error("Expected a result field but none was found.");
      this.#shared.services.respond(text(message, "service"), text(message, "id"), message.values ?? null);
    },
    fragment: (message) => {
      const whole = this.#shared.fragments.add(message);
      if (whole !== null) this.#incoming.push(whole, (inner) => this.#handle(inner));
    },
    send_action_goal: (message) => {
      if (this.#shared.graph.types.version === 1) throw new Error("unknown operation");
      const action = text(message, "action");
      const reason = `no action type ${text(message, "action_type")}`;
      const id = message.id === undefined || message.id === null ? "" : `,"id":${wireText(message.id)}`;
      const values = `"values":${stringText(reason)},"status":${STATUS_UNKNOWN},"result":false`;
      this.#send({ text: `{"op":"action_result","action":${stringText(action)},${values}${id}}` }, false);
    },
    cancel_action_goal: (message) => {
      text(message, "action");
    },
  };

  #subscription(topic: string): ClientSubscription {
    const socket = this.#socket;
    const subscription: ClientSubscription = new ClientSubscription({
      send: (publication) => this.#forward(subscription, publication),
      get waiting() {
        return socket.waiting;
      },
    });
    this.#subscriptions.set(topic, subscription);
    return subscription;
  }

  /** Publications the server has as bytes only. */
  readonly #raw = new WeakSet<Publication>();

  #deliver(subscription: ClientSubscription, publication: Publication, raw: boolean): void {
    if (raw) this.#raw.add(publication);
    subscription.throttle.push(publication);
  }

  #forward(subscription: ClientSubscription, publication: Publication): void {
    const { graph, log } = this.#shared;
    const encoded = subscription.encode(publication, this.#raw.has(publication), graph.now());
    if (encoded === null) log(`${publication.topic}: cannot be sent as it was asked for`);
    else this.#send(encoded, true);
  }

  #answer(service: string, id: Wire | undefined, { values, result }: CallResult): void {
    const tail = id === undefined ? "" : `,"id":${wireText(id)}`;
    const head = `{"op":"service_response","service":${stringText(service)}`;
    this.#send({ text: `${head},"values":${values},"result":${result}${tail}}` }, false, id);
  }

  #goOn(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    while (!this.#blocked && this.#behind.length > 0) this.receive(this.#behind.shift()!);
  }

  #send({ text: whole, bytes }: Encoded, message: boolean, id?: Wire): void {
    if (this.#gone) return;
    if (whole === undefined) {
      this.#socket.send(bytes!, message);
      return;
    }
    const size = this.#fragmentSize;
    if (size === null || whole.length <= size) this.#socket.send(whole, message);
    else for (const piece of fragmentsOf(whole, Math.max(1, size), id)) this.#socket.send(piece, message);
  }
}

function text(message: Envelope, name: string): string {
  const value = message[name];
  if (value === undefined) throw new Error(`Expected a ${name} field but none was found.`);
  if (typeof value !== "string") throw new Error(`Expected field ${name} to be a text.`);
  return value;
}

function optionalText(message: Envelope, name: string): string | null {
  return name in message ? text(message, name) : null;
}

function optionalInteger(message: Envelope, name: string): number | null {
  if (!(name in message)) return null;
  const value = integer(message[name]);
  if (value === null) throw new Error(`Expected field ${name} to be an integer.`);
  return value;
}

/** As it was written: 1.0 is none. */
function integer(value: Wire | undefined): number | null {
  return typeof value === "number" && Number.isInteger(value) ? value : null;
}
