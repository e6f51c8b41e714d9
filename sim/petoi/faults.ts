/** What goes wrong with the pretended Petoi robot, on purpose and by a seed. */
import { fail } from "../../src/errors.ts";

export interface PetoiFaults {
  /** Share of lines that reach the host spoilt. */
  readonly garbage: number;
  /** Share of completion tokens that are lost. */
  readonly loseEcho: number;
  /** The board resets after so many seconds of walking; 0: never. */
  readonly reboot: number;
  /** The IMU's lines end after so many seconds of walking; 0: never. */
  readonly imuStops: number;
  /** Battery, V. */
  readonly voltage: number;
  /** V lost per second of walking. */
  readonly drain: number;
  readonly seed: number;
}

export const SOUND: PetoiFaults = {
  garbage: 0,
  loseEcho: 0,
  reboot: 0,
  imuStops: 0,
  voltage: 8.1,
  drain: 0.001,
  seed: 0,
};

const WORDS: Readonly<Record<string, keyof PetoiFaults>> = {
  garbage: "garbage",
  "lose-echo": "loseEcho",
  reboot: "reboot",
  "imu-stops": "imuStops",
  voltage: "voltage",
  drain: "drain",
  seed: "seed",
};

/**
 * @param text `garbage=0.01,reboot=3`; what is not named is sound
 * @throws BAD_USAGE naming the part that is wrong
 */
export function parsePetoiFaults(text: string): PetoiFaults {
  const faults: { -readonly [name in keyof PetoiFaults]: number } = { ...SOUND };
  for (const part of text.split(",")) {
    const [name = "", written = ""] = part.split("=").map((side) => side.trim());
    const value = written === "" ? Number.NaN : Number(written);
    if (!Object.hasOwn(WORDS, name) || !(value >= 0))
      fail("BAD_USAGE", {
        what: `--faults ${part}: a fault of this robot and a number from 0 are expected`,
        remedy: `Choose among ${Object.keys(WORDS).join(", ")}, for example garbage=0.01,reboot=3.`,
      });
    faults[WORDS[name]!] = value;
  }
  return faults;
}
