/** The `link:` block of a robot on a serial line. */
import type { ClockKind } from "../robot/robot.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { SerialLinkConfig, UsbIdentity } from "./hardware-config.ts";
import type { WrittenHardware } from "./schema.ts";
import { toSi } from "./units.ts";

type WrittenSerialLink = Extract<WrittenHardware["link"], { kind: "serial" }>;

/** What is wrong is reported to the source. */
export function readSerialLink(
  source: ConfigSource,
  written: WrittenSerialLink,
  clock: ClockKind,
): SerialLinkConfig {
  const { path, id, telemetry_rate, telemetry_groups, reconnect_within } = written;
  const baud = toSi(written.baud, "Bd");
  if (!(baud > 0) || !Number.isInteger(baud))
    report(source, ["baud"], "it is not a whole number of bits per second above zero", "Round it.");
  if (path === undefined && id === undefined)
    report(
      source,
      [],
      "nothing says which serial device it is",
      "Add `path:` (a device, or `auto`) or `id:` (its name in /dev/serial/by-id/, or its USB vendor).",
    );
  if (path !== undefined && id !== undefined)
    report(source, ["id"], "`path` says already which device it is", "Keep one of the two.");
  const telemetryRate = telemetry_rate === undefined ? null : toSi(telemetry_rate, "Hz");
  if (telemetryRate !== null && !(telemetryRate > 0))
    report(source, ["telemetry_rate"], "it is not above zero", "Leave it out for the robot's own rate.");
  const reconnectWithin = reconnect_within === undefined ? null : toSi(reconnect_within, "s");
  if (reconnectWithin !== null && reconnectWithin < 0)
    report(source, ["reconnect_within"], "it is below zero", "Write 0 s to end the study at once.");
  return {
    kind: "serial",
    clock,
    ...(path === undefined ? {} : { path }),
    ...(id === undefined ? {} : { id: typeof id === "string" ? id : plainIdentity(id) }),
    baud,
    ...(telemetryRate === null ? {} : { telemetryRate }),
    ...(telemetry_groups === undefined ? {} : { telemetryGroups: telemetry_groups }),
    ...(reconnectWithin === null ? {} : { reconnectWithin }),
  };
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
