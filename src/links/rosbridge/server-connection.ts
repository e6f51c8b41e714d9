/**
 * One connection to a rosbridge server. It is opened once: when it is lost it stays lost, and with it roslib's `Ros`, so
 * that nothing which roslib would keep for later can ever be delivered to a robot that has meanwhile been picked up.
 *
 * Of roslib: `Ros` hands messages to whoever waits for their topic or id; `Topic` subscribes, advertises and publishes
 * (its own reconnecting is off). Its `Service` and `Action` are not used: their calls never settle when the server freezes
 * or dies, and leave their listener behind.
 */
import { Ros, type RosbridgeMessage, Topic } from "roslib";
import { GaitsmithError } from "../../errors.ts";
import { Liveness } from "./liveness.ts";
import { CALL, GOAL, SocketTransport } from "./socket-transport.ts";

export interface ConnectionOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM; null: the system's. */
  readonly certificateAuthority: Buffer | null;
  readonly lockstep: boolean;
  /** The station's clock, s. */
  readonly now: () => number;
  /** Wall time, s: silence is measured in it. */
  readonly wall: () => number;
  readonly notice: (words: string) => void;
  readonly onBackPressure: (bytes: number) => void;
  /** Called once, when an open connection is lost and nobody closed it. */
  readonly onLost: (reason: string) => void;
}

export interface Subscription {
  readonly topic: string;
  readonly type: string;
  readonly compression?: "none" | "cbor-raw";
  /** s */
  readonly throttle?: number;
  readonly queue?: number;
}

export interface ServiceAnswer {
  readonly result: boolean;
  /** The response, or the server's words when `result` is false. */
  readonly values: unknown;
}

export interface GoalResult extends ServiceAnswer {
  /** Of `action_msgs/GoalStatus`; 4 is success. */
  readonly status: number;
}

export class ServerConnection {
  readonly #options: ConnectionOptions;
  readonly #ros: Ros;
  readonly #transport: SocketTransport;
  readonly #liveness: Liveness;
  readonly #publishers = new Map<string, Topic>();
  /** What is to be rejected when the connection is gone. */
  readonly #waiting = new Set<(error: unknown) => void>();
  #opened = false;
  #closing = false;
  #calls = 0;

  /**
   * @throws LINK_UNAVAILABLE when nobody answers there, or not as a WebSocket server
   */
  static async open(options: ConnectionOptions): Promise<ServerConnection> {
    const transport = new SocketTransport(options);
    const ros = new Ros({ transportFactory: () => Promise.resolve(transport) });
    const connection = new ServerConnection(options, transport, ros);
    // Listening comes before anything can arrive: the socket connects in a later turn.
    const opened = new Promise<void>((resolve, reject) => {
      transport.on("open", () => resolve());
      transport.on("close", () => reject(unavailable(options.url, transport.closeReason)));
    });
    await ros.connect(options.url);
    await opened;
    connection.#begin();
    return connection;
  }

  private constructor(options: ConnectionOptions, transport: SocketTransport, ros: Ros) {
    this.#options = options;
    this.#transport = transport;
    this.#ros = ros;
    this.#liveness = new Liveness({
      transport,
      lockstep: options.lockstep,
      now: options.wall,
      onSilence: (seconds) => this.#lose(`the server has not answered for ${seconds.toFixed(1)} s`),
    });
    transport.on("close", () => this.#onClose());
  }

  /** When the message came that is being dealt with, station clock, s. */
  get heardAt(): number {
    return this.#transport.heardAt;
  }

  get counts(): SocketTransport["counts"] {
    return this.#transport.counts;
  }

  get isOpen(): boolean {
    return this.#transport.isOpen();
  }

  /** Something of the wrong shape came in a message that the transport could not judge. */
  malformed(): void {
    this.#transport.counts.malformed++;
  }

  /** The robot may move, or may not: the server is watched accordingly. */
  set watchful(watchful: boolean) {
    this.#liveness.watchful = watchful;
  }

  /**
   * @param listener called with the decoded JSON message, or with its bytes where they come as `cbor-raw`
   * @returns ends it
   */
  subscribe(
    { topic, type, compression = "none", throttle = 0, queue = 1 }: Subscription,
    listener: (message: unknown) => void,
  ): () => void {
    this.#assertOpen();
    const subscription = new Topic({
      ros: this.#ros,
      name: topic,
      messageType: type,
      compression,
      throttle_rate: Math.round(1000 * throttle),
      queue_length: queue,
      reconnect_on_close: false,
    });
    const hear = (message: unknown): void => listener(message);
    subscription.subscribe(hear);
    return () => {
      if (this.isOpen) subscription.unsubscribe(hear);
    };
  }

  /** The robot hears what is published only some time after this: up to seconds on a busy server. */
  advertise(topic: string, type: string): void {
    this.#assertOpen();
    if (this.#publishers.has(topic)) return;
    const publisher = new Topic({
      ros: this.#ros,
      name: topic,
      messageType: type,
      queue_size: 1,
      reconnect_on_close: false,
    });
    publisher.advertise();
    this.#publishers.set(topic, publisher);
  }

  /** Written before this returns. @throws LINK_LOST when it cannot be */
  publish(topic: string, message: unknown): void {
    this.#assertOpen();
    this.#publishers.get(topic)!.publish(message);
  }

  /** For stops: written even when other messages wait to leave. */
  publishUrgently(topic: string, message: unknown): void {
    this.#transport.sendUrgently({ op: "publish", topic, msg: message });
  }

  /**
   * Calls a service. Written before this returns its promise, which settles: with the answer, or with LINK_LOST when
   * none comes in time or the connection is lost.
   *
   * @param within s
   */
  call(service: string, args: unknown, within: number, urgent = false): Promise<ServiceAnswer> {
    const id = `${CALL}${service}:${++this.#calls}`;
    return this.#await(id, within, `service ${service} did not answer within ${within} s`, (settle) => {
      this.#ros.on(id, (message) => settle(answerIn(message)));
      this.#send({ op: "call_service", id, service, args }, urgent);
    });
  }

  /** Sends an action goal (ROS 2); see {@link call}. `cancel` may be called at any time. */
  sendGoal(
    action: string,
    type: string,
    args: unknown,
    within: number,
  ): { readonly result: Promise<GoalResult>; readonly cancel: () => void } {
    const id = `${GOAL}${action}:${++this.#calls}`;
    const words = `action ${action} had no result within ${within} s`;
    const result = this.#await<GoalResult>(id, within, words, (settle) => {
      this.#ros.on(id, (message) => {
        if (message.op === "action_result")
          settle({ ...answerIn(message), status: Number("status" in message ? message.status : Number.NaN) });
      });
      this.#send({ op: "send_action_goal", id, action, action_type: type, args, feedback: false }, false);
    });
    return {
      result,
      cancel: () => {
        if (this.isOpen) this.#transport.sendUrgently({ op: "cancel_action_goal", id, action });
      },
    };
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing = true;
    this.#liveness.stop();
    if (this.#transport.isClosed()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#transport.on("close", () => resolve());
      this.#transport.close();
    });
  }

  #begin(): void {
    this.#opened = true;
    this.#liveness.start();
  }

  #send(message: RosbridgeMessage, urgent: boolean): void {
    if (urgent) this.#transport.sendUrgently(message);
    else this.#transport.send(message);
  }

  /** @param begin is given what settles the promise, and writes the question */
  #await<T>(
    id: string,
    within: number,
    words: string,
    begin: (settle: (answer: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(failed);
        this.#ros.removeAllListeners(id);
      };
      const failed = (error: unknown): void => {
        end();
        reject(error);
      };
      const timer = setTimeout(() => failed(lost(this.#options.url, words)), 1000 * within);
      this.#waiting.add(failed);
      try {
        begin((answer) => {
          end();
          resolve(answer);
        });
      } catch (error) {
        failed(error);
      }
    });
  }

  #assertOpen(): void {
    if (!this.isOpen) throw lost(this.#options.url, this.#transport.closeReason);
  }

  #onClose(): void {
    this.#liveness.stop();
    const reason = this.#transport.closeReason;
    for (const reject of [...this.#waiting]) reject(lost(this.#options.url, reason));
    this.#ros.removeAllListeners();
    if (this.#opened && !this.#closing) this.#options.onLost(reason);
    this.#closing = true;
  }

  /** The other end is not believed to hear any more. */
  #lose(reason: string): void {
    if (this.#closing) return;
    this.#transport.closeBecause(reason);
    this.#onClose();
  }
}

function answerIn(message: RosbridgeMessage): ServiceAnswer {
  const { result, values } = message as { readonly result?: unknown; readonly values?: unknown };
  return { result: result === true, values };
}

function lost(url: string, what: string): GaitsmithError {
  return new GaitsmithError("LINK_LOST", {
    what,
    where: url,
    remedy: "Check the network, the robot's power and its rosbridge server.",
  });
}

function unavailable(url: string, what: string): GaitsmithError {
  return new GaitsmithError("LINK_UNAVAILABLE", {
    what: `no rosbridge server answers there: ${what}`,
    where: url,
    remedy: "Start rosbridge on the robot, and check link.url and the network.",
  });
}
