/** A robot's prompt over HTTP: what a person is asked now, and their answer. */

import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { fail } from "../../errors.ts";
import type { ServiceDoor } from "../live-events.ts";
import { LONGEST_NOTE } from "../prompts.ts";

const id = Type.String({ minLength: 1, maxLength: 200 });
const RobotId = Type.Object({ id });
const PromptNumber = Type.Object({ id, number: Type.Integer({ minimum: 0 }) });

const Written = Type.Object(
  {
    answer: Type.String({ minLength: 1, maxLength: 20 }),
    /** With unit, `1.23 m`, or `unknown`. */
    distance: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    note: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })),
    /** Of `clear-latch`: what was looked at, which latch that was, and who did. */
    checked: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })),
    latch: Type.Optional(Type.String({ maxLength: 200 })),
    person: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })),
  },
  { additionalProperties: false },
);

export async function promptRoutes(app: FastifyInstance, options: { door: ServiceDoor }): Promise<void> {
  const { door } = options;
  const assertKnown = (robot: string): void => {
    const known = door.robots().map((one) => one.id);
    if (!known.includes(robot))
      fail("ROBOT_UNKNOWN", {
        what: `there is no robot "${robot}" here`,
        remedy: known.length === 0 ? "This service has no robot." : `Known: ${known.join(", ")}.`,
      });
  };

  app.get<{ Params: Static<typeof RobotId> }>(
    "/robots/:id/prompt",
    { schema: { params: RobotId } },
    async (request) => {
      assertKnown(request.params.id);
      return door.prompt(request.params.id);
    },
  );

  app.post<{ Params: Static<typeof PromptNumber>; Body: Static<typeof Written> }>(
    "/robots/:id/prompt/:number",
    { schema: { params: PromptNumber, body: Written } },
    async (request) => {
      const { id: robot, number } = request.params;
      assertKnown(robot);
      door.answerPrompt(robot, number, request.body, "page");
      return door.prompt(robot);
    },
  );
}
