/** Runs a suite aside instead of with the tests, to see it fail. */
import type { Registrar } from "../../src/conformance/registrar.ts";

/** The names of the checks that fail. */
export function brokenPromises(suite: (register: Registrar) => void): string[] {
  const broken: string[] = [];
  suite({
    describe: (_name, body) => body(),
    it: (name, check) => {
      try {
        check();
      } catch {
        broken.push(name);
      }
    },
  });
  return broken;
}
