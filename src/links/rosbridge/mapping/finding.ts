/** What a check of a rosbridge link found: for `open()`, which refuses errors, and for `gaitsmith check`, which shows all. */
import { fail } from "../../../errors.ts";

export interface Finding {
  /** An error keeps the robot from being driven; a warning is to be looked at; a note only tells. */
  readonly severity: "error" | "warning" | "note";
  /** File, line and field. */
  readonly where: string;
  /** One sentence without a full stop. */
  readonly what: string;
  /** What to do, an imperative sentence. */
  readonly remedy: string;
}

/** A name or path that is not right, before it is known how bad that is. */
export interface Mismatch {
  readonly ok: false;
  readonly what: string;
  readonly remedy: string;
}

export function mismatch(what: string, remedy: string): Mismatch {
  return { ok: false, what, remedy };
}

export function errorAt(where: string, { what, remedy }: Pick<Mismatch, "what" | "remedy">): Finding {
  return { severity: "error", where, what, remedy };
}

/** @throws CONFIG_INVALID with every error among them, in their order */
export function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1)
    fail("CONFIG_INVALID", { what: first.what, where: first.where, remedy: first.remedy, cause: errors });
  const list = errors.map(({ where, what, remedy }) => `  ${where}  ${what}. ${remedy}`);
  fail("CONFIG_INVALID", {
    what: `${errors.length} things do not fit:\n${list.join("\n")}`,
    remedy: "Correct them and try again; nothing was sent to the robot.",
    cause: errors,
  });
}
