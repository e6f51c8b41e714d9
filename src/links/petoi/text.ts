/** What OpenCatEsp32 says, line by line. Texts are those of `src/imu.h`, `src/reaction.h` and `src/OpenCat.h`. */

/** rad, m/s² */
export interface ImuReading {
  readonly roll: number;
  readonly pitch: number;
  readonly yaw: number;
  readonly acceleration: readonly [number, number, number];
}

const RADIANS = Math.PI / 180;
/** The firmware calls gravity ten. */
const ACCELERATION = 9.80665 / 10;

/**
 * `ICM:` or `MCU:` and six numbers with one decimal each, which may touch (`-100.0-100.0`): acceleration, then yaw, pitch and
 * roll in degrees. Where a board has both sensors one line holds both, and the first counts.
 */
export function imuReading(line: string): ImuReading | null {
  const block = /^(?:ICM|MCU):((?: *-?\d+\.\d){6})(?:\t|$)/.exec(line);
  if (block === null) return null;
  const [x, y, z, yaw, pitch, roll] = block[1]!.match(/-?\d+\.\d/g)!.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    acceleration: [x * ACCELERATION, y * ACCELERATION, z * ACCELERATION],
    yaw: yaw * RADIANS,
    pitch: pitch * RADIANS,
    roll: roll * RADIANS,
  };
}

/** V, or null when the line is another. */
export function voltageOf(line: string): number | null {
  const found = /^Voltage: (\d+\.\d+) V$/.exec(line);
  return found === null ? null : Number(found[1]);
}

/** What the robot says unasked. */
export type Remark = "booting" | "ready" | "low-battery" | "battery-back" | "exception";

const REMARKS: readonly (readonly [RegExp, Remark])[] = [
  [/^(\* Start \*|Flush the serial buffer\.\.\.)$/, "booting"],
  [/^Ready!$/, "ready"],
  [/^Low power: /, "low-battery"],
  [/^Got \d+\.\d+ V power$/, "battery-back"],
  [/^EXCEPTION/, "exception"],
];

export function remarkOf(line: string): Remark | null {
  return REMARKS.find(([pattern]) => pattern.test(line))?.[1] ?? null;
}

/** Model and version, as the answer to `?`. */
export interface Introduction {
  readonly model: string;
  readonly version: string;
}

/** @param lines heard since it was asked */
export function introductionIn(lines: readonly string[]): Introduction | null {
  const at = lines.lastIndexOf("?");
  const [model, version] = lines
    .slice(0, Math.max(0, at))
    .filter((line) => imuReading(line) === null)
    .slice(-2);
  return version !== undefined && model !== undefined && /^B\w*_\d{6}$/.test(version)
    ? { model, version }
    : null;
}
