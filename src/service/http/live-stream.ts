/**
 * The live stream: every page gets the events of the door over a WebSocket, starting with the state as it is. A slow
 * page loses frames, never makes the service remember them; one so slow that even the rest piles up is hung up on,
 * and fetches everything anew when it comes back.
 */
import type { LiveEvent, ServiceDoor } from "../live-events.ts";
import type { PresentSocket, Seats } from "./lease-routes.ts";

/** What goes over the wire: the door's events, and a beat by which a page sees that the service still lives. */
export type LiveMessage = LiveEvent | { readonly kind: "beat" };

/** Bytes waiting for a page beyond which it gets no more frames. */
export const FRAME_BACKLOG = 64 * 1024;
/** Bytes waiting for a page beyond which it is hung up on. */
export const LARGEST_BACKLOG = 4 * 1024 * 1024;
export const BEAT_MS = 1000;
/** Pages at once; a browser that reconnects in a loop must not starve the service. */
export const MOST_PAGES = 64;

/** The part of a WebSocket that the stream needs. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "close" | "error", listener: () => void): unknown;
}

export class LiveStream {
  readonly #door: ServiceDoor;
  readonly #pages = new Map<LiveSocket, { held: string[] | null }>();
  #unsubscribe: (() => void) | null = null;
  #beat: NodeJS.Timeout | null = null;

  readonly #seats: Pick<Seats, "holders" | "attach" | "subscribe"> | null;

  constructor(door: ServiceDoor, seats: Pick<Seats, "holders" | "attach" | "subscribe"> | null = null) {
    this.#door = door;
    this.#seats = seats;
    seats?.subscribe((robot, holder) => this.#publish({ kind: "seat", robot, holder }));
  }

  get pages(): number {
    return this.#pages.size;
  }

  /** Takes a page in; what happens while its first state is gathered is held back and sent after it. */
  async add(socket: LiveSocket): Promise<void> {
    if (this.#pages.size >= MOST_PAGES) return socket.close(1013, "too many pages");
    const page: { held: string[] | null } = { held: [] };
    this.#pages.set(socket, page);
    socket.on("close", () => this.#remove(socket));
    socket.on("error", () => this.#remove(socket));
    if (isPresent(socket)) this.#seats?.attach(socket);
    this.#unsubscribe ??= this.#door.subscribe((event) => this.#publish(event));
    this.#beat ??= setInterval(() => this.#publish({ kind: "beat" }), BEAT_MS).unref();
    try {
      const first: LiveMessage[] = [
        ...(await this.#door.studies()).map((status) => ({ kind: "study", status }) as const),
        ...this.#door.robots().map((robot) => ({ kind: "robot", robot }) as const),
        ...this.#openPrompts(),
        ...(this.#seats?.holders ?? []).map(([robot, holder]) => ({ kind: "seat", robot, holder }) as const),
      ];
      const held = page.held ?? [];
      page.held = null;
      for (const text of [...first.map((message) => JSON.stringify(message)), ...held])
        this.#send(socket, text, false);
    } catch {
      socket.close(1011, "the service could not say how things stand");
    }
  }

  /** A page that has just come shows none: only open ones are told. */
  #openPrompts(): LiveMessage[] {
    return this.#door.robots().flatMap(({ id }) => {
      const state = this.#door.prompt(id);
      return state.open === null ? [] : [{ kind: "prompt", robot: id, ...state }];
    });
  }

  close(): void {
    for (const socket of [...this.#pages.keys()]) {
      this.#remove(socket);
      socket.close(1001, "the service ends");
    }
  }

  #publish(message: LiveMessage): void {
    const text = JSON.stringify(message);
    const passing = message.kind === "frame" || message.kind === "beat";
    for (const [socket, page] of this.#pages) {
      if (page.held === null) this.#send(socket, text, passing);
      else if (!passing) page.held.push(text);
    }
  }

  /** @param passing worthless once the next one is there */
  #send(socket: LiveSocket, text: string, passing: boolean): void {
    const backlog = socket.bufferedAmount;
    if (passing && backlog > FRAME_BACKLOG) return;
    if (backlog > LARGEST_BACKLOG) {
      this.#remove(socket);
      socket.terminate();
      return;
    }
    socket.send(text);
  }

  #remove(socket: LiveSocket): void {
    this.#pages.delete(socket);
    if (this.#pages.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }
}

/** A stream's socket in a test may be no more than that. */
function isPresent(socket: LiveSocket): socket is LiveSocket & PresentSocket {
  return "ping" in socket;
}
