/** The schema of a `link` block of kind `serial`. */
import Type from "typebox";
import { block, clock, name, quantity } from "./schema-fields.ts";
import { deviceId } from "./serial-device-schema.ts";

export const SERIAL_LINK = block(
  {
    kind: Type.Literal("serial"),
    clock,
    path: Type.Optional(
      name("Serial device, or `auto`: the USB port at whose other end robot.id answers. Either this or id"),
    ),
    id: Type.Optional(deviceId),
    baud: quantity("Bd", "Data rate of the serial line"),
    telemetry_rate: Type.Optional(
      quantity("Hz", "Telemetry frames asked for, instead of the robot's own rate"),
    ),
    telemetry_groups: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 31, description: "A group's number" }), {
        minItems: 1,
        uniqueItems: true,
        description: "Groups of channels asked for, instead of all the robot has",
      }),
    ),
    reconnect_within: Type.Optional(
      quantity("s", "How long the study waits for the robot when its cable was pulled; 60 s by default"),
    ),
  },
  "A robot on a serial line, speaking the protocol of firmware-protocol/",
);
