/** Studies, robots and the service's own health, as JSON. Numbers JSON has no word for (NaN, ±Infinity) are null. */

import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { fail } from "../../errors.ts";
import type { ServiceDoor } from "../live-events.ts";

const StudyName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 500 }) });

const Health = Type.Object({
  status: Type.Literal("ok"),
  version: Type.String(),
  robots: Type.Array(
    Type.Object({
      id: Type.String(),
      phase: Type.String(),
      latched: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

export async function studyRoutes(
  app: FastifyInstance,
  options: { door: ServiceDoor; version: string },
): Promise<void> {
  const { door, version } = options;

  app.get("/studies", async () => door.studies());

  app.get<{ Params: Static<typeof StudyName> }>(
    "/studies/:name",
    { schema: { params: StudyName } },
    async (request) => {
      const { name } = request.params;
      const document = await door.document(name);
      if (document !== null) return document;
      const known = (await door.studies()).map((status) => status.study);
      return fail("STUDY_UNKNOWN", {
        what: `there is no study "${name}" here`,
        remedy: known.length === 0 ? "This service has no study." : `Known: ${known.join(", ")}.`,
      });
    },
  );

  app.get("/robots", async () => door.robots());

  app.get("/health", { schema: { response: { 200: Health } } }, async () => ({
    status: "ok" as const,
    version,
    robots: door.robots().map(({ id, phase, latched }) => ({ id, phase, latched })),
  }));
}
