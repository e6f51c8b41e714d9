/** A set that a robot behind a link keeps over the power and gives back: the same over every link. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRosbridgePeer } from "../../sim/rosbridge/rosbridge-peer.ts";
import { BareBody } from "../../sim/serial/bare-body.ts";
import { openCPeer } from "../../sim/serial/c-peer.ts";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import type { ApplyReport } from "../../src/processes/apply.ts";
import { backupsOf } from "../../src/processes/apply.ts";
import type { ParameterRow } from "../../src/service/apply/parameter-comparison.ts";
import { rosbridgeConfig, serialConfig } from "./gaitsmith.ts";
import { applied, reverted } from "./in-process.ts";

export const HOLDERS = ["serial", "serial-c", "rosbridge-1", "rosbridge-2"] as const;
export type Holder = (typeof HOLDERS)[number];

/** Walks that only show that there was one. */
export const SHORT = [[/measure: 9 s/, "measure: 1 s"]] as const;

/** A robot in this process that keeps what is stored, in lockstep. @returns its config and an end to it */
export async function holder(
  kind: Holder,
  folder: string,
  variant = "nominal",
): Promise<{ readonly file: string; close(): Promise<void> }> {
  const clock = new ManualClock();
  const world = { variant, variation: "mild" } as const;
  if (kind === "serial-c") {
    const robotId = "simulated-elastic-quadruped";
    const peer = await openCPeer(await BareBody.load({ ...world, clock: "lockstep" }), {
      robotId,
      clock: "lockstep",
    });
    return { file: serialConfig(folder, peer.path, "lockstep", SHORT), close: () => peer.close() };
  }
  const body = await openSimulatedRobot({ ...world, stationClock: clock });
  if (kind === "serial") {
    const peer = await openSerialPeer(body, { clock });
    return { file: serialConfig(folder, peer.path, "lockstep", SHORT), close: () => peer.close() };
  }
  const peer = await openRosbridgePeer(body, { clock, ros: kind === "rosbridge-1" ? 1 : 2 });
  return { file: rosbridgeConfig(folder, peer.url, "lockstep", SHORT), close: () => peer.close() };
}

/** Parameters that every test robot walks with, other than the seed gait's. */
export function parameterFile(folder: string): string {
  const file = join(folder, "gait.yaml");
  writeFileSync(file, "step_length: 45 mm\n");
  return file;
}

/** The seed gait as a parameter file. */
export function seedFile(folder: string): string {
  const file = join(folder, "seed.yaml");
  writeFileSync(file, "{}\n");
  return file;
}

export function unchanged(parameters: readonly Pick<ParameterRow, "current" | "proposed">[]): boolean {
  return parameters.every(({ current, proposed }) => current === proposed);
}

/** Applied, walked, taken back, and the taking back taken back. @throws AssertionError */
export async function keepsAndTakesBack(folder: string, file: string): Promise<void> {
  const [seed, gait] = [seedFile(folder), parameterFile(folder)];
  const rows = ({ proposal }: ApplyReport): readonly ParameterRow[] => proposal.rows;
  const first = await applied(folder, file, { params: seed, testWalk: false });
  assert.deepEqual([first.state, first.stored], ["kept", true], first.words);
  assert.ok(rows(first).every(({ current }) => current === null));
  const second = await applied(folder, file, { params: gait });
  assert.deepEqual(
    [second.state, second.stored, second.walk?.end],
    ["kept", true, "completed"],
    second.words,
  );
  const step = rows(second).find(({ name }) => name === "step_length")!;
  const before = readHardwareConfig(file).seedGait["step_length"] as number;
  assert.ok(Math.abs(step.current! - 1000 * before) < 1e-9 && step.proposed === 45);
  const back = await reverted(folder, file);
  assert.deepEqual([back.state, back.stored], ["reverted", true], back.words);
  const held = await applied(folder, file, { params: seed, dryRun: true });
  assert.ok(unchanged(rows(held)), "it holds what it had");
  // Taking a revert back is an apply once more.
  const again = await reverted(folder, file);
  assert.equal(again.state, "reverted");
  assert.ok(unchanged(again.rows) === false);
  assert.ok(unchanged(rows(await applied(folder, file, { params: gait, dryRun: true }))));
  assert.deepEqual(
    backupsOf(readHardwareConfig(file), join(folder, "studies.db"))
      .map(({ kind, state }) => `${kind} ${state}`)
      .sort(),
    ["apply dry-run", "apply dry-run", "apply kept", "apply kept", "revert kept", "revert kept"],
  );
}
