/** Where a suite's checks go: to node:test, or to another runner that has these two. */
import { describe, it } from "node:test";

export interface Registrar {
  describe(name: string, body: () => void): unknown;
  /** @param check throws where the promise is broken */
  it(name: string, check: () => void): unknown;
}

export const NODE_TEST: Registrar = {
  describe: (name, body) => describe(name, body),
  it: (name, check) => it(name, check),
};
