/** What a person types between steps. */

export type StepAnswer =
  | { readonly answer: "go-on" }
  | { readonly answer: "skip"; readonly note: string }
  | { readonly answer: "redo" }
  | { readonly answer: "stop" };

/** Enter goes on; `s why` skips; `r` does it again; `q` stops for today, as does a terminal that is gone. */
export function readStepAnswer(typed: string | null): StepAnswer {
  if (typed === null) return { answer: "stop" };
  const [, word = "", note = ""] = /^(\S*)\s*(.*)$/u.exec(typed.trim()) ?? [];
  switch (word.toLowerCase()) {
    case "s":
    case "skip":
      return { answer: "skip", note };
    case "r":
    case "redo":
      return { answer: "redo" };
    case "q":
    case "quit":
    case "stop":
      return { answer: "stop" };
    default:
      return { answer: "go-on" };
  }
}
