/** One question on the terminal, answered by y or anything else. Nothing is taken for yes by default. */
import { createInterface } from "node:readline";

/** A line that comes sooner was typed before the question could be read: no answer to it, ms. */
const UNREAD_MS = 300;

/** @param signal aborted: nobody waits for the answer any longer, which is no */
export function yesOrNo(question: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  const ask = (): void => void process.stderr.write(`? ${question} [y/N] `);
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false });
    const settle = (answer: boolean): void => {
      signal.removeEventListener("abort", onAbort);
      lines.off("close", onClose);
      lines.close();
      resolve(answer);
    };
    const onAbort = (): void => settle(false);
    const onClose = (): void => settle(false);
    const shown = performance.now();
    signal.addEventListener("abort", onAbort);
    lines.once("close", onClose);
    lines.on("line", (line) => {
      if (performance.now() - shown < UNREAD_MS) ask();
      else settle(/^\s*y(es)?\s*$/i.test(line));
    });
    ask();
  });
}
