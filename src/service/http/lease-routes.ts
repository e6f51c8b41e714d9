/**
 * Which tab holds a robot, over HTTP, and the rule that only that one acts: every request that changes something, but for the
 * e-stop and for taking the lease itself, is refused while another tab holds it.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { fail } from "../../errors.ts";
import type { ServiceDoor } from "../live-events.ts";
import { Seat } from "../seat.ts";

/** The header in which a tab shows its token. */
export const LEASE_HEADER = "x-gaitsmith-lease";
/** Holders are pinged and watched this often, ms. */
const WATCH_MS = 500;

const RobotId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });
interface Wish {
  /** Also from another tab. */
  readonly take?: unknown;
  /** The robot's id: whoever takes it from somebody else says so. */
  readonly confirm?: unknown;
}
const Held = Type.Object({ token: Type.String(), holder: Type.String() });

/** The part of a WebSocket that tells whether its tab is there. */
export interface PresentSocket {
  ping(): void;
  on(event: "pong" | "close" | "error", listener: () => void): unknown;
  on(event: "message", listener: (data: { toString(): string }) => void): unknown;
}

/** The seats of a service's robots. */
export class Seats {
  readonly #seats = new Map<string, Seat>();
  readonly #sockets = new Set<PresentSocket>();
  readonly #listeners = new Set<(robot: string, holder: string | null) => void>();
  readonly #watch: NodeJS.Timeout;

  constructor(door: ServiceDoor, now: () => number = () => performance.now() / 1000) {
    for (const { id } of door.robots())
      this.#seats.set(
        id,
        new Seat({
          robot: id,
          now,
          onChange: () => this.#tell(id),
          onGone: () => door.holderGone(id),
        }),
      );
    this.#watch = setInterval(() => this.#look(), WATCH_MS).unref();
  }

  /** @throws ROBOT_UNKNOWN */
  of(robot: string): Seat {
    const seat = this.#seats.get(robot);
    if (seat !== undefined) return seat;
    return fail("ROBOT_UNKNOWN", {
      what: `there is no robot "${robot}" here`,
      remedy: `Known: ${[...this.#seats.keys()].join(", ")}.`,
    });
  }

  /** @throws SEAT_TAKEN when another tab holds the robot; without one: any of the service's */
  assertMayAct(robot: string | undefined, token: string | null): void {
    for (const [id, seat] of this.#seats) if (robot === undefined || id === robot) seat.assertMayAct(token);
  }

  get holders(): readonly (readonly [robot: string, holder: string | null])[] {
    return [...this.#seats].map(([id, seat]) => [id, seat.holder] as const);
  }

  subscribe(listener: (robot: string, holder: string | null) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes in the socket of a page. It shows its token in a message, `{"lease": "…"}`, and answers pings. */
  attach(socket: PresentSocket): void {
    this.#sockets.add(socket);
    const heard = (token: string | null): void => {
      for (const seat of this.#seats.values()) seat.heard(socket, token);
    };
    const closed = (): void => {
      this.#sockets.delete(socket);
      for (const seat of this.#seats.values()) seat.closed(socket);
    };
    socket.on("pong", () => heard(null));
    socket.on("close", closed);
    socket.on("error", closed);
    socket.on("message", (data) => {
      const token = tokenIn(data.toString());
      if (token !== null) heard(token);
    });
  }

  close(): void {
    clearInterval(this.#watch);
  }

  #look(): void {
    for (const socket of this.#sockets) socket.ping();
    for (const seat of this.#seats.values()) seat.watch();
  }

  #tell(robot: string): void {
    const holder = this.#seats.get(robot)?.holder ?? null;
    for (const listener of this.#listeners) listener(robot, holder);
  }
}

export async function leaseRoutes(app: FastifyInstance, options: { seats: Seats }): Promise<void> {
  const { seats } = options;

  app.post<{ Params: Static<typeof RobotId>; Body: Wish | null }>(
    "/robots/:id/lease",
    { schema: { params: RobotId, response: { 200: Held } } },
    async (request) => {
      const { id } = request.params;
      const wish = request.body ?? {};
      const seat = seats.of(id);
      if (wish.take === true && wish.confirm !== id)
        fail("REQUEST_INVALID", {
          what: "taking a robot from another tab has to be confirmed",
          remedy: `Send {"take": true, "confirm": "${id}"}.`,
        });
      const { token, holder } = seat.acquire(tokenOf(request), wish.take === true);
      return { token, holder };
    },
  );

  app.delete<{ Params: Static<typeof RobotId> }>(
    "/robots/:id/lease",
    { schema: { params: RobotId } },
    async (request) => {
      const token = tokenOf(request);
      return { released: token !== null && seats.of(request.params.id).release(token) };
    },
  );
}

/** Refuses what only the holder may do. E-stops are for everybody; so is asking for the lease. */
export function guardSeats(app: FastifyInstance, seats: Seats): void {
  app.addHook("preValidation", async (request) => {
    if (request.method === "GET" || request.method === "HEAD") return;
    const route = request.routeOptions.url ?? "";
    if (/\/(?:estop|lease)$/.test(route)) return;
    const { id } = (request.params ?? {}) as { id?: string };
    seats.assertMayAct(route.includes("/robots/") ? id : undefined, tokenOf(request));
  });
}

function tokenOf(request: FastifyRequest): string | null {
  const token = request.headers[LEASE_HEADER];
  return typeof token === "string" && token !== "" ? token : null;
}

function tokenIn(text: string): string | null {
  try {
    const { lease } = JSON.parse(text) as { lease?: unknown };
    return typeof lease === "string" && lease !== "" ? lease : null;
  } catch {
    return null;
  }
}
