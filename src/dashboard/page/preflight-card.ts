/** What was looked at before the first walk: collapsed when all was well. */
import type { StudyDocument } from "../../study/study-document.ts";
import { byId, element, setText } from "./element.ts";

type Record = NonNullable<StudyDocument["preflight"]>;

const MARKS = { ok: "ok", warning: "warning", missing: "refuses" } as const;

/** The one that is drawn: a card that somebody opened or closed stays so until there is another. */
let drawn: string | null = null;

export function drawPreflight({ preflight }: StudyDocument): void {
  byId("preflight-card").hidden = preflight === undefined;
  if (preflight === undefined || preflight.at === drawn) return;
  drawn = preflight.at;
  const worst = preflight.items.filter(({ result }) => result !== "ok");
  byId<HTMLDetailsElement>("preflight").open = worst.length > 0;
  setText(byId("preflight-words"), summary(preflight));
  byId("preflight-items").replaceChildren(element("tbody", {}, ...preflight.items.map(row)));
}

function summary({ at, items }: Record): string {
  const count = (result: keyof typeof MARKS): number => items.filter((one) => one.result === result).length;
  const [missing, warnings] = [count("missing"), count("warning")];
  const when = new Date(at).toLocaleTimeString();
  if (missing + warnings === 0) return `${items.length} items ok at ${when}`;
  const parts = [
    ...(missing > 0 ? [`${missing} refuse${missing === 1 ? "s" : ""}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`] : []),
  ];
  return `${parts.join(", ")} at ${when}`;
}

function row({ item, result, words, remedy }: Record["items"][number]): HTMLElement {
  return element(
    "tr",
    { class: result },
    element("td", { class: "mark" }, MARKS[result]),
    element("th", { scope: "row" }, item),
    element("td", {}, words, remedy === "" ? null : element("span", { class: "remedy" }, ` → ${remedy}`)),
  );
}
