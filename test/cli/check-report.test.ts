import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, escapeXml, junitOf, textOf } from "../../src/cli/check-report.ts";
import type { ProtocolReport } from "../../src/links/serial/check/check.ts";
import { xmlProblem } from "./xml.ts";

const NASTY = `<a href="x">&amp; 'it'\u0000\u001b[31m ]]> \ud800 \u{1f916}\n`;

const REPORT: ProtocolReport = {
  robot: { id: NASTY, firmware: NASTY, protocol: 1, schema: 1, sameSchema: false },
  moved: false,
  interrupted: false,
  findings: (["pass", "fail", "skipped"] as const).map((result) => ({
    id: `clause.${result}`,
    section: 4,
    expected: NASTY,
    remedy: NASTY,
    result,
    measured: NASTY,
    seconds: 0.25,
  })),
};

test("JUnit XML is well formed whatever the robot says", () => {
  const xml = junitOf(REPORT);
  assert.equal(xmlProblem(xml), null);
  assert.match(xml, /<testsuite name="[^"]*" tests="3" failures="1" errors="0" skipped="1" time="0\.750">/);
  assert.match(xml, /<testcase classname="protocol\.section4" name="clause\.fail" time="0\.250">/);
  assert.equal(escapeXml("a\u0000\ud800\n"), "a\ufffd\ufffd&#10;");
});

test("what is not well formed is seen", () => {
  for (const wrong of [
    "<a>",
    "<a></b>",
    "<a>&</a>",
    '<a b="<"/>',
    "<a>\u0000</a>",
    "<a/><b/>",
    "<a>&nbsp;</a>",
  ])
    assert.notEqual(xmlProblem(wrong), null, wrong);
  assert.equal(xmlProblem('<?xml version="1.0"?><a b="&lt;"><c/>&amp;</a>\n'), null);
});

test("a document has passed when nothing failed and nobody interrupted", () => {
  const of = (report: Partial<ProtocolReport>): boolean => documentOf({ ...REPORT, ...report }).passed;
  const passing = REPORT.findings.filter(({ result }) => result !== "fail");
  assert.equal(of({}), false);
  assert.equal(of({ findings: passing }), true);
  assert.equal(of({ findings: passing, interrupted: true }), false);
});

test("text says of a failure what was expected and what to do", () => {
  const [finding] = REPORT.findings.slice(1, 2);
  const failing = { ...finding!, id: "a.b", measured: "seen", expected: "wanted", remedy: "mend it" };
  const text = textOf({ ...REPORT, findings: [{ ...failing, id: "longer.name", result: "pass" }, failing] });
  assert.match(text, /^pass {2}§4 {3}longer\.name {2}seen$/m);
  assert.match(text, /^FAIL {2}§4 {3}a\.b {10}seen\n +expected: wanted\n +do: mend it$/m);
  assert.match(text, /^1 passed, 1 failed, 0 skipped$/m);
});

test("text says once that a silent robot's clauses were skipped, the documents each of them", () => {
  const finding = { ...REPORT.findings[0]!, expected: "", remedy: "plug it in" };
  const silent: ProtocolReport = {
    ...REPORT,
    robot: null,
    findings: [
      { ...finding, id: "hello.answered", result: "fail", measured: "no answer" },
      ...Array.from({ length: 77 }, (_, index) => ({
        ...finding,
        id: `clause.${index}`,
        result: "skipped" as const,
        measured: "the robot does not answer",
      })),
    ],
  };
  const text = textOf(silent);
  assert.match(text, /^FAIL {2}§4 {3}hello\.answered {2}no answer$/m);
  assert.match(text, /^ +do: plug it in\n77 clauses skipped: the robot does not answer\n0 passed, 1 failed/m);
  assert.doesNotMatch(text, /clause\.0/);
  const untried = silent.findings.map((one) => ({
    ...one,
    result: "skipped" as const,
    measured: "interrupted",
  }));
  assert.match(
    textOf({ ...silent, interrupted: true, findings: untried }),
    /^78 clauses skipped: interrupted\n0 passed, 0 failed, 78 skipped; interrupted$/m,
  );
  assert.equal(junitOf(silent).match(/<skipped /g)?.length, 77);
  assert.equal(documentOf(silent).findings.length, 78);
});
