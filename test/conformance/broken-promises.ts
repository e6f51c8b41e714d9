/** Runs a suite aside instead of with the tests, to see it fail. */
import type { Registrar } from "../../src/conformance/registrar.ts";

/** @param which names of the checks that are run; default all @returns the names of those that fail */
export function brokenPromises(suite: (register: Registrar) => void, which = /^/): string[] {
  const broken: string[] = [];
  suite({
    describe: (_name, body) => body(),
    it: (name, check) => {
      if (!which.test(name)) return;
      try {
        check();
      } catch {
        broken.push(name);
      }
    },
  });
  return broken;
}
