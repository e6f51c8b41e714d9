/** The `link:` block of a robot on a serial line. */
import type { ClockKind } from "../robot/robot.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { SerialLinkConfig, UsbIdentity } from "./hardware-config.ts";
import type { WrittenHardware } from "./schema.ts";
import type { Written } from "./schema-fields.ts";
import { toSi } from "./units.ts";

type WrittenSerialLink = Extract<WrittenHardware["link"], { kind: "serial" }>;

/** What is wrong is reported to the source. */
export function readSerialLink(
  source: ConfigSource,
  written: WrittenSerialLink,
  clock: ClockKind,
): SerialLinkConfig {
  const { telemetry_rate, telemetry_groups, reconnect_within } = written;
  const device = readDevice(
    source,
    written,
    "Add `path:` (a device, or `auto`) or `id:` (its name in /dev/serial/by-id/, or its USB vendor).",
  );
  const telemetryRate = telemetry_rate === undefined ? null : toSi(telemetry_rate, "Hz");
  if (telemetryRate !== null && !(telemetryRate > 0))
    report(source, ["telemetry_rate"], "it is not above zero", "Leave it out for the robot's own rate.");
  const reconnectWithin = reconnect_within === undefined ? null : toSi(reconnect_within, "s");
  if (reconnectWithin !== null && reconnectWithin < 0)
    report(source, ["reconnect_within"], "it is below zero", "Write 0 s to end the study at once.");
  return {
    kind: "serial",
    clock,
    ...device,
    baud: readBaud(source, written.baud),
    ...(telemetryRate === null ? {} : { telemetryRate }),
    ...(telemetry_groups === undefined ? {} : { telemetryGroups: telemetry_groups }),
    ...(reconnectWithin === null ? {} : { reconnectWithin }),
  };
}

/** Which device it is. @param remedy when nothing says so */
export function readDevice(
  source: ConfigSource,
  { path, id }: Pick<WrittenSerialLink, "path" | "id">,
  remedy: string,
): Pick<SerialLinkConfig, "path" | "id"> {
  if (path === undefined && id === undefined)
    report(source, [], "nothing says which serial device it is", remedy);
  if (path !== undefined && id !== undefined)
    report(source, ["id"], "`path` says already which device it is", "Keep one of the two.");
  return {
    ...(path === undefined ? {} : { path }),
    ...(id === undefined ? {} : { id: typeof id === "string" ? id : plainIdentity(id) }),
  };
}

export function readBaud(source: ConfigSource, written: Written): number {
  const baud = toSi(written, "Bd");
  if (!(baud > 0) || !Number.isInteger(baud))
    report(source, ["baud"], "it is not a whole number of bits per second above zero", "Round it.");
  return baud;
}

/** `0x16C0` and `16c0` are the same vendor. */
function plainIdentity({ vendor, product, serial }: UsbIdentity): UsbIdentity {
  const digits = (number: string): string => number.toLowerCase().replace(/^0x/, "");
  return {
    vendor: digits(vendor),
    ...(product === undefined ? {} : { product: digits(product) }),
    ...(serial === undefined ? {} : { serial }),
  };
}

function report(source: ConfigSource, field: FieldPath, what: string, remedy: string): void {
  source.report({ path: ["link", ...field], what, remedy });
}
