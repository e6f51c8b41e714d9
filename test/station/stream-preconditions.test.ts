import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedLayout } from "../../sim/layout.ts";
import { NOMINAL_ROBOT } from "../../sim/robot-model.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import type { Capabilities } from "../../src/robot/robot.ts";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { blindRise, streamProblems } from "../../src/station/stream-preconditions.ts";
import { simulatedConfig } from "./station-process.ts";

const streamed: Capabilities = {
  robotId: "one",
  clock: "realtime",
  layout: simulatedLayout(NOMINAL_ROBOT),
  telemetryRate: 100,
  joints: simulatedConfig.robot.joints,
  firmware: "none",
  runsGait: false,
  returnsByItself: false,
  targets: { rate: 100, timeout: 0.2 },
};

const problems = (change: Partial<Capabilities>, config: HardwareConfig = simulatedConfig): string =>
  streamProblems(config, { ...streamed, ...change }).join("; ");

test("a robot with a time-out, limits and joint positions may be streamed to; one that runs gaits needs none of it", () => {
  assert.equal(problems({}), "");
  assert.equal(problems({ runsGait: true, targets: { rate: 0, timeout: 0 } }), "");
});

test("a robot that would follow its last target for ever is refused", () => {
  const { targets: _, ...silent } = streamed;
  assert.match(streamProblems(simulatedConfig, silent).join(), /after what time without one/);
  for (const timeout of [0, -1, 0.019, Number.NaN, Number.POSITIVE_INFINITY])
    assert.match(problems({ targets: { rate: 100, timeout } }), /time-out for joint targets/, `${timeout}`);
  for (const rate of [0, -5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.match(problems({ targets: { rate, timeout: 1 } }), /cannot be sent at/, `${rate}`);
});

test("a gait that only the robot knows cannot be streamed", () => {
  const own: HardwareConfig = { ...simulatedConfig, gait: { name: "own", body: null, constants: {} } };
  assert.match(problems({}, own), /own gait/);
});

test("joints that do not say where they are are named", () => {
  const { layout, joints } = streamed;
  assert.equal(blindRise(joints, layout), null);
  const blind = new ChannelLayout(
    layout.channels.filter(({ name }) => name !== channelName.jointPosition("RL_knee")),
  );
  assert.match(blindRise(joints, blind) ?? "", /does not say where RL_knee is/);
});

test("a gait that may go where targets may not is refused before it is tried", () => {
  const { envelope } = simulatedConfig;
  const narrow: HardwareConfig = {
    ...simulatedConfig,
    envelope: { ...envelope, "joint-position": { ...envelope["joint-position"], high: 1.5 } },
  };
  assert.match(problems({}, narrow), /lets FR_hip go from -1\.6 to 1\.6 rad, .* from -1\.7 to 1\.5 rad/);
});

test("the Mini Pupper, whose servos report nothing, may be streamed to", () => {
  const config = readHardwareConfig(hardwareConfigPath("mini-pupper.yaml"));
  assert.equal(problems({ joints: config.robot.joints, targets: { rate: 50, timeout: 0.5 } }, config), "");
});
