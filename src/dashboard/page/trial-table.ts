/** The table of trials, newest first, with the reason each one ended and, on demand, all that is known of it. */
import type { StudyDocument, TrialDocument } from "../../study/study-document.ts";
import { element, icon } from "./element.ts";
import { figure, parameterFigure, type Scale, scaleOf, spaced } from "./figures.ts";
import { MARKS, reasonWords, STAR } from "./outcomes.ts";
import { trialDetails } from "./trial-details.ts";

/** Rows at first; a person asks for the rest. */
const FIRST_ROWS = 50;

export class TrialTable {
  readonly #head = element("thead");
  readonly #body = element("tbody");
  readonly #more: HTMLElement;
  readonly #onSelect: (trial: number | null) => void;
  /** Row and what it was made from: a row is only made again when its trial changed. */
  readonly #rows = new Map<number, { readonly row: HTMLElement; readonly made: string }>();
  #columns = "";
  #all = false;
  #shown: { readonly study: StudyDocument; readonly selected: number | null } | null = null;

  constructor(table: HTMLElement, more: HTMLElement, onSelect: (trial: number | null) => void) {
    table.append(element("caption", { class: "unseen" }, "Trials, newest first"), this.#head, this.#body);
    this.#more = more;
    this.#onSelect = onSelect;
  }

  draw(study: StudyDocument, selected: number | null): void {
    this.#shown = { study, selected };
    const names = [...new Set(study.trials.flatMap((trial) => Object.keys(trial.params)))];
    const scales = new Map(
      names.map((name) => [
        name,
        scaleOf(
          study.units[name] ?? "",
          study.trials.map((trial) => trial.params[name]),
        ),
      ]),
    );
    this.#drawHead(names, scales);

    const champion = study.champion === null ? null : championTrial(study);
    const newest = study.trials.toReversed();
    const shown = this.#all
      ? newest
      : newest.filter((trial, index) => index < FIRST_ROWS || trial.number === selected);
    const rows = shown.flatMap((trial) => {
      const row = this.#row(trial, names, scales, trial.number === champion, trial.number === selected);
      return trial.number === selected
        ? [row, detailRow(trialDetails(trial, study, scales), names.length + 5, trial.number)]
        : [row];
    });
    if (rows.length === 0)
      rows.push(
        element("tr", {}, element("td", { colspan: names.length + 5, class: "empty" }, "No trial yet.")),
      );
    const focused = document.activeElement?.closest("tr")?.dataset["trial"];
    this.#body.replaceChildren(...rows);
    if (focused !== undefined)
      this.#body.querySelector<HTMLElement>(`tr[data-trial="${focused}"]`)?.focus({ preventScroll: true });
    this.#drawMore(newest.length, shown.length);
  }

  #drawHead(names: readonly string[], scales: ReadonlyMap<string, Scale>): void {
    const columns = JSON.stringify([...scales]);
    if (columns === this.#columns && this.#head.childElementCount > 0) return;
    this.#columns = columns;
    this.#rows.clear();
    const parameter = (name: string): HTMLElement => {
      const unit = scales.get(name)?.unit ?? "";
      return element("th", { scope: "col", class: "number" }, spaced(name), element("small", {}, unit));
    };
    this.#head.replaceChildren(
      element(
        "tr",
        {},
        element("th", { scope: "col", class: "number" }, "Trial"),
        element("th", { scope: "col" }, "Outcome"),
        element("th", { scope: "col" }, "Why it ended"),
        element("th", { scope: "col", class: "number" }, "Reward"),
        ...names.map(parameter),
        element("th", { scope: "col", class: "number" }, "Walked", element("small", {}, "s")),
      ),
    );
  }

  #row(
    trial: TrialDocument,
    names: readonly string[],
    scales: ReadonlyMap<string, Scale>,
    champion: boolean,
    selected: boolean,
  ): HTMLElement {
    const made = JSON.stringify([trial, champion, selected]);
    const known = this.#rows.get(trial.number);
    if (known?.made === made) return known.row;
    const mark = MARKS[trial.state];
    const row = element(
      "tr",
      {
        class: champion ? "champion" : null,
        "data-trial": trial.number,
        "data-testid": `trial-${trial.number}`,
        tabindex: 0,
        "aria-expanded": String(selected),
      },
      element(
        "td",
        { class: "number strong" },
        champion ? icon(STAR.path, STAR.color, STAR.filled) : null,
        champion ? element("span", { class: "unseen" }, "champion ") : null,
        String(trial.number),
      ),
      element(
        "td",
        { class: "outcome" },
        icon(mark.path, mark.color, mark.filled),
        mark.word,
        roleWords(trial) === "" ? null : element("small", {}, roleWords(trial)),
      ),
      element("td", { class: "reason" }, reasonWords(trial)),
      element("td", { class: "number strong" }, figure(trial.value)),
      ...names.map((name) =>
        element(
          "td",
          { class: "number" },
          parameterFigure(trial.params[name], scales.get(name) ?? { unit: "", factor: 1 }),
        ),
      ),
      element("td", { class: "number" }, trial.duration_s > 0 ? trial.duration_s.toFixed(1) : "–"),
    );
    const select = (): void => this.#onSelect(selected ? null : trial.number);
    row.addEventListener("click", select);
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter") select();
    });
    this.#rows.set(trial.number, { row, made });
    return row;
  }

  #drawMore(all: number, shown: number): void {
    if (shown >= all) {
      this.#more.replaceChildren();
      return;
    }
    const button = element("button", { type: "button", class: "plain" }, `Show all ${all} trials`);
    button.addEventListener("click", () => {
      this.#all = true;
      if (this.#shown !== null) this.draw(this.#shown.study, this.#shown.selected);
    });
    this.#more.replaceChildren(button);
  }
}

function detailRow(details: HTMLElement, columns: number, trial: number): HTMLElement {
  return element(
    "tr",
    { class: "details", "data-testid": `details-${trial}` },
    element("td", { colspan: columns }, details),
  );
}

/** The newest trial with the champion's parameters. */
function championTrial(study: StudyDocument): number | null {
  const key = (params: TrialDocument["params"]): string => JSON.stringify(Object.entries(params).sort());
  const wanted = study.champion === null ? "" : key(study.champion.params);
  return study.trials.findLast((trial) => key(trial.params) === wanted)?.number ?? null;
}

function roleWords({ role, attempt }: TrialDocument): string {
  const words =
    role === "seed-gait"
      ? "seed gait"
      : role === "drift-check"
        ? "drift check"
        : role === "suggested"
          ? ""
          : role;
  return attempt > 1 ? `${words} tried again`.trim() : words;
}
