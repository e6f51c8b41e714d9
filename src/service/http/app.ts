/** The HTTP side of the service: the page, the API under `/api/v1`, and the live stream. */
import websocket from "@fastify/websocket";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { fail } from "../../errors.ts";
import type { ServiceDoor } from "../live-events.ts";
import { assertAccess } from "./access.ts";
import { clearRoutes } from "./clear-routes.ts";
import { emergencyStopRoutes } from "./emergency-stop.ts";
import { guardSeats, leaseRoutes, Seats } from "./lease-routes.ts";
import { LiveStream } from "./live-stream.ts";
import { pageRoutes } from "./page-files.ts";
import { pauseRoutes } from "./pause-routes.ts";
import { PROBLEM_TYPE, problemOf } from "./problem.ts";
import { promptRoutes } from "./prompt-routes.ts";
import { studyRoutes } from "./study-routes.ts";

export interface AppOptions {
  /** Version of gaitsmith, as `/health` tells it. */
  readonly version?: string;
  /** A pino logger; without one the app is silent. */
  readonly logger?: FastifyBaseLogger;
  /** Host names besides `localhost` and plain addresses by which people reach the service on purpose. */
  readonly hostNames?: readonly string[];
}

/** The app, not yet listening: tests drive it with `inject`, {@link listen} puts it on a port. */
export async function buildApp(door: ServiceDoor, options: AppOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    bodyLimit: 64 * 1024,
    // A page left open must not keep the process from ending.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });

  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, "request failed");
    reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  });
  app.setNotFoundHandler((request) =>
    fail("ROUTE_UNKNOWN", { what: `there is nothing at ${request.method} ${request.url}` }),
  );

  // Before our own hook: a hand-shake that we refuse must be known as one, or its socket stays open.
  await app.register(websocket, { options: { maxPayload: 1024 } });
  app.addHook("onRequest", async (request, reply) => {
    const { host, origin, "sec-fetch-site": site } = request.headers;
    const fetchSite = Array.isArray(site) ? site[0] : site;
    reply
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer")
      .header("cross-origin-resource-policy", "same-origin");
    assertAccess({ host, origin, fetchSite }, options.hostNames);
  });

  const seats = new Seats(door);
  const live = new LiveStream(door, seats);
  app.addHook("preClose", async () => {
    seats.close();
    live.close();
  });
  await app.register(
    async (api) => {
      api.addHook("onRequest", async (_request, reply) => {
        reply.header("cache-control", "no-store");
      });
      guardSeats(api, seats);
      await api.register(leaseRoutes, { seats });
      await api.register(clearRoutes, { door });
      await api.register(studyRoutes, { door, version: options.version ?? "unknown" });
      await api.register(emergencyStopRoutes, { door });
      await api.register(promptRoutes, { door });
      await api.register(pauseRoutes, { door });
      api.get("/live", { websocket: true }, (socket) => live.add(socket));
    },
    { prefix: "/api/v1" },
  );
  await app.register(pageRoutes);
  return app;
}

export const DEFAULT_PORT = 4747;

export interface ListenOptions extends AppOptions {
  /** The port a person asked for, or null: the default one, or any free one when that is taken. */
  readonly port: number | null;
  /** Address to listen on; this machine only unless said otherwise. */
  readonly host?: string;
}

export interface ListeningApp {
  /** Where the page is, e.g. `http://127.0.0.1:4747`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Puts the app on a port.
 * @throws PORT_TAKEN when the port was asked for and another program has it
 */
export async function listen(door: ServiceDoor, options: ListenOptions): Promise<ListeningApp> {
  const app = await buildApp(door, options);
  const host = options.host ?? "127.0.0.1";
  const close = async (): Promise<void> => {
    await app.close();
  };
  try {
    const address = await app.listen({ host, port: options.port ?? DEFAULT_PORT }).catch((error: unknown) => {
      if (options.port !== null || !isTaken(error)) throw error;
      return app.listen({ host, port: 0 });
    });
    return { address, close };
  } catch (error) {
    await close();
    if (!isTaken(error)) throw error;
    return fail("PORT_TAKEN", {
      what: `another program listens on ${host}:${options.port}`,
      remedy: "Ask for another port, or for none: then a free one is found.",
      cause: error,
    });
  }
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES")
  );
}
