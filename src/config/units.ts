/**
 * Units in files: any number with a dimension is written with its unit (`5 cm`, `45 deg`, `4 N·m`, `80 °C`) and
 * becomes SI on reading. A dimension is named by its SI unit, the same text that {@link Limit.unit} and gait
 * parameters carry. A number without a unit is taken only where the quantity has none: `0.5` beside a length
 * could be metres or centimetres, and a robot is a bad place to find out.
 */
import { fail } from "../errors.ts";
import { nearestName } from "./nearest-name.ts";

/** How a written number becomes SI: value · factor + offset. */
interface Unit {
  readonly factor: number;
  readonly offset?: number;
}

interface Dimension {
  /** "a length", for messages. */
  readonly words: string;
  readonly example: string;
  readonly units: Readonly<Record<string, Unit>>;
}

const scale = (factors: Readonly<Record<string, number>>): Record<string, Unit> =>
  Object.fromEntries(Object.entries(factors).map(([name, factor]) => [name, { factor }]));

const DEGREE = Math.PI / 180;

/** Dimensions by SI unit; the first unit of each is the SI one. */
export const DIMENSIONS = {
  m: { words: "a length", example: "5 cm", units: scale({ m: 1, cm: 0.01, mm: 0.001, in: 0.0254 }) },
  rad: { words: "an angle", example: "45 deg", units: scale({ rad: 1, deg: DEGREE, "°": DEGREE }) },
  s: {
    words: "a time",
    example: "0.5 s",
    units: scale({ s: 1, ms: 0.001, min: 60, h: 3600 }),
  },
  Hz: { words: "a frequency", example: "2 Hz", units: scale({ Hz: 1, kHz: 1000 }) },
  "m/s": { words: "a speed", example: "0.3 m/s", units: scale({ "m/s": 1, "cm/s": 0.01, "km/h": 1 / 3.6 }) },
  "rad/s": {
    words: "an angular speed",
    example: "5 rad/s",
    units: scale({ "rad/s": 1, "deg/s": DEGREE, "°/s": DEGREE, rpm: Math.PI / 30 }),
  },
  kg: { words: "a mass", example: "3.1 kg", units: scale({ kg: 1, g: 0.001, lb: 0.45359237 }) },
  "m/s²": {
    words: "an acceleration",
    example: "9.81 m/s²",
    // Standard gravity: what inertial sensors count in. After kg, so that `3 g` alone is a mass.
    units: scale({ "m/s²": 1, "m/s^2": 1, g: 9.80665, mg: 0.00980665 }),
  },
  N·m: {
    words: "a torque",
    example: "4 N·m",
    units: scale({ N·m: 1, mN·m: 0.001, N·cm: 0.01, kgf·cm: 0.0980665 }),
  },
  V: { words: "a voltage", example: "12 V", units: scale({ V: 1, mV: 0.001 }) },
  A: { words: "a current", example: "2 A", units: scale({ A: 1, mA: 0.001 }) },
  "°C": {
    words: "a temperature",
    example: "80 °C",
    units: {
      "°C": { factor: 1 },
      degC: { factor: 1 },
      K: { factor: 1, offset: -273.15 },
      "°F": { factor: 5 / 9, offset: -160 / 9 },
    },
  },
  "W/(N·m)²": {
    words: "heat per torque squared",
    example: "2.5 W/(N·m)²",
    units: scale({ "W/(N·m)²": 1, "W/(N·m)^2": 1 }),
  },
  Bd: {
    words: "a data rate",
    example: "921600 Bd",
    units: scale({ Bd: 1, baud: 1, "bit/s": 1, kBd: 1000, MBd: 1e6 }),
  },
  B: {
    words: "a size of data",
    example: "500 MB",
    units: scale({ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }),
  },
  "": { words: "a plain number", example: "0.9", units: { "": { factor: 1 }, "%": { factor: 0.01 } } },
} as const satisfies Record<string, Dimension>;

/** A dimension, named by its SI unit. */
export type SiUnit = keyof typeof DIMENSIONS;

export function isSiUnit(text: string): text is SiUnit {
  return Object.hasOwn(DIMENSIONS, text);
}

/** The dimension of what is written, by its unit; null when it is no number or has no unit that is known. */
export function dimensionOf(written: unknown): SiUnit | null {
  if (typeof written === "number") return "";
  const parts = typeof written === "string" ? QUANTITY.exec(written.trim()) : null;
  if (parts === null) return null;
  const unit = canonicalUnit(parts[2] ?? "");
  const found = Object.entries(DIMENSIONS).find(([, { units }]) => Object.hasOwn(units, unit));
  return (found?.[0] as SiUnit | undefined) ?? null;
}

/** What turns numbers counted in a unit into SI: value · factor + offset; null when the dimension has no such unit. */
export function unitOf(
  name: string,
  si: SiUnit,
): { readonly factor: number; readonly offset: number } | null {
  const { units }: Dimension = DIMENSIONS[si];
  const unit = canonicalUnit(name);
  const found = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return found === undefined ? null : { factor: found.factor, offset: found.offset ?? 0 };
}

/** The names that a dimension's units have in files; the first is the SI one. */
export function unitNames(si: SiUnit): readonly string[] {
  return Object.keys(DIMENSIONS[si].units).filter((name) => name !== "");
}

/** The unit's name in a quantity as written, "" without one. */
export function writtenUnit(written: unknown): string {
  const parts = typeof written === "string" ? QUANTITY.exec(written.trim()) : null;
  return (parts?.[2] ?? "").trim();
}

export type Reading =
  | { readonly ok: true; readonly value: number }
  /** `what` follows the field's name in a sentence; `remedy` is an imperative. */
  | { readonly ok: false; readonly what: string; readonly remedy: string };

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?";
const DURATION_PIECE = /(?:\d+\.?\d*|\.\d+)[a-z]+/gu;
const QUANTITY = new RegExp(`^(${NUMBER})\\s*(.*)$`, "u");

/**
 * Reads a quantity as written in a file.
 *
 * @param written what the file holds: `"5 cm"`, or a number where the dimension is `""`
 * @param si the dimension that is wanted
 * @returns the value in that SI unit, finite
 */
export function readQuantity(written: unknown, si: SiUnit): Reading {
  const wanted: Dimension = DIMENSIONS[si];
  const example = `Write ${wanted.words} with its unit, for example \`${wanted.example}\`.`;
  if (typeof written === "number") {
    if (!Number.isFinite(written)) return refused(`\`${written}\` is not a finite number`, example);
    if (si === "") return { ok: true, value: written };
    return refused(
      `\`${written}\` has no unit; ${wanted.words} is expected`,
      `Write the unit, for example \`${written} ${si}\`.`,
    );
  }
  if (typeof written !== "string")
    return refused(`${kindOf(written)} where ${wanted.words} is expected`, example);
  const text = written.trim();
  const parts = QUANTITY.exec(text);
  if (parts === null) return refused(`\`${text}\` is not ${wanted.words}`, example);
  const [, digits = "", rest = ""] = parts;
  if (/^,\d/.test(rest)) return refused(`\`${text}\` has a decimal comma`, "Write a decimal point: `0.5 s`.");
  const unit = canonicalUnit(rest);
  const found = wanted.units[unit];
  if (found === undefined) return refused(...wrongUnit(text, digits, unit, si));
  const value = times(Number(digits), found.factor) + (found.offset ?? 0);
  if (!Number.isFinite(value)) return refused(`\`${text}\` is too large`, example);
  return { ok: true, value };
}

/** The value of a quantity that has passed its check. */
export function toSi(written: unknown, si: SiUnit): number {
  const reading = readQuantity(written, si);
  return reading.ok ? reading.value : fail("INTERNAL", { what: `unchecked quantity: ${reading.what}` });
}

/**
 * Reads a duration as people type it: `30min`, `90 s`, `1h30min`. Also the command line's.
 *
 * @returns s, > 0
 */
export function readDuration(written: unknown): Reading {
  const remedy = "Write a duration with its unit, for example `30min`, `90 s` or `1h30min`.";
  if (typeof written !== "string") return readQuantity(written, "s");
  const tight = written.replace(/\s+/gu, "");
  const pieces = tight.match(DURATION_PIECE) ?? [];
  let total = 0;
  for (const piece of pieces.length > 1 && pieces.join("") === tight ? pieces : [written]) {
    const reading = readQuantity(piece, "s");
    if (!reading.ok) return reading;
    total += reading.value;
  }
  return total > 0
    ? { ok: true, value: total }
    : refused(`\`${written}\` is not longer than nothing`, remedy);
}

/** A regular expression for editors: what {@link readQuantity} takes for this dimension, as text. */
export function quantityPattern(si: SiUnit): string {
  const units = Object.keys(DIMENSIONS[si].units).flatMap(spellings);
  return `^\\s*${NUMBER}\\s*(?:${units.map((unit) => unit.replace(/[/()^.*²]/gu, "\\$&").replace("\\²", "²")).join("|")})\\s*$`;
}

/** 35 mm are 0.035 m, not 0.035 and one rounding: decimal fractions are divided. */
function times(value: number, factor: number): number {
  const divisor = 1 / factor;
  return factor < 1 && Number.isInteger(divisor) ? value / divisor : value * factor;
}

function refused(what: string, remedy: string): Reading {
  return { ok: false, what, remedy };
}

function wrongUnit(text: string, digits: string, unit: string, si: SiUnit): [what: string, remedy: string] {
  const wanted: Dimension = DIMENSIONS[si];
  const known = Object.keys(wanted.units).filter((name) => name !== "");
  const choices = known.length === 0 ? "Write the number alone." : `Use one of: ${known.join(", ")}.`;
  if (unit === "") {
    return [
      `\`${text}\` has no unit; ${wanted.words} is expected`,
      `Write the unit, for example \`${digits} ${si}\`.`,
    ];
  }
  if (si === "s" && unit === "m") return [`\`${text}\` is a length; m is metres`, "Write minutes as `min`."];
  const other = Object.values(DIMENSIONS).find((dimension) => Object.hasOwn(dimension.units, unit));
  if (other !== undefined) {
    return [`\`${text}\` is ${other.words}; ${wanted.words} is expected`, choices];
  }
  const near = nearestName(unit, known);
  return [
    `the unit \`${unit}\` of \`${text}\` is not known here; ${wanted.words} is expected`,
    near === null ? choices : `Did you mean \`${digits} ${near}\`? ${choices}`,
  ];
}

/** One spelling per unit: `4 Nm`, `4 N*m` and `4 N m` are `N·m`; `µ` and degree words likewise. */
function canonicalUnit(text: string): string {
  const unit = text
    .trim()
    .replace(/\s*[*⋅×]\s*/gu, "·")
    .replace(/º/gu, "°")
    .replace(/^°\s+/u, "°")
    .replace(/^degrees?(?=$|\/)/u, "deg")
    .replace(/^(?:deg\s?|degrees?\s)(?=[CF]$)/u, "°")
    .replace(/^(?:celsius|Celsius)$/u, "°C");
  return unit.replace(/\b(m?N|kgf) ?(c?m)\b/gu, "$1·$2");
}

/** The spellings of a unit that an editor should let through. */
function spellings(unit: string): string[] {
  if (unit === "°C") return ["°C", "deg ?C"];
  if (!unit.includes("·")) return [unit];
  return [unit, unit.replace("·", "*"), unit.replace("·", "")];
}

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a block" : `\`${String(value)}\``;
}
