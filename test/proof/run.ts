/**
 * `npm run test:proof -- [--seeds N] [--only text]`: every claim of the documents at full size. Can be stopped at any
 * time and goes on where it was; writes docs/proof.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/paths.ts";
import { keepsSetsOverEveryLink } from "./apply-claims.ts";
import { type Claim, championsAreGood, pruningSavesWalking, tuningIsSpecificToSprings } from "./claims.ts";
import { FAULT_CLAIMS } from "./fault-claims.ts";
import { losesNothingToAFullDisk } from "./full-disk-claim.ts";
import { libraryKeepsItsPromises } from "./fuzz-claim.ts";
import { survivesKills } from "./killed-study.ts";
import { everySafetyMutantIsKilled } from "./mutation-claim.ts";
import { championsOverPoorNetworks, realTimeChampions, sameTableOverRosbridge } from "./rosbridge-claims.ts";
import { recordingsShowTheStop, sameSeedSameTable } from "./run-claims.ts";
import { deadManStopsTheBody, survivesUnplugging, tunesOverSerial } from "./serial-claims.ts";
import { keepsItsWordOnFaultyLines } from "./serial-faults.ts";
import { waitsForAnAnswer } from "./unanswered-prompt-claim.ts";

const { values } = parseArgs({ options: { seeds: { type: "string" }, only: { type: "string" } } });
const seeds = (full: number): number =>
  values.seeds === undefined ? full : Math.min(full, Number(values.seeds));

const proofs: readonly (readonly [name: string, prove: () => Promise<Claim[]>])[] = [
  ["champions", () => championsAreGood(seeds(20))],
  ["springs", () => tuningIsSpecificToSprings()],
  ["same seed", sameSeedSameTable],
  ["recordings", recordingsShowTheStop],
  ["full disk", () => losesNothingToAFullDisk(seeds(20))],
  ["kills", () => survivesKills(seeds(50))],
  ["serial study", tunesOverSerial],
  ["serial dead-man", () => deadManStopsTheBody(seeds(20))],
  ["serial unplugged", () => survivesUnplugging(seeds(5))],
  ["serial faults", () => keepsItsWordOnFaultyLines(values.seeds === undefined ? 300 : 20)],
  ["firmware fuzz", () => libraryKeepsItsPromises(values.seeds === undefined ? 10 : 0.1)],
  ["rosbridge lockstep", sameTableOverRosbridge],
  ["rosbridge realtime", () => realTimeChampions(seeds(5))],
  ["rosbridge latency", () => championsOverPoorNetworks(seeds(5))],
  ["apply over every link", keepsSetsOverEveryLink],
  ...FAULT_CLAIMS.map(({ name, prove }) => [name, () => prove(seeds(20))] as const),
  ["unanswered prompt", () => waitsForAnAnswer(values.seeds === undefined ? 300 : 30)],
  ["pruning", () => pruningSavesWalking(seeds(30))],
];
/** Proved only when they are asked for. */
const onRequest: typeof proofs = [["safety mutants", everySafetyMutantIsKilled]];

const file = join(packageRoot, "docs", "proof.json");
const claims = new Map<string, Claim>(earlier().map((claim) => [claim.name, claim]));
let broken = 0;
for (const [name, prove] of values.only === undefined ? proofs : [...proofs, ...onRequest]) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  console.log(`${name} …`);
  for (const claim of await prove()) {
    claims.set(claim.name, claim);
    if (!claim.holds) broken++;
    console.log(
      `${claim.holds ? "holds " : "BROKEN"}  ${claim.name}\n        bar: ${claim.bar}\n        ${JSON.stringify(claim.measured)}`,
    );
  }
  const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), node: process.version };
  writeFileSync(
    file,
    `${JSON.stringify({ command: "npm run test:proof", machine, claims: [...claims.values()] }, null, 2)}\n`,
  );
}
// A walk that did not go as promised may have left something running.
process.exit(broken === 0 ? 0 : 1);

function earlier(): Claim[] {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { claims: Claim[] }).claims;
  } catch {
    return [];
  }
}
