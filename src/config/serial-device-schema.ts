/** How a config names a serial device by what it is. */
import Type from "typebox";
import type { UsbIdentity } from "./hardware-config.ts";
import { name } from "./schema-fields.ts";

const usbNumber = (what: string, example: string) =>
  Type.String({
    pattern: "^(0x)?[0-9a-fA-F]{4}$",
    patternErrorMessage: `four hexadecimal digits in quotes, for example: "${example}"`,
    description: `${what} id in the device's USB descriptor, in quotes: "${example}"`,
  });

const usbIdentity = {
  vendor: usbNumber("Vendor", "16c0"),
  product: usbNumber("Product", "0483"),
  serial: name("Serial number in the device's USB descriptor; tells two boards of a kind apart"),
};

export const deviceId = Type.Unsafe<string | UsbIdentity>({
  type: ["string", "object"],
  minLength: 1,
  properties: usbIdentity,
  required: ["vendor"],
  additionalProperties: false,
  description:
    "The device by what it is, which stays the same when cables are swapped: its name in " +
    "/dev/serial/by-id/, or { vendor, product, serial } of its USB descriptor. Either this or path",
});
