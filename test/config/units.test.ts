import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  DIMENSIONS,
  quantityPattern,
  readDuration,
  readQuantity,
  type SiUnit,
} from "../../src/config/units.ts";

const read = (written: unknown, si: SiUnit): number => {
  const reading = readQuantity(written, si);
  assert.ok(reading.ok, `${JSON.stringify(written)} is refused: ${reading.ok ? "" : reading.what}`);
  return reading.value;
};

const refusal = (written: unknown, si: SiUnit): string => {
  const reading = readQuantity(written, si);
  assert.ok(!reading.ok, `${JSON.stringify(written)} is taken as ${reading.ok ? reading.value : ""} ${si}`);
  return `${reading.what}. ${reading.remedy}`;
};

test("a quantity becomes SI, however it is spelt", () => {
  const cases: [unknown, SiUnit, number][] = [
    ["5 cm", "m", 0.05],
    ["35 mm", "m", 0.035],
    ["8.5cm", "m", 0.085],
    ["-1.6 rad", "rad", -1.6],
    ["180 deg", "rad", Math.PI],
    ["90°", "rad", Math.PI / 2],
    ["250 ms", "s", 0.25],
    ["30min", "s", 1800],
    ["2 Hz", "Hz", 2],
    ["4 N·m", "N·m", 4],
    ["4 N*m", "N·m", 4],
    ["4 Nm", "N·m", 4],
    ["4 N m", "N·m", 4],
    ["400 mNm", "N·m", 0.4],
    ["60 rpm", "rad/s", 2 * Math.PI],
    ["80 °C", "°C", 80],
    ["80 degC", "°C", 80],
    ["80 deg C", "°C", 80],
    ["353.15 K", "°C", 80],
    ["12 V", "V", 12],
    ["3.1 kg", "kg", 3.1],
    ["1.5e3 g", "kg", 1.5],
    ["90 %", "", 0.9],
    ["0.9", "", 0.9],
    [8, "", 8],
    ["921600 Bd", "Bd", 921600],
    ["1.5 W/(N·m)²", "W/(N·m)²", 1.5],
    ["1.5 W/(N*m)^2", "W/(N·m)²", 1.5],
  ];
  for (const [written, si, value] of cases) {
    const got = read(written, si);
    assert.ok(
      Math.abs(got - value) <= 1e-12 * Math.max(1, Math.abs(value)),
      `${written} is ${got}, not ${value}`,
    );
  }
  assert.equal(read("35 mm", "m"), 0.035, "decimal fractions are not off by a rounding");
});

test("a number without its unit, or with another dimension's, is refused and told why", () => {
  assert.match(refusal(3.1, "kg"), /no unit; a mass is expected.*`3.1 kg`/);
  assert.match(refusal("3.1", "kg"), /no unit/);
  assert.match(refusal("45 m", "rad"), /`45 m` is a length; an angle is expected.*deg/);
  assert.match(refusal("30 m", "s"), /m is metres.*`min`/);
  assert.match(refusal("5 CM", "m"), /Did you mean `5 cm`/);
  assert.match(refusal("0,5 s", "s"), /decimal comma/);
  assert.match(refusal("fast", "m/s"), /`fast` is not a speed/);
  assert.match(refusal(null, "m"), /nothing where a length/);
  assert.match(refusal(true, "m"), /`true` where a length/);
  assert.match(refusal("1e400 m", "m"), /too large/);
  assert.match(refusal(Number.NaN, ""), /not a finite number/);
  assert.match(refusal("5 mm", ""), /a length; a plain number is expected/);
});

test("what editors are told to take is what reading takes", () => {
  const units = Object.keys(DIMENSIONS) as SiUnit[];
  const spelling = fc.constantFrom(...units).chain((si) =>
    fc.record({
      si: fc.constantFrom(...units),
      unit: fc.constantFrom(
        ...Object.keys(DIMENSIONS[si].units),
        si.replace("·", "*"),
        si.replace("·", ""),
        "x",
      ),
      number: fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String)),
      space: fc.constantFrom("", " ", "  "),
    }),
  );
  fc.assert(
    fc.property(spelling, ({ si, unit, number, space }) => {
      const written = `${number}${space}${unit}`;
      assert.equal(new RegExp(quantityPattern(si), "u").test(written), readQuantity(written, si).ok, written);
    }),
    { numRuns: 2000 },
  );
});

test("reading never throws and never gives what is not a finite number", () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...(Object.keys(DIMENSIONS) as SiUnit[])), (written, si) => {
      const reading = readQuantity(written, si);
      assert.ok(reading.ok ? Number.isFinite(reading.value) : reading.remedy.length > 0);
    }),
  );
});

test("durations may be typed in pieces", () => {
  const seconds = (written: unknown): number | null => {
    const reading = readDuration(written);
    return reading.ok ? reading.value : null;
  };
  assert.equal(seconds("30min"), 1800);
  assert.equal(seconds("1h30min"), 5400);
  assert.equal(seconds("1 h 30 min"), 5400);
  assert.equal(seconds("90 s"), 90);
  assert.equal(seconds("0.5 h"), 1800);
  for (const wrong of ["30", 30, "1h30", "0 s", "-5 min", "soon", "", "30m", "1h 30kg"]) {
    assert.equal(seconds(wrong), null, `${wrong}`);
  }
});
