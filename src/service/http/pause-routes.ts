/** Pausing and resuming a study over HTTP. */

import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { ServiceDoor, StudyStatus } from "../live-events.ts";
import { LONGEST_NOTE } from "../prompts.ts";

const StudyName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 500 }) });

const Written = Type.Union([
  Type.Null(),
  Type.Object(
    {
      reason: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })),
      /** The walk under way is stopped in a controlled way, and walked again later. */
      now: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
]);

export async function pauseRoutes(app: FastifyInstance, options: { door: ServiceDoor }): Promise<void> {
  const { door } = options;
  const statusOf = async (study: string): Promise<StudyStatus | undefined> =>
    (await door.studies()).find((status) => status.study === study);

  app.post<{ Params: Static<typeof StudyName>; Body: Static<typeof Written> }>(
    "/studies/:name/pause",
    { schema: { params: StudyName, body: Written } },
    async ({ params: { name }, body }) => {
      const reason = (body?.reason ?? "").trim();
      door.pause(name, reason === "" ? "paused on the page" : reason, { now: body?.now === true });
      return statusOf(name);
    },
  );

  app.post<{ Params: Static<typeof StudyName> }>(
    "/studies/:name/resume",
    { schema: { params: StudyName } },
    async ({ params: { name } }) => {
      door.resume(name);
      return statusOf(name);
    },
  );
}
