import { QuadServer } from "../../../sim/mjbots/quad-server.ts";
import { robotConformance } from "../../../src/conformance/robot.ts";
import { mjbotsRobot, STROLL } from "./mjbots.ts";

robotConformance(
  "an mjbots quad",
  async () => {
    const server = await QuadServer.open({ port: 0 });
    return {
      robot: mjbotsRobot(server),
      safe: STROLL,
      // It rises by itself before it says that it is armed, and steps until it stands.
      differs: { ramp: 0.5, rise: 0.2 },
      remove: () => server.close(),
    };
  },
  { atOnce: 8 },
);
