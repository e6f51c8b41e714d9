/** Judges parameter sets by what the robot truly did: displacement over 10 s, a fall scoring 0. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PERTURBED_WORLDS } from "../../sim/perturbed-worlds.ts";
import { NOMINAL_WORLD, score, trueWalk, type World } from "../../sim/true-walk.ts";
import { type VariantName, variantNamed } from "../../sim/variants.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import type { ParameterSet } from "../../src/optimizer/search-space.ts";
import { packageRoot } from "../../src/paths.ts";
import { gaitParameters } from "../../src/service/feasibility.ts";
import { mean } from "./statistics.ts";
import { CONFIG } from "./study-units.ts";

export interface BestKnown {
  readonly command: string;
  readonly seed: number;
  readonly evaluations: number;
  readonly parameters: ParameterSet;
  /** m in 10 s, nominal world. */
  readonly displacement: number;
}

export const BEST_KNOWN_FILE = join(packageRoot, "test", "proof", "best-known.json");

export async function bestKnown(): Promise<BestKnown> {
  return JSON.parse(readFileSync(BEST_KNOWN_FILE, "utf8")) as BestKnown;
}

/** m in 10 s; 0 when it falls. */
export async function inWorld(params: ParameterSet, world: World): Promise<number> {
  const config = readHardwareConfig(CONFIG);
  return score(await trueWalk({ gait: config.gait.name, parameters: gaitParameters(config, params) }, world));
}

export function inNominalWorld(params: ParameterSet): Promise<number> {
  return inWorld(params, NOMINAL_WORLD);
}

/** Mean over the ten perturbed worlds. */
export async function inPerturbedWorlds(params: ParameterSet): Promise<number> {
  const displacements: number[] = [];
  for (const world of PERTURBED_WORLDS) displacements.push(await inWorld(params, world));
  return mean(displacements);
}

/** On another body, everything else nominal. */
export function onBody(params: ParameterSet, variant: string): Promise<number> {
  variantNamed(variant);
  return inWorld(params, { ...NOMINAL_WORLD, name: variant, variant: variant as VariantName });
}
