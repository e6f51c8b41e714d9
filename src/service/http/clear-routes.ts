/** A person's leave to move a latched robot again, over HTTP: whose it is, what they checked, and which latch they mean. */
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { fail } from "../../errors.ts";
import type { ServiceDoor } from "../live-events.ts";
import { LONGEST_NOTE } from "../prompts.ts";

const RobotId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });
const Release = Type.Object(
  {
    /** Of the latch, as the robot's prompt shows it. */
    id: Type.String({ minLength: 1, maxLength: 200 }),
    by: Type.String({ minLength: 1, maxLength: LONGEST_NOTE }),
    checked: Type.String({ minLength: 1, maxLength: LONGEST_NOTE }),
  },
  { additionalProperties: false },
);

export async function clearRoutes(app: FastifyInstance, options: { door: ServiceDoor }): Promise<void> {
  const { door } = options;
  app.post<{ Params: Static<typeof RobotId>; Body: Static<typeof Release> }>(
    "/robots/:id/clear",
    { schema: { params: RobotId, body: Release } },
    async (request) => {
      const robot = request.params.id;
      if (!door.robots().some(({ id }) => id === robot))
        fail("ROBOT_UNKNOWN", { what: `there is no robot "${robot}" here` });
      door.clear(robot, request.body);
      // What waits for it goes on in the same breath.
      await pause(0);
      return { cleared: true };
    },
  );
}
