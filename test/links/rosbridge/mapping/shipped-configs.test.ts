/** The configs that come with gaitsmith fit the messages they name, and none scores what is known to be commanded. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { readHardwareConfig } from "../../../../src/config/read-hardware-config.ts";
import { compileMapping } from "../../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { checkSourceNames } from "../../../../src/links/rosbridge/mapping/server-check.ts";
import { packageRoot } from "../../../../src/paths.ts";

const folder = join(packageRoot, "hardware-configs");
const configs = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => ({ name, config: readHardwareConfig(join(folder, name)) }));

it("has configs of robots behind rosbridge to look at", () => {
  assert.ok(configs.some(({ config }) => config.link.kind === "rosbridge"));
});

for (const { name, config } of configs) {
  const { link, robot, speedSource } = config;
  if (link.kind !== "rosbridge") continue;
  it(`${name} fits its messages`, () => {
    const versions = link.ros === "auto" ? ([1, 2] as const) : [link.ros];
    for (const ros of versions) {
      const { layout } = compileMapping(link, robot.joints, ros);
      assert.ok(layout.length > 0);
    }
    assert.deepEqual(checkSourceNames(link, speedSource), []);
  });
}
