/** Whether tests of the Python in examples/ can run here. */
import { spawnSync } from "node:child_process";

const OLD_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 8))";

/**
 * For `it`: without Python 3.8 or newer these tests are skipped and say why; with GAITSMITH_REQUIRE_PYTHON set they run, and
 * fail.
 */
export const skipWithoutPython: { readonly skip: string | false } = {
  skip:
    (process.env.GAITSMITH_REQUIRE_PYTHON ?? "") !== "" ||
    spawnSync("python3", ["-c", OLD_ENOUGH]).status === 0
      ? false
      : "no python3 of 3.8 or newer on this machine",
};
