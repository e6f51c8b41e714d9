/** A robot behind a serial port, as another terminal sees it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import { serialConfig, simulatedPort, table, workFolder } from "./gaitsmith.ts";
import { holder } from "./held-set.ts";
import { stateIn, tuned, typed } from "./in-process.ts";

describe("gaitsmith sim --serial", () => {
  for (const firmware of ["c", "ts"])
    it(`is tuned in lockstep with firmware ${firmware}, and the same seed gives the same trials`, {
      skip: firmware === "c" && WITHOUT_CC,
    }, async (t) => {
      stateIn(t, workFolder(t));
      const study = (folder: string, config: string) => tuned(folder, config, { trials: 3, seed: 7 });
      const folder = workFolder(t);
      const port = await simulatedPort(folder, "--firmware", firmware);
      assert.equal(port.introduction["firmware"], firmware);
      const first = await study(
        folder,
        serialConfig(folder, port.path, "lockstep", [[/measure: 9 s/, "measure: 1 s"]]),
      );
      await port.end();
      assert.ok(!existsSync(port.path), "its path is gone with it");
      // Another one of the same kind, in this process.
      const elsewhere = workFolder(t);
      const robot = await holder(firmware === "c" ? "serial-c" : "serial", elsewhere);
      t.after(() => robot.close());
      const second = await study(elsewhere, robot.file);
      assert.deepEqual(table(first), table(second));
      assert.deepEqual(first.champion, second.champion);
      assert.ok(first.trials.every(({ state }) => state === "completed" || state === "pruned"));
      assert.ok(first.champion !== null && first.champion.mean > 0.05);
    });

  it("says where a compiler is missing and what to do", async (t) => {
    const folder = workFolder(t);
    const environment = { CC: "no-such-compiler", GAITSMITH_CACHE_DIR: join(folder, "cache") };
    Object.assign(process.env, environment);
    t.after(() => {
      for (const name of Object.keys(environment)) delete process.env[name];
    });
    const { status, stderr } = await typed(folder, "sim", "--serial", "--firmware", "c");
    assert.equal(status, 1);
    assert.match(stderr, /no C compiler "no-such-compiler".*firmware-protocol.*gcc.*FIRMWARE_NOT_BUILT/s);
  });

  for (const [option, value, said] of [
    ["--firmware", "rust", /rust.*c or ts/s],
    ["--clock", "sundial", /sundial.*lockstep or realtime/s],
    ["--baud", "fast", /--baud fast.*921600/s],
    ["--faults", "flop=1", /flop.*flip/s],
    ["--variation", "wild", /wild/],
  ] as const)
    it(`refuses ${option} ${value}`, async (t) => {
      const { status, stderr } = await typed(workFolder(t), "sim", "--serial", option, value);
      assert.equal(status, 2, stderr);
      assert.match(stderr, said);
    });
});
