/** Numbers in Optuna's value tables: a float and a type by name, the float NULL unless it is finite. */
import type { ValueType } from "./optuna-schema.ts";

export interface EncodedNumber<Type> {
  readonly number: number | null;
  readonly type: Type;
}

export function encodeIntermediate(value: number): EncodedNumber<ValueType | "NAN"> {
  if (Number.isNaN(value)) return { number: null, type: "NAN" };
  return encodeValue(value);
}

/** @param value anything but NaN, which Optuna has no type for */
export function encodeValue(value: number): EncodedNumber<ValueType> {
  if (Number.isFinite(value)) return { number: value, type: "FINITE" };
  return { number: null, type: value > 0 ? "INF_POS" : "INF_NEG" };
}

export function decodeNumber(number: number | null, type: ValueType | "NAN"): number {
  switch (type) {
    case "FINITE":
      return number ?? Number.NaN;
    case "INF_POS":
      return Number.POSITIVE_INFINITY;
    case "INF_NEG":
      return Number.NEGATIVE_INFINITY;
    case "NAN":
      return Number.NaN;
  }
}
