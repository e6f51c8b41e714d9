import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { SerialLinkConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

const TEXT = readFileSync(hardwareConfigPath("simulated-elastic-quadruped.yaml"), "utf8");
const SIMULATED = /link:\n( {2}.*\n)+/;
/** Of the first line after `link:` in the shipped file. */
const FIRST = TEXT.slice(0, TEXT.indexOf("link:")).split("\n").length + 1;

function withLink(...lines: readonly string[]): string {
  const text = TEXT.replace(SIMULATED, `link:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  assert.notEqual(text, TEXT);
  return text;
}

function link(...lines: readonly string[]): SerialLinkConfig {
  const config = readHardwareConfig("robot.yaml", withLink("kind: serial", "clock: realtime", ...lines));
  assert.ok(config.link.kind === "serial");
  return config.link;
}

function complaint(...lines: readonly string[]): string {
  try {
    link(...lines);
  } catch (error) {
    assert.ok(error instanceof GaitsmithError);
    return error.describe();
  }
  return assert.fail("nothing was refused");
}

test("a serial device is named by path, by id, or by what its USB descriptor says", () => {
  const line = { kind: "serial", clock: "realtime", baud: 921600 };
  assert.deepEqual(link("path: /dev/ttyACM0", "baud: 921600 Bd"), { ...line, path: "/dev/ttyACM0" });
  assert.deepEqual(link("path: auto", "baud: 921600 Bd"), { ...line, path: "auto" });
  assert.deepEqual(link("id: usb-Espressif_1-if00", "baud: 921600 Bd"), {
    ...line,
    id: "usb-Espressif_1-if00",
  });
  const usb = link(
    'id: { vendor: "0x16C0", product: "0483", serial: "1234" }',
    "baud: 921600 Bd",
    "telemetry_rate: 0.2 kHz",
    "telemetry_groups: [0, 2]",
    "reconnect_within: 2 min",
  );
  assert.deepEqual(usb, {
    ...line,
    id: { vendor: "16c0", product: "0483", serial: "1234" },
    telemetryRate: 200,
    telemetryGroups: [0, 2],
    reconnectWithin: 120,
  });
});

test("what is wrong with a serial link is told with its line", () => {
  const cases: [lines: readonly string[], row: number, ...said: RegExp[]][] = [
    [["baud: 921600 Bd"], -1, /nothing says which serial device/, /`auto`/],
    [["path: a", "id: b", "baud: 9600 Bd"], 3, /link\.id: `path` says already/],
    [["path: a", "baud: 9600.5 Bd"], 3, /link\.baud: it is not a whole number/],
    [["path: a", "baud: 9600"], 3, /no unit/],
    [["id: { vendor: 2341 }", "baud: 9600 Bd"], 2, /link\.id\.vendor/, /in quotes: "16c0"/],
    [['id: { vendor: "16c" }', "baud: 9600 Bd"], 2, /four hexadecimal digits/],
    [['id: { product: "0483" }', "baud: 9600 Bd"], 2, /`vendor` is missing/],
    [['id: { vendor: "16c0", prodct: "0483" }', "baud: 9600 Bd"], 2, /Did you mean `product`/],
    [["path: a", "baud: 9600 Bd", "telemetry_rate: 0 Hz"], 4, /telemetry_rate: it is not above zero/],
    [["path: a", "baud: 9600 Bd", "telemetry_groups: [32]"], 4, /telemetry_groups\[0\].*out of range/],
    [["path: a", "baud: 9600 Bd", "reconnect_within: -1 s"], 4, /reconnect_within: it is below zero/],
    [["pth: a", "baud: 9600 Bd"], 2, /Did you mean `path`/],
  ];
  for (const [lines, row, ...said] of cases) {
    const words = complaint(...lines);
    assert.match(words, new RegExp(`robot\\.yaml:${FIRST + row}:`), lines.join());
    for (const one of said) assert.match(words, one);
  }
});
