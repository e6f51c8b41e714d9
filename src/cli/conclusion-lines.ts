/** What a study's trials say beside the champion, as lines to read. */
import type { StudyConclusions } from "../study/study-conclusions.ts";

export function conclusionLines({
  importance,
  edge_warnings,
  passed_over,
  stopping_advice,
}: StudyConclusions): string[] {
  const lines: string[] = [];
  if (passed_over !== null) lines.push(`passed over  ${passed_over.words}`);
  const shares = Object.entries(importance);
  if (shares.length > 0) {
    const parts = shares.map(([name, share]) => `${name} ${(100 * share).toFixed(0)} %`);
    lines.push(`importance   ${parts.join(", ")}  (PED-ANOVA: for being among the best)`);
  }
  for (const { words } of edge_warnings) lines.push(`on the edge  ${words}`);
  if (stopping_advice !== null) lines.push(`going on?    ${stopping_advice.words}`);
  return lines;
}
