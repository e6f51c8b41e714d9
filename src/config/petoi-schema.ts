/** The schema of a `link` block of kind `petoi`; what it becomes is in `petoi-link.ts`. */
import Type, { type Static } from "typebox";
import { deadMan } from "./dead-man-schema.ts";
import { block, name, quantity } from "./schema-fields.ts";
import { deviceId } from "./serial-device-schema.ts";

export const PETOI_LINK = block(
  {
    kind: Type.Literal("petoi"),
    clock: Type.Enum(["realtime"], { description: "This robot's time waits for nobody" }),
    path: Type.Optional(name("Serial device. Either this or id")),
    id: Type.Optional(deviceId),
    baud: Type.Optional(
      quantity("Bd", "Data rate of the serial line; 115200 Bd by default, the firmware's own"),
    ),
    model: Type.Optional(
      name("What the robot answers to `?`, for example Bittle X; another model is refused"),
    ),
    telemetry_rate: Type.Optional(
      quantity(
        "Hz",
        "Frames a second while it stands, 25 Hz by default; while it walks it reports once a cycle",
      ),
    ),
    longest_cycle: Type.Optional(
      quantity(
        "s",
        "Gaits with a longer cycle are refused, since the robot hears no stop during a cycle; 0.7 s by default",
      ),
    ),
    dead_man: deadMan,
    reconnect_within: Type.Optional(
      quantity("s", "How long the study waits for the robot when its cable was pulled; 60 s by default"),
    ),
  },
  "A Petoi robot (Bittle X, Nybble Q) with the firmware OpenCatEsp32 on a serial line",
);

export type WrittenPetoiLink = Static<typeof PETOI_LINK>;
