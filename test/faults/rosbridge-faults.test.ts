/** Servers, topics and clients that fail in mid-walk: the robot stops, nothing is lost, and it is said what it was. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configOf, DEAD_MAN, RosbridgeBench } from "./rosbridge-bench.ts";
import { FAULTS } from "./rosbridge-faults.ts";
import { studySeedGait } from "./study-in-process.ts";

/** The robot looks at its dead-man every 10 ms, and the last keepalive may come a little after the fault. */
const SLACK = 0.15;

describe("in mid-walk", { concurrency: 3 }, () => {
  for (const { name, strike, codes, words } of FAULTS)
    it(name, async () => {
      const bench = await RosbridgeBench.open();
      try {
        const studied = studySeedGait(configOf(bench));
        // What is thrown while the fault is waited for is told by it.
        studied.catch(() => {});
        await Promise.race([bench.walking(1.2), studied]);
        const { x } = bench.body.truth();
        const mend = strike(bench);
        if (codes.length > 0) {
          const took = await bench.until(() => !bench.driven, 5);
          assert.ok(took <= DEAD_MAN.settleAfter + SLACK, `it stopped after ${took} s`);
          await bench.until(() => bench.body.state === "off", 3);
          assert.ok(bench.body.truth().x - x < 0.25, "it came to rest where it was");
        }
        const mended = codes.length > 0 ? mend() : studied.then(mend);
        const { trials, failures, logs } = await studied;
        await mended;
        console.log(
          name,
          trials.map(({ reason }) => JSON.stringify(reason)),
          logs,
          failures,
        );
        const told = [
          ...logs,
          ...failures.map(({ message }) => message),
          ...trials.map(({ reason }) => reason?.words ?? ""),
        ].join("\n");
        assert.match(told, words);
        assert.deepEqual(
          trials.map(({ suggestion, attempt, state }) => ({ suggestion, attempt, state })),
          codes.length === 0
            ? [{ suggestion: 0, attempt: 1, state: "completed" }]
            : [
                { suggestion: 0, attempt: 1, state: "interrupted" },
                { suggestion: 0, attempt: 2, state: "completed" },
              ],
        );
        if (codes.length > 0) assert.ok(codes.includes(trials[0]!.reason!.code), trials[0]!.reason!.code);
        assert.equal(trials.at(-1)!.reports.length, 2);
        for (const { where, remedy } of failures)
          assert.ok(where !== undefined && remedy !== undefined, `where: ${where}; remedy: ${remedy}`);
      } finally {
        await bench.close();
      }
    });
});
