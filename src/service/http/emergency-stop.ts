/**
 * The e-stop over HTTP. It must work for a person in a hurry: any body or none, any content type; and the answer is
 * never a shrug: the station has it, or a problem that says so within two seconds.
 */

import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { fail } from "../../errors.ts";
import type { EStopLevel, ServiceDoor } from "../live-events.ts";

/** How long a station may take to confirm, ms. */
export const CONFIRM_MS = 2000;
const LONGEST_REASON = 500;

const RobotId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });

const Taken = Type.Object({ taken: Type.Literal(true), words: Type.String() });

export async function emergencyStopRoutes(
  app: FastifyInstance,
  options: { door: ServiceDoor },
): Promise<void> {
  const { door } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));

  app.post<{ Params: Static<typeof RobotId> }>(
    "/robots/:id/estop",
    { schema: { params: RobotId, response: { 200: Taken } } },
    async (request) => {
      const { id } = request.params;
      if (!door.robots().some((robot) => robot.id === id))
        fail("ROBOT_UNKNOWN", {
          what: `there is no robot "${id}" here`,
          remedy: "POST /api/v1/estop stops every robot of this service.",
        });
      return stopAll(door, [id], wishIn(request.body));
    },
  );

  app.post("/estop", { schema: { response: { 200: Taken } } }, async (request) =>
    stopAll(
      door,
      door.robots().map((robot) => robot.id),
      wishIn(request.body),
    ),
  );
}

/** All at once: a robot whose station hangs must not delay the stop of the next one. */
async function stopAll(door: ServiceDoor, ids: readonly string[], wish: Wish): Promise<Static<typeof Taken>> {
  const answers = await Promise.all(ids.map((id) => stopOne(door, id, wish)));
  const refused = answers.filter((answer) => !answer.taken);
  const words = (refused.length > 0 ? refused : answers).map((answer) => answer.words).join("; ");
  if (answers.length === 0 || refused.length > 0)
    fail("ESTOP_NOT_CONFIRMED", {
      what: words === "" ? "this service has no robot to stop" : words,
      remedy: "Use the robot's own stop or its power switch now.",
    });
  return { taken: true, words };
}

async function stopOne(
  door: ServiceDoor,
  id: string,
  { reason, level }: Wish,
): Promise<{ readonly taken: boolean; readonly words: string }> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<{ taken: boolean; words: string }>((resolve) => {
    timer = setTimeout(
      () =>
        resolve({ taken: false, words: `the station of ${id} did not answer within ${CONFIRM_MS / 1000} s` }),
      CONFIRM_MS,
    );
  });
  try {
    return await Promise.race([door.eStop(id, reason, level), silence]);
  } catch (error) {
    return { taken: false, words: `the e-stop of ${id} failed: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
  }
}

interface Wish {
  readonly reason: string;
  readonly level: EStopLevel;
}

/** `{"reason": "…", "level": "cut"}`, plain text, or nothing. A body we do not understand is no reason to refuse a stop. */
function wishIn(body: unknown): Wish {
  const text = typeof body === "string" ? body.trim() : "";
  const said = objectIn(text);
  const reason = said === null ? text : said["reason"];
  return {
    reason: (typeof reason === "string" ? reason.trim().slice(0, LONGEST_REASON) : "") || "e-stop over HTTP",
    level: said?.["level"] === "cut" ? "cut" : "settle",
  };
}

/** @returns null when it is no JSON object */
function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
