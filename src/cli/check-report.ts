/** What a conformance check found: for people, as JSON, and as JUnit XML for CI. */

import type { ProtocolReport } from "../links/serial/check/check.ts";
import type { Finding } from "../links/serial/check/clause.ts";

const MARKS: Readonly<Record<Finding["result"], string>> = { pass: "pass", fail: "FAIL", skipped: "skip" };

function counts({ findings }: ProtocolReport): Readonly<Record<Finding["result"], number>> {
  const of = (result: Finding["result"]): number => findings.filter((one) => one.result === result).length;
  return { pass: of("pass"), fail: of("fail"), skipped: of("skipped") };
}

/** The report as one JSON document. `passed`: nothing failed, and it was not interrupted. */
export function documentOf(report: ProtocolReport): ProtocolReport & {
  readonly passed: boolean;
  readonly counts: Readonly<Record<Finding["result"], number>>;
} {
  const found = counts(report);
  return { passed: found.fail === 0 && !report.interrupted, counts: found, ...report };
}

/** One line per clause; below a failed one what was expected and what to do. Of a silent robot's no more than what was tried. */
export function textOf(report: ProtocolReport): string {
  const { robot, findings, interrupted } = report;
  const told = robot === null ? findings.filter(({ result }) => result !== "skipped") : findings;
  const width = Math.max(...told.map(({ id }) => id.length));
  const lines = told.flatMap(({ id, section, result, measured, expected, remedy }) => [
    `${MARKS[result]}  §${String(section).padEnd(2)}  ${id.padEnd(width)}  ${measured}`,
    ...(result === "fail" ? [`           expected: ${expected}`, `           do: ${remedy}`] : []),
  ]);
  const who =
    robot === null ? "no robot answered" : `${robot.id}, ${robot.firmware}, protocol ${robot.protocol}`;
  const { pass, fail, skipped } = counts(report);
  const untold = findings.filter((finding) => !told.includes(finding));
  if (untold.length > 0) lines.push(`${untold.length} clauses skipped: ${untold[0]!.measured}`);
  const sum = `${pass} passed, ${fail} failed, ${skipped} skipped${interrupted ? "; interrupted" : ""}`;
  return `${[who, ...lines, sum].join("\n")}\n`;
}

/** As Jenkins, GitLab and others read it. */
export function junitOf(report: ProtocolReport): string {
  const { robot, findings } = report;
  const { fail, skipped } = counts(report);
  const seconds = findings.reduce((sum, finding) => sum + finding.seconds, 0);
  const cases = findings.map((finding) => {
    const { id, section, result, measured, expected, remedy } = finding;
    const head = `    <testcase classname="protocol.section${section}" name="${escapeXml(id)}" time="${finding.seconds.toFixed(3)}"`;
    if (result === "skipped")
      return `${head}>\n      <skipped message="${escapeXml(measured)}"/>\n    </testcase>`;
    if (result === "fail")
      return [
        `${head}>`,
        `      <failure message="${escapeXml(measured)}">expected: ${escapeXml(expected)}`,
        `do: ${escapeXml(remedy)}</failure>`,
        "    </testcase>",
      ].join("\n");
    return `${head}>\n      <system-out>${escapeXml(measured)}</system-out>\n    </testcase>`;
  });
  const name = robot === null ? "serial protocol" : `serial protocol of ${robot.id}, ${robot.firmware}`;
  const sums = `tests="${findings.length}" failures="${fail}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${sums}>`,
    `  <testsuite name="${escapeXml(name)}" ${sums}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** What XML 1.0 cannot hold at all (a robot's words may be anything) becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"'\n\r\t]/g, (character) => ENTITIES[character]!);
}
