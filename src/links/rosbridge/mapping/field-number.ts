/** Numbers from what a message holds. Null, which is how a server writes NaN, text and the like are no numbers: NaN. */
import { isList } from "./field-path.ts";

/** @param flag the field is a bool: true is 1 */
export function numberFrom(value: unknown, flag: boolean): number {
  if (flag) return typeof value === "boolean" ? Number(value) : Number.NaN;
  if (typeof value === "number") return Number.isFinite(value) ? value : Number.NaN;
  // 64-bit integers of a serialised message.
  return typeof value === "bigint" ? Number(value) : Number.NaN;
}

/**
 * @param type of the array's elements; a server of either ROS writes uint8[] as base64 text into its JSON
 * @returns undefined where the array has no such element, or is none
 */
export function elementOf(array: unknown, place: number, type: string): unknown {
  if (isList(array)) return array[place];
  return type === "uint8" && typeof array === "string" ? base64Byte(array, place) : undefined;
}

function base64Byte(text: string, place: number): number | undefined {
  // Three bytes are four digits of six bits.
  const first = Math.floor((place * 8) / 6);
  const shift = (place * 8) % 6;
  const high = base64Digit(text.charCodeAt(first));
  const low = base64Digit(text.charCodeAt(first + 1));
  if (high < 0 || low < 0) return undefined;
  return ((((high << 6) | low) << shift) >> 4) & 0xff;
}

/** −1 for anything else, the padding and the end of the text among it. */
function base64Digit(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43) return 62;
  return code === 47 ? 63 : -1;
}
