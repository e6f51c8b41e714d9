/** Feasibility of a parameter set for one robot: the pure predicate handed to `ask`. */
import type { HardwareConfig, ParameterConstraint } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import { reachOf } from "../gait/gaits.ts";
import { RandomSource } from "../optimizer/math/random-source.ts";
import type { Feasibility } from "../optimizer/sampler.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import { FEASIBILITY_ATTEMPTS, findFeasiblePoint } from "../optimizer/space/feasible-point.ts";
import { unitSpace } from "../optimizer/space/unit-space.ts";
import { type CompiledConstraint, compileConstraints } from "../study/parameter-constraint.ts";

/** All parameters of the gait: the tuned ones and the config's constants, SI units. */
export function gaitParameters(
  config: HardwareConfig,
  parameters: ParameterSet,
): Readonly<Record<string, number>> {
  const values: Record<string, number> = { ...config.gait.constants };
  for (const [name, value] of Object.entries(parameters)) if (typeof value === "number") values[name] = value;
  return values;
}

/** Reach and joint range over a whole cycle of the gait; of the robot's own gait only the ranges are known. */
export function feasibilityOf(config: HardwareConfig): Feasibility {
  const withinReach = reachOf(config.gait.name, config.gait.body);
  return (parameters) => withinReach(gaitParameters(config, parameters));
}

/**
 * What a study's parameter sets must pass: its constraints between the parameters, then reach and joint range.
 * @throws CONFIG_INVALID when a constraint is not one, naming file, field and column
 */
export async function studyFeasibility(
  config: HardwareConfig,
  constraints: readonly ParameterConstraint[],
): Promise<Feasibility> {
  return joined(config, await compiled(config, constraints));
}

/**
 * Refuses constraints and ranges that cannot be meant, before anything is opened.
 *
 * @throws CONFIG_INVALID when a constraint is not one or the seed gait does not meet it; SPACE_INFEASIBLE when of
 * {@link FEASIBILITY_ATTEMPTS} parameter sets drawn from the space none meets it, or none passes everything together
 */
export async function assertFeasibleStudy(
  config: HardwareConfig,
  constraints: readonly ParameterConstraint[],
): Promise<void> {
  const all = await compiled(config, constraints);
  for (const { text, where, holds } of all) {
    if (isMetSomewhere(config, (parameters) => holds(gaitParameters(config, parameters)))) continue;
    fail("SPACE_INFEASIBLE", {
      what: `none of ${FEASIBILITY_ATTEMPTS} parameter sets meets \`${text}\``,
      where,
      remedy: `Relax it, or widen the ranges; values are in SI units (${ranges(config)}).`,
    });
  }
  const seedGait = gaitParameters(config, config.seedGait);
  const violated = all.find(({ holds }) => !holds(seedGait));
  if (violated !== undefined) {
    const values = violated.parameters.map((name) => `${name} = ${seedGait[name]}`);
    fail("CONFIG_INVALID", {
      what: `the seed gait does not meet \`${violated.text}\`: ${values.join(", ")}, in SI units`,
      where: violated.where,
      remedy: "Choose a seed gait that meets it, or relax it.",
    });
  }
  if (!isMetSomewhere(config, joined(config, all))) refuseTogether(config, all);
}

function refuseTogether({ source }: HardwareConfig, all: readonly CompiledConstraint[]): never {
  const [first] = all;
  if (first === undefined)
    return fail("SPACE_INFEASIBLE", {
      what: `none of ${FEASIBILITY_ATTEMPTS} parameter sets passes the legs' reach and the joints' range`,
      where: `${source.file}, gait.parameters`,
      remedy: "Narrow the ranges towards the seed gait.",
    });
  fail("SPACE_INFEASIBLE", {
    what: `none of ${FEASIBILITY_ATTEMPTS} parameter sets passes everything: the constraints ${all.map(({ text }) => `\`${text}\``).join(", ")}, the legs' reach and the joints' range`,
    where: first.where,
    remedy: "Relax the constraints, or widen the ranges.",
  });
}

function compiled(
  config: HardwareConfig,
  constraints: readonly ParameterConstraint[],
): Promise<readonly CompiledConstraint[]> {
  const tuned = config.space.parameters.map(({ name }) => name);
  return compileConstraints(constraints, [...tuned, ...Object.keys(config.gait.constants)]);
}

function joined(config: HardwareConfig, constraints: readonly CompiledConstraint[]): Feasibility {
  const walkable = feasibilityOf(config);
  return (parameters) => {
    const values = gaitParameters(config, parameters);
    return constraints.every(({ holds }) => holds(values)) && walkable(parameters);
  };
}

function isMetSomewhere({ space }: HardwareConfig, feasible: Feasibility): boolean {
  const source = new RandomSource({ seed: 0, index: 0, stream: "feasibility" });
  return findFeasiblePoint(unitSpace(space), feasible, source) !== null;
}

/** "step_length 0.01 to 0.08 m, …" */
function ranges({ space }: HardwareConfig): string {
  const words = space.parameters.flatMap((parameter) =>
    parameter.kind === "categorical"
      ? []
      : [`${parameter.name} ${parameter.low} to ${parameter.high} ${parameter.unit}`.trim()],
  );
  return words.join(", ");
}
