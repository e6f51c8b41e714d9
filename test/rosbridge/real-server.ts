/** Where the real rosbridge server is that these tests need, and what to say when it was not told. */

import { join } from "node:path";
import { packageRoot } from "../../src/paths.ts";

export const SAMPLE_CONFIG = join(packageRoot, "hardware-configs/sample-robot.yaml");

/** Address of a server with `examples/ros1` or `examples/ros2`'s test.launch running behind it. */
export const serverUrl = process.env.ROSBRIDGE_URL ?? "";

const MISSING =
  "ROSBRIDGE_URL says where a real rosbridge server is (ws://127.0.0.1:9090), with test.launch of examples/ros1 or " +
  "examples/ros2 running behind it: see docs/rosbridge.md";

/**
 * For `describe`: within `npm test`, where a server is not expected, the tests are skipped and say why. Asked for by
 * `npm run test:rosbridge` they fail instead.
 */
export const needsServer: { readonly skip: string | false } = { skip: serverUrl === "" ? MISSING : false };

if (serverUrl === "" && process.env.npm_lifecycle_event === "test:rosbridge") throw new Error(MISSING);
