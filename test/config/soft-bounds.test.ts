/** Where a config asks for a warning before a limit. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { ChangedConfig } from "./changed-config.ts";

const SHIPPED = ChangedConfig.shipped("simulated-elastic-quadruped.yaml");

describe("soft bounds", () => {
  it("are read with their unit, on the sides that the limit has, and may be left out", () => {
    const { envelope } = SHIPPED.read();
    assert.equal(envelope.tilt.softHigh, (25 * Math.PI) / 180);
    assert.equal(envelope["battery-voltage"].softLow, 10.5);
    assert.deepEqual([envelope.tilt.softLow, envelope.height.softHigh], [undefined, undefined]);
    const kelvin = SHIPPED.with(["soft_high: 65 °C", "soft_high: 340 K"]).read().envelope;
    assert.ok(Math.abs((kelvin["motor-temperature"].softHigh ?? 0) - 66.85) < 1e-9);
    SHIPPED.with(["soft_low: 10.5 V", "soft_high: 12 V"]).refuses("soft_high: 12", /no such field/);
    SHIPPED.with(["soft_high: 25 deg", "soft_high: 25"]).refuses("25, nominal", /has no unit/);
  });

  it("lie strictly between nominal and the limit", () => {
    for (const value of ["45 deg", "50 deg", "8 deg", "5 deg", "-25 deg"])
      SHIPPED.with(["soft_high: 25 deg", `soft_high: ${value}`]).refuses(
        `${value}, nominal: 8`,
        /limits\.tilt\.soft_high: `.*` is not between high, `45 deg`, and nominal, `8 deg`/,
      );
    for (const value of ["10 V", "9 V", "11.5 V", "12 V"])
      SHIPPED.with(["soft_low: 10.5 V", `soft_low: ${value}`]).refuses(
        `${value}\n    nominal: 11.5`,
        /limits\.battery-voltage\.soft_low: `.*` is not between low, `10 V`, and nominal, `11.5 V`/,
      );
  });

  it("may be those of single joints", () => {
    const { envelope } = SHIPPED.with([
      "low: -2.8 rad, high",
      "low: -2.8 rad, soft_low: -2.7 rad, high",
    ]).read();
    const { joints } = envelope["joint-position"];
    assert.deepEqual([joints?.["FR_knee"]?.softLow, joints?.["RL_knee"]?.softLow], [-2.7, -2.7]);
    assert.equal(envelope["joint-position"].softLow, undefined);
    SHIPPED.with(["low: -2.8 rad, high", "low: -2.8 rad, soft_low: -1 rad, high"]).refuses(
      "-1 rad, high",
      /joints/,
    );
  });

  it("are on tilt, motor temperature and battery of every shipped robot that tells them", () => {
    const folder = dirname(hardwareConfigPath("my-robot.yaml"));
    const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
    assert.ok(files.length > 8);
    for (const file of files) {
      const { envelope } = readHardwareConfig(hardwareConfigPath(file));
      for (const name of ["tilt", "motor-temperature", "battery-voltage", "battery-current"] as const) {
        const { unwatched, softLow, softHigh } = envelope[name];
        assert.equal((softLow ?? softHigh) === undefined, unwatched !== undefined, `${file}: ${name}`);
      }
    }
  });
});
