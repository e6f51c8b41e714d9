/** The schema of a `link` block of kind `mjbots`; what it becomes is in `mjbots-link.ts`. */
import Type, { type Static } from "typebox";
import { deadMan } from "./dead-man-schema.ts";
import { block, name, quantity } from "./schema-fields.ts";

export const MJBOTS_LINK = block(
  {
    kind: Type.Literal("mjbots"),
    clock: Type.Enum(["realtime"], { description: "This robot's time waits for nobody" }),
    url: name("WebSocket of the robot's control program, for example ws://192.168.16.47:4778/control"),
    telemetry_rate: Type.Optional(
      quantity("Hz", "How often the robot is asked for its state; 50 Hz by default, at most 400 Hz"),
    ),
    dead_man: deadMan,
    reconnect_within: Type.Optional(
      quantity("s", "How long the study waits for a robot that is gone; 60 s by default"),
    ),
  },
  "An mjbots quad (A1, A2) behind the WebSocket of its control program",
);

export type WrittenMjbotsLink = Static<typeof MJBOTS_LINK>;
