/** What a person types to the simulated robot's hands: `gaitsmith sim --serial --hand`. */
import type { Hand, TrunkAngles } from "./hand.ts";

export const HAND_COMMANDS =
  "lift · put down · move FR_hip 0.3 · let go · tilt nose-down · tilt left-down · turn left · level";

const LEVEL: TrunkAngles = { roll: 0, pitch: 0, yaw: 0 };
const TILTS: Readonly<Record<string, TrunkAngles>> = {
  "tilt nose-down": { ...LEVEL, pitch: 0.5 },
  "tilt left-down": { ...LEVEL, roll: -0.5 },
  "turn left": { ...LEVEL, yaw: 0.8 },
  level: LEVEL,
};
/** s */
const SECONDS = 0.8;

/**
 * @param joints of the robot, in order
 * @returns what was done, or what can be typed
 */
export function handCommand(hand: Hand, joints: readonly string[], line: string): string {
  const text = line.trim().replaceAll(/\s+/gu, " ");
  const tilt = Object.hasOwn(TILTS, text) ? TILTS[text] : undefined;
  if (tilt !== undefined) {
    hand.tilt(tilt, SECONDS);
    return text;
  }
  if (text === "lift") hand.lift();
  else if (text === "put down") hand.release();
  else if (text === "let go") hand.letGo();
  else {
    const [, name = "", by = ""] = /^move (\S+) (\S+)$/u.exec(text) ?? [];
    const joint = joints.indexOf(name);
    if (joint < 0 || !Number.isFinite(Number(by)) || Math.abs(Number(by)) > 1)
      return `type one of: ${HAND_COMMANDS}`;
    hand.move(joint, Number(by), SECONDS);
  }
  return text;
}
