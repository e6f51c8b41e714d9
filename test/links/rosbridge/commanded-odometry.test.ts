/** CHAMP's odometry on a Mini Pupper is what was wished for: whoever calls it measured is told why it cannot be the reward. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { openMiniPupper } from "../../../sim/rosbridge/mini-pupper.ts";
import type { PretendedRobot } from "../../../sim/rosbridge/pretended-robot.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { configOf, linkTo, PUPPER } from "./shipped-robots.ts";

/** The shipped config with odometry from a topic, as somebody would add it. */
function withOdometry(topic: string, source: "measured" | "commanded"): HardwareConfig {
  const file = hardwareConfigPath(PUPPER.file);
  const added = [
    `      ${topic}:`,
    "        type: nav_msgs/Odometry",
    "        rate: 50 Hz",
    `        source: ${source}`,
    "        channels:",
    "          odometry.x: pose.pose.position.x",
    "          odometry.y: pose.pose.position.y",
    "          odometry.yaw: { field: pose.pose.orientation, angle: yaw }",
  ];
  let text = readFileSync(file, "utf8").replace("    topics:\n", `    topics:\n${added.join("\n")}\n`);
  if (source === "measured") text = text.replace("speed_source: operator", "speed_source: odometry");
  return readHardwareConfig(file, text);
}

describe("a Mini Pupper on which CHAMP runs as well", () => {
  let pupper: PretendedRobot;
  before(async () => {
    pupper = await openMiniPupper({ champ: true });
  });
  after(() => pupper.peer.close());

  async function refusal(config: HardwareConfig): Promise<GaitsmithError> {
    const robot = linkTo(config, pupper.peer.url);
    const refused = await robot.open().then(
      () => assert.fail("it opens"),
      (error: unknown) => error,
    );
    assert.ok(refused instanceof GaitsmithError);
    return refused;
  }

  for (const topic of ["/odom/raw", "/odom"])
    it(`does not open with ${topic} as where it is`, async () => {
      const { code, message } = await refusal(withOdometry(topic, "measured"));
      assert.equal(code, "CONFIG_INVALID");
      assert.match(message, new RegExp(`${topic} is called measured, but .*CHAMP.*targets`));
      assert.match(message, /the robot's own wish.*speed_source: operator/s);
    });

  it("does not open as shipped either, while two stream to its joints", async () => {
    const { message } = await refusal(configOf(PUPPER));
    assert.match(message, /quadruped_controller_node publishes joint targets on .* as well/);
    assert.doesNotMatch(message, /called measured|gaitsmith_watchdog/);
  });

  it("is not blamed for its odometry where that is said to be commanded", async () => {
    const { message } = await refusal(withOdometry("/odom/raw", "commanded"));
    assert.match(message, /joint targets/);
    assert.doesNotMatch(message, /odom/);
  });
});
