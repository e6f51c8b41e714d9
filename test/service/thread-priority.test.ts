/** What computes for long gives way to what watches a robot. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { test } from "node:test";
import { SamplerHost } from "../../src/service/sampler-host.ts";
import { simulatedConfig } from "../station/station-process.ts";

/** Of every thread of this process; proc(5), the nineteenth field of `stat`. */
const priorities = (): number[] =>
  readdirSync("/proc/self/task").map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
  });

test("the sampler's thread is the least urgent, and only that one", {
  skip: process.platform === "linux" ? false : "elsewhere a priority is the whole process's",
}, async () => {
  const usual = getPriority();
  const before = priorities().filter((nice) => nice > usual).length;
  const host = new SamplerHost({
    ...{ config: simulatedConfig, direction: "maximize", seed: 1, constraints: [], constraintCount: 0 },
    sampler: { name: "random", options: {} },
  });
  await host.ask([], 0);
  const after = priorities();
  await host.close();
  assert.equal(after.filter((nice) => nice > usual).length, before + 1, after.join(" "));
  assert.equal(Math.max(...after), 19);
  assert.equal(getPriority(), usual);
});
