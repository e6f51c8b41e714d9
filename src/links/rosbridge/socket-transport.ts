/**
 * A WebSocket to a rosbridge server as roslib wants its transport, with what a robot needs and roslib's own lacks: nothing
 * is written to a socket that is not open or does not drain, a message larger than a bound ends the connection, and what
 * the server says that makes no sense is counted and told instead of thrown.
 *
 * Fragments and PNGs are operations nobody asks for here: roslib would keep the former without bound and unpack the
 * latter to any size.
 */
import type { Socket } from "node:net";
import { AbstractTransport, isRosbridgeMessage, type RosbridgeMessage } from "roslib";
import { WebSocket } from "ws";
import { describeError, fail } from "../../errors.ts";
import { decodeCbor } from "./cbor.ts";
import { WireCounts } from "./wire-counts.ts";

/** Larger messages than this close the connection, bytes. A frame of a legged robot has a few hundred. */
export const LARGEST_MESSAGE = 1_000_000;
/** How many bytes may wait to leave before ordinary writes are refused; a stop may always join them. */
const MOST_BUFFERED = 65_536;
const MOST_BUFFERED_URGENT = 2 * MOST_BUFFERED;
const HANDSHAKE_MS = 5000;

const UNDERSTOOD: ReadonlySet<string> = new Set([
  "publish",
  "service_response",
  "action_feedback",
  "action_result",
  "status",
]);

export interface TransportOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the certificate authority; null: the system's. */
  readonly certificateAuthority: Buffer | null;
  /** The station's clock, s. */
  readonly now: () => number;
  /** Something about the conversation that a person should read; never called for the same kind of thing in a row. */
  readonly notice: (words: string) => void;
  /** A write was refused. */
  readonly onBackPressure: (bytes: number) => void;
}

export class SocketTransport extends AbstractTransport {
  readonly counts = new WireCounts();
  readonly #options: TransportOptions;
  readonly #socket: WebSocket;
  /** Why it is or will be closed. */
  #reason: string | null = null;
  /** When the newest message came, station clock, s. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #lastNotice = "";
  #nextPing = 1;
  readonly #pinged = new Map<number, number>();
  #pongAt = Number.NEGATIVE_INFINITY;

  constructor(options: TransportOptions) {
    super();
    this.#options = options;
    const { url, headers, certificateAuthority } = options;
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      ...(certificateAuthority === null ? {} : { ca: certificateAuthority }),
    });
    this.#socket = socket;
    socket.on("upgrade", ({ socket: stream }) => (stream as Socket).setNoDelay(true));
    socket.on("open", () => this.emit("open", {}));
    socket.on("message", (data, isBinary) => this.#onData(data as Buffer, isBinary));
    socket.on("pong", (data) => this.#onPong(data));
    socket.on("error", (error: Error & { readonly code?: string }) => {
      this.#reason ??= wordsOf(error);
    });
    socket.on("close", (code, reason) => {
      const words = reason.toString();
      this.#reason ??= `the server closed the connection (${code}${words === "" ? "" : `, ${words}`})`;
      this.emit("close", {});
    });
  }

  get closeReason(): string {
    return this.#reason ?? "the connection is closed";
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  /** When the newest pong came, station clock, s. */
  get pongAt(): number {
    return this.#pongAt;
  }

  /** Bytes that have been written and not left. */
  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  /** @throws LINK_LOST when it is not open or what was written before has not left: the message is not written then */
  send(message: RosbridgeMessage): void {
    this.#write(message, MOST_BUFFERED);
  }

  /** A stop, which joins what waits to leave. */
  sendUrgently(message: RosbridgeMessage): void {
    this.#write(message, MOST_BUFFERED_URGENT);
  }

  /** Nothing is sent into a socket that does not drain: a ping behind that says nothing. */
  ping(): void {
    if (!this.isOpen() || this.buffered > 0) return;
    const number = this.#nextPing++;
    const data = Buffer.alloc(4);
    data.writeUInt32LE(number);
    this.#pinged.set(number, this.#options.now());
    // Those that are never answered: a lost link is noticed long before.
    if (this.#pinged.size > 4096) this.#pinged.clear();
    this.#socket.ping(data);
  }

  close(): void {
    this.closeBecause("the link was closed");
  }

  /** Gives up a connection whose other end may not hear any more. */
  closeBecause(reason: string): void {
    this.#reason ??= reason;
    if (this.isClosed()) return;
    // A server that has gone would keep a polite close waiting for 30 s.
    const gone = setTimeout(() => this.#socket.terminate(), 200);
    gone.unref();
    this.#socket.once("close", () => clearTimeout(gone));
    this.#socket.close();
  }

  isConnecting(): boolean {
    return this.#socket.readyState === WebSocket.CONNECTING;
  }

  isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && this.#reason === null;
  }

  isClosing(): boolean {
    return !this.isConnecting() && !this.isOpen() && !this.isClosed();
  }

  isClosed(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED;
  }

  #write(message: RosbridgeMessage, bound: number): void {
    if (!this.isOpen()) {
      this.counts.withheld++;
      fail("LINK_LOST", { what: this.closeReason, where: this.#options.url });
    }
    const { buffered } = this;
    this.counts.mostBuffered = Math.max(this.counts.mostBuffered, buffered);
    if (buffered > bound) {
      this.counts.withheld++;
      this.#options.onBackPressure(buffered);
      fail("LINK_LOST", {
        what: `${buffered} bytes wait to leave for the server: nothing more is written`,
        where: this.#options.url,
        remedy: "Check the network, and whether the rosbridge server hangs.",
      });
    }
    this.counts.sent++;
    this.#socket.send(JSON.stringify(message));
  }

  #onData(data: Buffer, isBinary: boolean): void {
    this.#heardAt = this.#options.now();
    let message: unknown;
    try {
      message = isBinary ? decodeCbor(data) : JSON.parse(data.toString());
    } catch (error) {
      this.#malformed(`a message that is no ${isBinary ? "CBOR" : "JSON"}: ${describeError(error)}`);
      return;
    }
    if (!isRosbridgeMessage(message)) this.#malformed("a message without an operation");
    else if (!UNDERSTOOD.has(message.op)) {
      this.counts.unknown++;
      this.#tell(`the server sent the unknown operation ${JSON.stringify(message.op.slice(0, 40))}`);
    } else if (!hasShape(message)) this.#malformed(`a ${message.op} of the wrong shape`);
    else {
      this.counts.received++;
      if (message.op === "status") this.#onStatus(message);
      // What a listener throws is a defect of ours, and the station's business.
      else this.emit("message", message);
    }
  }

  #onStatus(message: object): void {
    const { level, msg } = message as Readonly<Record<string, unknown>>;
    this.#tell(`the server says (${String(level).slice(0, 20)}): ${String(msg).slice(0, 400)}`);
  }

  #onPong(data: Buffer): void {
    this.#pongAt = this.#options.now();
    if (data.length !== 4) return;
    const number = data.readUInt32LE();
    const sentAt = this.#pinged.get(number);
    if (sentAt === undefined) return;
    this.counts.pings.add(this.#pongAt - sentAt);
    // A server may answer the newest ping alone.
    for (const earlier of this.#pinged.keys()) if (earlier <= number) this.#pinged.delete(earlier);
  }

  #malformed(words: string): void {
    this.counts.malformed++;
    this.#tell(`the server sent ${words}`);
  }

  #tell(words: string): void {
    if (words === this.#lastNotice) return;
    this.#lastNotice = words;
    this.#options.notice(words);
  }
}

/** The fields by which roslib hands a message on; anything else could be taken for one of its own events. */
function hasShape(message: object): boolean {
  const { op, topic, id, service, action } = message as Readonly<Record<string, unknown>>;
  switch (op) {
    case "publish":
      return typeof topic === "string" && topic.startsWith("/") && "msg" in message;
    case "service_response":
      return typeof id === "string" && id.startsWith(CALL) && typeof service === "string";
    case "action_feedback":
    case "action_result":
      return typeof id === "string" && id.startsWith(GOAL) && typeof action === "string";
    default:
      return true;
  }
}

/** What ids of our service calls and action goals begin with. */
export const CALL = "call:";
export const GOAL = "goal:";

function wordsOf(error: Error & { readonly code?: string }): string {
  if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH")
    return `the server sent a message of more than ${LARGEST_MESSAGE / 1e6} MB`;
  return error.message === "" ? (error.code ?? "the connection failed") : error.message;
}
