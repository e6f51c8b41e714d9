/**
 * JSON as Python's `json` writes and reads it, which is what Optuna keeps in its `value_json` columns: the tokens
 * NaN, Infinity and -Infinity stand for the numbers that JSON has no word for.
 */
import type { JsonValue } from "../optimizer/trial.ts";

/** Lossless for every {@link JsonValue}: non-finite numbers and −0 survive. */
export function stringifyPython(value: unknown): string {
  if (typeof value === "number") return numberToken(value);
  if (Array.isArray(value)) return `[${value.map(stringifyPython).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}: ${stringifyPython(one)}`).join(", ")}}`;
  }
  return value === undefined ? "null" : JSON.stringify(value);
}

/** @throws SyntaxError when the text is neither JSON nor Python's dialect of it */
export function parsePython(text: string): JsonValue {
  if (!/NaN|Infinity/u.test(text)) return JSON.parse(text) as JsonValue;
  // Every string gets a mark of one kind and every token one of the other, so neither can be taken for the other.
  const marked = text.replace(/"((?:[^"\\]|\\.)*)"|-?Infinity|NaN/gu, (token, inside?: string) =>
    inside === undefined ? `"#${token}"` : `"'${inside}"`,
  );
  return unmarked(JSON.parse(marked));
}

function unmarked(value: unknown): JsonValue {
  if (typeof value === "string") return value.startsWith("#") ? NUMBERS[value.slice(1)]! : value.slice(1);
  if (Array.isArray(value)) return value.map(unmarked);
  if (value === null || typeof value !== "object") return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.slice(1), unmarked(one)]));
}

/** A float as Python prints it: a whole number keeps its `.0`, so that it is read back as a float. */
export function pythonFloat(value: number): string {
  const token = numberToken(value);
  return /^-?\d+$/u.test(token) ? `${token}.0` : token;
}

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function numberToken(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}
