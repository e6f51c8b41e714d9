import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { listPorts, pathOfDevice, type SystemFolders } from "../../src/links/serial/ports.ts";

const root = mkdtempSync(join(tmpdir(), "gaitsmith-ports-"));
after(() => rmSync(root, { recursive: true }));

function attributes(folder: string, values: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(values)) writeFileSync(join(folder, name), `${value}\n`);
}

/** As Linux lays it out: class/tty/NAME/device leads to the interface (or to the port below it) of a USB device. */
function machine(name: string, byId = false): SystemFolders {
  const at = (...parts: string[]): string => join(root, name, ...parts);
  const device = (tty: string, folder: string): void => {
    mkdirSync(at("class/tty", tty), { recursive: true });
    if (folder !== "") symlinkSync(at(folder), at("class/tty", tty, "device"));
  };
  mkdirSync(at("dev"), { recursive: true });
  for (const [index, serial] of ["1234", "5678"].entries()) {
    const usb = `devices/usb1/1-${index}`;
    attributes(at(usb), {
      idVendor: "16C0",
      idProduct: "0483",
      manufacturer: "Teensyduino",
      product: "USB Serial",
      serial,
    });
    attributes(at(`${usb}/1-${index}:1.0`), { bInterfaceNumber: "00" });
    device(`ttyACM${index === 0 ? 10 : 2}`, `${usb}/1-${index}:1.0`);
  }
  attributes(at("devices/usb1/1-3"), { idVendor: "0403", idProduct: "6001", product: "FT232R USB UART" });
  attributes(at("devices/usb1/1-3/1-3:1.0"), { bInterfaceNumber: "01" });
  attributes(at("devices/usb1/1-3/1-3:1.0/ttyUSB0"), { port_number: "0" });
  device("ttyUSB0", "devices/usb1/1-3/1-3:1.0/ttyUSB0");
  // A UART of the board, an 8250 that is not there, a console.
  attributes(at("devices/platform/serial"), {});
  device("ttyAMA0", "devices/platform/serial");
  device("ttyS0", "devices/platform/serial");
  device("tty1", "");
  if (byId) {
    mkdirSync(at("dev/serial/by-id"), { recursive: true });
    symlinkSync("../../ttyUSB0", at("dev/serial/by-id/usb-my-own-rule-port0"));
  }
  return { tty: at("class/tty"), dev: at("dev") };
}

test("ports are read from sysfs, with the names that udev would give them", async () => {
  const folders = machine("plain");
  const ports = await listPorts(folders);
  assert.deepEqual(
    ports.map(({ path, id, vendor, product, serial }) => [
      path.slice(folders.dev.length),
      id,
      vendor,
      product,
      serial,
    ]),
    [
      ["/ttyACM2", "usb-Teensyduino_USB_Serial_5678-if00", "16c0", "0483", "5678"],
      ["/ttyACM10", "usb-Teensyduino_USB_Serial_1234-if00", "16c0", "0483", "1234"],
      ["/ttyAMA0", "", "", "", ""],
      ["/ttyUSB0", "usb-0403_FT232R_USB_UART-if01-port0", "0403", "6001", ""],
    ],
  );
});

test("a device is found by its id and by what its USB descriptor says", async () => {
  const folders = machine("found", true);
  const ports = await listPorts(folders);
  const path = (wanted: Parameters<typeof pathOfDevice>[1]): string =>
    pathOfDevice(ports, wanted).slice(folders.dev.length);
  assert.equal(path("usb-Teensyduino_USB_Serial_1234-if00"), "/ttyACM10");
  assert.equal(path("/dev/serial/by-id/usb-Teensyduino_USB_Serial_5678-if00"), "/ttyACM2");
  assert.equal(path("usb-my-own-rule-port0"), "/ttyUSB0");
  assert.equal(path({ vendor: "0403" }), "/ttyUSB0");
  assert.equal(path({ vendor: "16c0", product: "0483", serial: "5678" }), "/ttyACM2");
});

test("none and several are told with what there is", async () => {
  const ports = await listPorts(machine("told"));
  assert.throws(() => pathOfDevice(ports, { vendor: "2341" }), {
    code: "LINK_UNAVAILABLE",
    message:
      /no serial port is USB 2341:\*; serial ports seen: .*ttyACM2 \(16c0:0483 Teensyduino USB Serial, usb-/,
  });
  assert.throws(() => pathOfDevice(ports, { vendor: "16c0" }), {
    code: "LINK_UNAVAILABLE",
    message: /several serial ports are USB 16c0:\*: .*ttyACM2.*; .*ttyACM10/,
    remedy: /serial:/,
  });
  assert.throws(() => pathOfDevice([], "usb-x"), { message: /no serial ports were seen/ });
  assert.deepEqual(await listPorts({ tty: join(root, "nowhere"), dev: join(root, "nowhere") }), []);
});
