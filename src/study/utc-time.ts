/**
 * Times as Optuna 5 keeps them in a database: naive UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. (Optuna up to 4.9 writes
 * local time in the same form; nothing in a file tells which. We read what we write: UTC.)
 */

export function utcText(date: Date): string {
  return `${date.toISOString().slice(0, -1).replace("T", " ")}000`;
}

/** @returns null for an empty column; microseconds are cut to milliseconds */
export function utcDate(text: string | null): Date | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?/u.exec(text ?? "");
  if (match === null) return null;
  const milliseconds = (match[3] ?? "").padEnd(3, "0").slice(0, 3);
  return new Date(`${match[1]}T${match[2]}.${milliseconds}Z`);
}
