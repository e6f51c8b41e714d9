/** What the vectors put into fields: an ordinary value and the boundary values of every type. */
import type { FieldType } from "../codec/field-types.ts";

/** For messages whose other fields are at their boundaries. */
export function ordinary(type: FieldType): unknown {
  if (typeof type !== "string") return type[0];
  switch (type) {
    case "bool":
      return true;
    case "time":
      return 12.345678;
    case "f32":
    case "f64":
      return 0.5;
    case "string":
    case "text":
      return "Knie";
    case "bytes":
      return Uint8Array.of(1, 0, 255);
    case "floats":
      return Float64Array.of(1, -2);
    case "values":
      return [
        ["step_length", 0.04],
        ["swing_frequency", 2.5],
      ];
    default:
      return 7;
  }
}

const f32 = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  return view.getFloat32(0);
};

const EVERY_F32: readonly number[] = [
  0,
  -0,
  1,
  f32(0x00000001),
  f32(0x80000001),
  f32(0x007fffff),
  f32(0x00800000),
  f32(0x3f800001),
  f32(0x7f7fffff),
  f32(0xff7fffff),
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const EVERY_F64: readonly number[] = [
  0,
  -0,
  0.1,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2.2250738585072014e-308,
  1 + Number.EPSILON,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** One, two, three and four bytes a character, the last and first of each length; a zero; a byte order mark. */
const TEXTS: readonly string[] = [
  "",
  "\u0000",
  "\u007f\u0080\u07ff\u0800",
  "\ud7ff\ue000\uffff",
  "\u{10000}\u{10ffff}",
  "\ufeffBOM",
];

/**
 * @param room bytes that the field may take: what is left of the longest payload
 */
export function boundaries(type: FieldType, room: number): readonly unknown[] {
  if (typeof type !== "string") return type;
  switch (type) {
    case "u8":
      return [0, 0x7f, 0x80, 0xff];
    case "u16":
      return [0, 0xff, 0x100, 0x8000, 0xffff];
    case "u32":
      return [0, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
    case "f32":
      return EVERY_F32;
    case "f64":
      return EVERY_F64;
    case "bool":
      return [false, true];
    case "time":
      return [0, 1e-6, 4294.967295, 4294.967296, Number.MAX_SAFE_INTEGER / 1e6];
    case "string":
      return [...TEXTS, "x".repeat(Math.min(255, room - 1))];
    case "text":
      return [...TEXTS, "ä".repeat(130), "x".repeat(room - 2)];
    case "bytes":
      return [new Uint8Array(), Uint8Array.of(0), new Uint8Array(room - 2).fill(0xff)];
    case "floats":
      return [
        new Float64Array(),
        Float64Array.from(EVERY_F32),
        Float64Array.from({ length: Math.floor((room - 2) / 4) }, (_, index) => index / 8),
      ];
    case "values":
      return [
        [],
        [["", 0]],
        EVERY_F64.map((value, index) => [`p${index}`, value]),
        Array.from({ length: Math.floor((room - 1) / 9) }, () => ["", -1]),
        [["x".repeat(Math.min(255, room - 10)), 1]],
      ];
  }
}

/** Text that is not UTF-8, as hex, and what is wrong with it. */
export const BAD_TEXT: readonly (readonly [bytes: string, why: string])[] = [
  ["80", "a continuation alone"],
  ["c3", "a sequence cut short"],
  ["e282", "a sequence cut short"],
  ["f09fa6", "a sequence cut short"],
  ["c328", "no continuation"],
  ["c080", "overlong zero"],
  ["c1bf", "overlong"],
  ["e09fbf", "overlong"],
  ["f08fbfbf", "overlong"],
  ["eda080", "a surrogate"],
  ["edbfbf", "a surrogate"],
  ["f4908080", "above U+10FFFF"],
  ["f5808080", "above U+10FFFF"],
  ["ff", "no lead byte"],
  ["4bfe6e", "no lead byte between letters"],
];
