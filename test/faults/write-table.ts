/**
 * The table of docs/safety.md: fault, promise, test, and the worst figure that docs/proof.json has for it. `node
 * test/faults/write-table.ts` writes it between its two marks; `--print` only prints it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/paths.ts";
import { type Fault, GROUPS, isRetried, LINKS, type LinkName, promiseOf } from "./fault.ts";
import { FAULTS } from "./fault-table.ts";
import { PROCESS_FAULTS } from "./kinds/processes.ts";

export const SAFETY_FILE = join(packageRoot, "docs", "safety.md");
const BEGIN = "<!-- faults: begin -->";
const END = "<!-- faults: end -->";

interface Figure {
  readonly walks: number;
  readonly unsafe: number;
  readonly slowest_stop_s: number | null;
}

/** What has tests of its own, and what is promised and not tried yet. */
const ELSEWHERE: readonly (readonly [what: string, promise: string, test: string])[] = [
  [
    "the page of whoever holds the robot is closed during a walk",
    "controlled stop (`operator-gone`), nothing latches, not held against the gait, the study is paused",
    "`test/cli/holder-gone.test.ts`",
  ],
  [
    "e-stop while a person is asked for something",
    "the wait ends, and the robot is latched",
    "`test/cli/prompts.test.ts`",
  ],
  [
    "a prompt that nobody answers",
    "it waits for ever, without torque and without memory that grows",
    "`test/faults/unanswered-prompt.test.ts`",
  ],
  [
    "limits of the config that lie outside the robot's own",
    "the preflight names the limit: a warning where the robot stops walks that the config allows, a refusal where it stops every walk",
    "`test/station/study-preflight.test.ts`",
  ],
];

export function faultTable(): string {
  const figures = measured();
  const lines = ["| fault | where | promise | test | measured, worst |", "|---|---|---|---|---|"];
  for (const group of GROUPS) {
    for (const fault of [...FAULTS, ...PROCESS_FAULTS].filter((one) => one.group === group))
      for (const row of rowsOf(fault)) {
        const { links, promise } = row;
        const worst = links.map((link) => figureWords(figures.get(`${link} ${fault.id}`))).join("; ");
        const note = fault.note === undefined ? "" : `. ${fault.note}`;
        lines.push(
          `| ${fault.words} | ${links.join(", ")} | ${promise}${note} | \`${fault.id}\` (${group}) | ${worst} |`,
        );
      }
  }
  for (const [what, promise, test] of ELSEWHERE) lines.push(`| ${what} | | ${promise} | ${test} | |`);
  return lines.map((line) => line.replaceAll("\n", " ")).join("\n");
}

/** Links of one promise stand in one row. */
function rowsOf(fault: (typeof FAULTS)[number] | (typeof PROCESS_FAULTS)[number]) {
  const links = "links" in fault ? fault.links : LINKS.filter((link) => fault.strike[link] !== undefined);
  const rows = new Map<string, LinkName[]>();
  for (const link of links) {
    const words = promiseWords("links" in fault ? fault.promise : promiseOf(fault, link));
    rows.set(words, [...(rows.get(words) ?? []), link]);
  }
  return [...rows].map(([promise, of]) => ({ promise, links: of }));
}

function promiseWords(promise: Fault["promise"]): string {
  const { by, within, end, latched, refused } = promise;
  if (refused !== undefined) return `refused (\`${refused}\`) before it is armed; costs no attempt`;
  if (within === null && end.length === 1 && end[0] === "completed") return "the walk goes on";
  const stopped = within === null ? "" : `drives released within ${within} s, `;
  const retry = isRetried(promise) ? ", walked once more" : "";
  const latch = latched === "possibly" ? ", perhaps latched" : latched ? ", latched" : "";
  return `${stopped}${end.join(" or ")}${retry}${latch}: ${by.map((code) => `\`${code}\``).join(", ")}`;
}

function figureWords(figure: Figure | undefined): string {
  if (figure === undefined) return "–";
  const { walks, unsafe, slowest_stop_s } = figure;
  const slowest = slowest_stop_s === null ? "" : `, ${slowest_stop_s} s`;
  return `${unsafe} unsafe of ${walks}${slowest}`;
}

/** By link and fault. */
function measured(): ReadonlyMap<string, Figure> {
  const file = join(packageRoot, "docs", "proof.json");
  const figures = new Map<string, Figure>();
  if (!existsSync(file)) return figures;
  const { claims } = JSON.parse(readFileSync(file, "utf8")) as {
    claims: { readonly name: string; readonly measured: Readonly<Record<string, unknown>> }[];
  };
  for (const { name, measured: found } of claims) {
    const [, link] = /^faults: \w+ over (.+)$/.exec(name) ?? [];
    if (link === undefined) continue;
    for (const one of found["faults"] as (Figure & { readonly fault: string })[])
      figures.set(`${link} ${one.fault}`, one);
  }
  return figures;
}

/** The document with the table in it; null when it has no place for it. */
export function withTable(document: string): string | null {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) return null;
  return `${document.slice(0, begin + BEGIN.length)}\n\n${faultTable()}\n\n${document.slice(end)}`;
}

if (import.meta.main) {
  const written = existsSync(SAFETY_FILE) ? withTable(readFileSync(SAFETY_FILE, "utf8")) : null;
  if (process.argv.includes("--print") || written === null) console.log(faultTable());
  else writeFileSync(SAFETY_FILE, written);
}
