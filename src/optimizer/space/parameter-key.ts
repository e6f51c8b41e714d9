/** One string per parameter set, equal exactly when the sets are: groups a set's replicates. */
import type { ParameterSet } from "../search-space.ts";

export function parameterKey(parameters: ParameterSet): string {
  const names = Object.keys(parameters).sort();
  return JSON.stringify(names.map((name) => [name, parameters[name] === 0 ? 0 : parameters[name]]));
}
