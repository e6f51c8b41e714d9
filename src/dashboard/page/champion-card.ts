/** The parameter set we would hand over now, with how sure we are and how it compares with the gait to beat. */
import type { Estimate, StudyDocument } from "../../study/study-document.ts";
import { element } from "./element.ts";
import { figure, parameterFigure, percent, scaleOf, spaced } from "./figures.ts";
import { gainOver } from "./gain.ts";
import { estimateWords } from "./history-chart.ts";

export function drawChampion(box: HTMLElement, study: StudyDocument): void {
  const { champion, baseline } = study;
  if (champion === null) {
    box.replaceChildren(element("p", { class: "empty" }, "No champion yet: it takes a few completed walks."));
    return;
  }
  box.replaceChildren(
    element(
      "p",
      { class: "figure" },
      element("strong", {}, figure(champion.mean)),
      ` ± ${figure((champion.ci95[1] - champion.ci95[0]) / 2, 2)}`,
      element("small", {}, ` reward, 95 % interval, ${walks(champion.n)}`),
    ),
    (baseline === null ? null : comparison(champion, baseline, study)) ?? "",
    parameterTable(study, champion, baseline),
    element("p", { class: "hint" }, `reward = ${study.reward}, ${study.direction}d`),
  );
}

function comparison(champion: Estimate, baseline: Estimate, study: StudyDocument): HTMLElement | null {
  const gain = gainOver(champion, baseline, study.direction);
  if (gain === null) return null;
  const sure = gain.low > 0 ? "better" : gain.high < 0 ? "worse" : "not yet distinguishable";
  return element(
    "p",
    {
      class: `gain ${sure === "better" ? "better" : sure === "worse" ? "worse" : "open"}`,
      "data-testid": "gain",
    },
    element("strong", {}, percent(gain.mean)),
    element(
      "span",
      {},
      `against the baseline ${estimateWords(baseline)} (${walks(baseline.n)}), `,
      element("span", { class: "nobreak" }, `95 % interval ${percent(gain.low)} to ${percent(gain.high)}: `),
      element("b", {}, sure),
    ),
  );
}

function parameterTable(study: StudyDocument, champion: Estimate, baseline: Estimate | null): HTMLElement {
  const rows = Object.entries(champion.params).map(([name, value]) => {
    const other = baseline?.params[name];
    const scale = scaleOf(study.units[name] ?? "", [value, other]);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, spaced(name)),
      element("td", { class: "strong" }, parameterFigure(value, scale)),
      baseline === null ? null : element("td", {}, parameterFigure(other, scale)),
      element("td", { class: "unit" }, scale.unit),
    );
  });
  return element(
    "table",
    { class: "parameters" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, "Parameter"),
        element("th", { scope: "col" }, "champion"),
        baseline === null ? null : element("th", { scope: "col" }, "baseline"),
        element("th", { scope: "col" }, "unit"),
      ),
    ),
    element("tbody", {}, ...rows),
  );
}

function walks(n: number): string {
  return n === 1 ? "1 walk" : `${n} walks`;
}
