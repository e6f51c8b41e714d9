import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { finishedPeers } from "../../src/optimizer/pruners/finished-peers.ts";
import type { Report } from "../../src/optimizer/trial.ts";
import { curve } from "./curves.ts";

const { NaN: nan } = Number;

describe("finished peers", () => {
  it("are looked up by step, also where steps are missing", () => {
    const late = [2, 3, 5, 9].map((step) => ({ step, value: step * 10, time: step + 0.25 }));
    const peers = [
      curve([1, 2, 3]),
      curve([7, 7, 7], { state: "pruned" }),
      curve([], { reports: late }),
      curve([]),
      curve([4]),
    ];
    const finished = finishedPeers()(peers);
    const at = (step: number) => {
      const { rows, values, times, earliest, latest } = finished.at(step);
      return { rows: [...rows], values: [...values], times: [...times], earliest, latest };
    };
    assert.deepEqual(at(2), {
      rows: [0, 1],
      values: [2, 20],
      times: [2, 2.25],
      earliest: 2,
      latest: 2.25,
    });
    assert.deepEqual(
      [at(1).rows, at(1).values],
      [
        [0, 3],
        [1, 4],
      ],
    );
    assert.deepEqual(at(5).values, [50]);
    assert.deepEqual(at(9).values, [90]);
    const nobody = { rows: [], values: [], times: [], earliest: Infinity, latest: -Infinity };
    for (const step of [0, 4, 6, 10]) assert.deepEqual(at(step), nobody);
  });

  it("have means up to any step, asked for in any order", () => {
    const finished = finishedPeers()([curve([1, nan, 4]), curve([nan, 2]), curve([nan])]);
    const expected: Readonly<Record<number, readonly number[]>> = {
      0: [nan, nan, nan],
      1: [1, nan, nan],
      2: [1, 2, nan],
      3: [2.5, 2, nan],
      4: [2.5, 2, nan],
    };
    for (const step of [1, 2, 2, 4, 3, 0, 3, 1]) {
      assert.deepEqual([...finished.meansUpTo(step)], expected[step], `up to step ${step}`);
    }
  });

  it("are kept while they are the same, and found anew when one is added, replaced or reports on", () => {
    const find = finishedPeers();
    const growing: Report[] = [{ step: 1, value: 1, time: 1 }];
    const first = curve([1, 2]);
    const peers = [first, curve([3], { state: "running" })];
    const known = find(peers);
    assert.equal(find([{ ...first, number: 9 }]), known);
    peers.push({ ...first, reports: growing });
    const more = find(peers);
    assert.equal(more.curves.length, 2);
    assert.equal(find([...peers]), more);
    assert.equal(more.at(2).values.length, 1);
    growing.push({ step: 2, value: 5, time: 2 });
    assert.deepEqual([...find(peers).at(2).values], [2, 5]);
    peers[0] = curve([8, 9]);
    assert.deepEqual([...find(peers).at(2).values], [9, 5]);
    assert.deepEqual(find([]).curves, []);
  });
});
