/** One question on the terminal, answered by y or anything else. Nothing is taken for yes by default. */
import { createInterface } from "node:readline/promises";

/** @param signal aborted: nobody waits for the answer any longer, which is no */
export async function yesOrNo(question: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`? ${question} [y/N] `, { signal }), closed]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if ((error as Error).name === "AbortError") return false;
    throw error;
  } finally {
    lines.close();
  }
}
