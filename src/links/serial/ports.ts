/**
 * The serial ports of this machine and what is plugged in there.
 *
 * On Linux they are read from sysfs, which is always there; what others ask `udevadm` for (as serialport does) is missing
 * in containers and on small boards. Elsewhere serialport knows.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { UsbIdentity } from "../../config/hardware-config.ts";
import { fail } from "../../errors.ts";

export interface SerialPortInfo {
  /** Device path, `/dev/ttyACM0`. */
  readonly path: string;
  /** Its name in `/dev/serial/by-id/`, also where nobody makes that folder; "" when it is no USB device. */
  readonly id: string;
  /** Hexadecimal, lower case, four digits; "" when it is no USB device. */
  readonly vendor: string;
  readonly product: string;
  /** Serial number of the USB device, "" without one. */
  readonly serial: string;
  /** What it calls itself. */
  readonly words: string;
}

/** Where Linux keeps what this needs; others in tests. */
export interface SystemFolders {
  /** `/sys/class/tty` */
  readonly tty: string;
  /** `/dev` */
  readonly dev: string;
}

const SYSTEM: SystemFolders = { tty: "/sys/class/tty", dev: "/dev" };

/** Consoles and pseudo-terminals have no device behind them; ports of an 8250 that is not there have. */
const NO_PORT = /^ttyS\d+$/;
/** A USB device lies at most this many folders above its port. */
const DEEPEST = 8;

/** Ports with a device behind them, in the order of their names. */
export async function listPorts(folders: SystemFolders = SYSTEM): Promise<readonly SerialPortInfo[]> {
  if (process.platform === "linux" || folders !== SYSTEM) return portsFromSysfs(folders);
  const { SerialPort } = await import("serialport");
  const ports = await SerialPort.list();
  return ports.map(({ path, pnpId, vendorId, productId, serialNumber, manufacturer }) => ({
    path,
    id: pnpId ?? "",
    vendor: (vendorId ?? "").toLowerCase(),
    product: (productId ?? "").toLowerCase(),
    serial: serialNumber ?? "",
    words: manufacturer ?? "",
  }));
}

function portsFromSysfs({ tty, dev }: SystemFolders): SerialPortInfo[] {
  const named = namesById(dev);
  return namesIn(tty)
    .filter((name) => existsSync(join(tty, name, "device")))
    .sort(new Intl.Collator("en", { numeric: true }).compare)
    .flatMap((name) => {
      const usb = usbBehind(realpathSync(join(tty, name, "device")));
      // An 8250 driver makes ports for UARTs that may not be there.
      if (usb === null && NO_PORT.test(name)) return [];
      const path = join(dev, name);
      const plain = { path, id: named.get(path) ?? "", vendor: "", product: "", serial: "", words: "" };
      return [usb === null ? plain : { ...plain, ...usb, id: plain.id === "" ? usb.id : plain.id }];
    });
}

/** Device path → its name in `/dev/serial/by-id/`, where udev made that folder. */
function namesById(dev: string): ReadonlyMap<string, string> {
  const folder = join(dev, "serial", "by-id");
  const names = new Map<string, string>();
  for (const name of namesIn(folder)) {
    try {
      names.set(resolve(folder, readlinkSync(join(folder, name))), name);
    } catch {
      // It has just gone.
    }
  }
  return names;
}

function usbBehind(device: string): Omit<SerialPortInfo, "path"> | null {
  let at = device;
  let port = "";
  let interfaceNumber = "";
  for (let depth = 0; depth < DEEPEST; depth++, at = dirname(at)) {
    port ||= attribute(at, "port_number");
    interfaceNumber ||= attribute(at, "bInterfaceNumber");
    const vendor = attribute(at, "idVendor");
    if (vendor === "") continue;
    const product = attribute(at, "idProduct");
    const serial = attribute(at, "serial");
    const maker = attribute(at, "manufacturer");
    const model = attribute(at, "product");
    // As udev's rules put it together: 60-serial.rules and the builtin usb_id.
    const parts = [maker || vendor, model || product, serial].filter((part) => part !== "").map(asUdevWrites);
    const id = `usb-${parts.join("_")}-if${interfaceNumber || "00"}${port === "" ? "" : `-port${port}`}`;
    return {
      id,
      vendor: vendor.toLowerCase(),
      product: product.toLowerCase(),
      serial,
      words: [maker, model].filter((word) => word !== "").join(" "),
    };
  }
  return null;
}

/** Blanks become underscores, and so does what a file name should not hold. */
function asUdevWrites(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, "_")
    .replaceAll(/[^\w#+\-.:=@\u0080-\u{10ffff}]/gu, "_");
}

function attribute(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8").trim();
  } catch {
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a port is the one that the config names. */
export function isDevice(port: SerialPortInfo, wanted: string | UsbIdentity): boolean {
  if (typeof wanted === "string") return port.id !== "" && port.id === wanted.replace(/^.*\//, "");
  const { vendor, product, serial } = wanted;
  return (
    port.vendor === vendor &&
    (product === undefined || port.product === product) &&
    (serial === undefined || port.serial === serial)
  );
}

/** @throws LINK_UNAVAILABLE naming the ports there are, when none or several are that device */
export function pathOfDevice(ports: readonly SerialPortInfo[], wanted: string | UsbIdentity): string {
  const found = ports.filter((port) => isDevice(port, wanted));
  if (found.length === 1) return found[0]!.path;
  return fail("LINK_UNAVAILABLE", {
    what:
      found.length === 0
        ? `no serial port is ${identityWords(wanted)}; ${portWords(ports)}`
        : `several serial ports are ${identityWords(wanted)}: ${found.map(wordsOf).join("; ")}`,
    where: "link.id",
    remedy:
      found.length === 0
        ? "Check the cable and the robot's power, and link.id in the hardware config."
        : "Add `serial:` to link.id, or name one of them by its whole id.",
  });
}

function identityWords(wanted: string | UsbIdentity): string {
  if (typeof wanted === "string") return wanted;
  const { vendor, product, serial } = wanted;
  return `USB ${vendor}:${product ?? "*"}${serial === undefined ? "" : ` with serial number ${serial}`}`;
}

/** What is there, for an error message. */
export function portWords(ports: readonly SerialPortInfo[]): string {
  if (ports.length === 0) return "no serial ports were seen";
  return `serial ports seen: ${ports.map(wordsOf).join("; ")}`;
}

function wordsOf({ path, id, vendor, product, words }: SerialPortInfo): string {
  if (vendor === "") return path;
  return `${path} (${vendor}:${product}${words === "" ? "" : ` ${words}`}, ${id})`;
}
