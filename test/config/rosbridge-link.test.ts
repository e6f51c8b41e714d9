/** The link block of a robot behind rosbridge: its address, its names, its watchdog. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RosbridgeLinkConfig } from "../../src/config/rosbridge-link.ts";
import { urlWarning } from "../../src/config/server-address.ts";
import { type Change, ChangedConfig } from "./changed-config.ts";

const SHIPPED = ChangedConfig.shipped("simulated-rosbridge.yaml");
const MORE = "  reconnect_within: 60 s";

function linkOf(...changes: readonly Change[]): RosbridgeLinkConfig {
  const { link } = SHIPPED.with(...changes).read();
  assert.ok(link.kind === "rosbridge");
  return link;
}

const withLines = (...lines: readonly string[]): Change => [
  MORE,
  [...lines, ""].map((line) => (line === "" ? MORE : `  ${line}`)).join("\n"),
];

describe("a link over rosbridge", () => {
  it("has defaults for what need not be said", () => {
    const { telemetry, ...link } = linkOf([/ {2}reconnect_within.*\n/, ""], [/ {2}ros: .*\n/, ""]);
    assert.deepEqual(link, {
      kind: "rosbridge",
      clock: "realtime",
      url: "ws://127.0.0.1:9090",
      ros: "auto",
      authorizationFrom: null,
      certificateAuthority: null,
      reconnectWithin: 60,
      definitions: {},
      control: { kind: "node", namespace: "/gaitsmith" },
      watchdog: { kind: "node", namespace: "/gaitsmith" },
    });
    assert.equal(telemetry.rate, 100);
    assert.equal(telemetry.frames, "/joint_states");
  });

  it("says all that may be said", () => {
    const link = linkOf(
      withLines("authorization_from: ROBOT_TOKEN", "certificate_authority: keys/ca.pem"),
      ["ws://127.0.0.1:9090", "wss://robot.example/bridge"],
      ["ros: auto", "ros: 2"],
      withLines('definitions: { my_msgs/msg/State: "uint8 mode\\n" }'),
      ["60 s", "2 min"],
    );
    assert.equal(link.authorizationFrom, "ROBOT_TOKEN");
    assert.match(link.certificateAuthority ?? "", /\/keys\/ca\.pem$/);
    assert.equal(link.url, "wss://robot.example/bridge");
    assert.equal(link.ros, 2);
    assert.equal(link.reconnectWithin, 120);
    assert.deepEqual(link.definitions, { "my_msgs/State": "uint8 mode\n" });
  });

  it("may be in lockstep through gaitsmith's node only", () => {
    assert.equal(linkOf(["clock: realtime", "clock: lockstep"]).clock, "lockstep");
  });

  const cases: readonly [name: string, change: Change, at: string, ...said: RegExp[]][] = [
    ["http", ["ws://127", "http://127"], "http://", /link\.url/, /Write `ws:\/\/127\.0\.0\.1:9090`/],
    ["https", ["ws://127", "https://127"], "https://", /Write `wss:/],
    ["no scheme", ["ws://127.0.0.1", "127.0.0.1"], "127.0.0.1", /does not begin with ws:\/\/ or wss:\/\//],
    ["no host", ["ws://127.0.0.1:9090", "ws://:x"], "ws://:x", /`ws:\/\/:x` is not an address/],
    [
      "a password",
      ["ws://127", "ws://me:secret@127"],
      "ws://me",
      /a password stands in the address/,
      /authorization_from/,
    ],
    ["another ROS", ["ros: auto", "ros: 3"], "3 #", /`3` is not known/, /1, 2, auto/],
    ["no variable's name", withLines("authorization_from: Bearer abc"), "Bearer", /environment variable/],
    [
      "an authority without TLS",
      withLines("certificate_authority: ca.pem"),
      "certificate_authority",
      /shows no certificate/,
    ],
    ["impatience", ["60 s", "-1 s"], "-1 s", /below zero/],
    [
      "a definition of no type",
      withLines('definitions: { State: "uint8 mode" }'),
      "State:",
      /not the name of a message type/,
    ],
    ["a name of no joint", withLines("joint_names: { FR_hop: a }"), "FR_hop", /Did you mean `FR_hip`/],
    [
      "one name for two joints",
      withLines("joint_names: { FR_hip: FL_hip }"),
      "joint_names",
      /`FL_hip` would be both FR_hip and FL_hip/,
    ],
    ["a field that is misspelt", ["url:", "ulr:"], "ulr", /Did you mean `url`/],
    [
      "no watchdog",
      [/ {2}watchdog: .*\n/, ""],
      "link:",
      /`watchdog` is missing: rosbridge does not tell a robot that its client is gone/,
      /watchdog: \{ node: \/gaitsmith \}/,
    ],
    [
      "an empty watchdog",
      [/watchdog: .*\n/, "watchdog: {}\n"],
      "watchdog",
      /names none: rosbridge does not tell/,
    ],
    [
      "the robot's own watchdog behind our node",
      [/watchdog: .*\n/, "watchdog: { own: its firmware stops after 0.5 s of silence }\n"],
      "own:",
      /demands keep-alives by itself/,
    ],
    [
      "another watchdog than the node",
      [/watchdog: .*\n/, "watchdog: { node: /other }\n"],
      "/other",
      /commands go to the node \/gaitsmith/,
    ],
    [
      "two watchdogs",
      [/watchdog: .*\n/, "watchdog: { node: /gaitsmith, own: 'its firmware stops by itself' }\n"],
      "own:",
      /Keep one of the two/,
    ],
    ["a watchdog in too few words", [/watchdog: .*\n/, "watchdog: { own: yes }\n"], "yes", /own/],
    [
      "a relative namespace",
      ["control: { node: /gaitsmith }", "control: { node: gaitsmith }"],
      "gaitsmith }\n  watchdog",
      /begins with a slash/,
    ],
    [
      "no control",
      ["control: { node: /gaitsmith }", "control: {}"],
      "control",
      /`arm`, `disarm`, `start`, `stop` are missing/,
    ],
    [
      "the node and operations",
      ["control: { node: /gaitsmith }", "control: { node: /gaitsmith, disarm: { nothing: it lies down } }"],
      "node: /gaitsmith, disarm",
      /yet `disarm` is described/,
    ],
    [
      "a distance that nothing tells",
      ["speed_source: pose", "speed_source: robot"],
      "robot\n\nwalk",
      /nothing in link\.control\.start tells the distance/,
    ],
  ];
  for (const [name, change, at, ...said] of cases)
    it(`is refused for ${name}`, () => {
      const rest: Change[] = name.startsWith("a distance")
        ? [["report_interval: 1 s", "report_interval: 9 s"]]
        : [];
      SHIPPED.with(change, ...rest).refuses(at, ...said);
    });
});

describe("the address of a server", () => {
  it("is warned of where strangers could be on the way", () => {
    const quiet = [
      "ws://localhost:9090",
      "ws://127.3.2.1:9090",
      "ws://10.1.2.3",
      "ws://172.16.0.1",
      "ws://172.31.0.1",
      "ws://192.168.4.1:9090",
      "ws://169.254.1.1",
      "ws://100.100.1.1",
      "ws://[::1]:9090",
      "ws://[fe80::1]:9090",
      "ws://[fd12::1]:9090",
      "ws://robot:9090",
      "ws://robot.local:9090",
      "wss://robot.example.com",
    ];
    for (const url of quiet) assert.equal(urlWarning({ url }), null, url);
    const loud = [
      "ws://8.8.8.8:9090",
      "ws://172.32.0.1",
      "ws://192.169.1.1",
      "ws://100.128.0.1",
      "ws://[2001:db8::1]",
      "ws://robot.example.com",
    ];
    for (const url of loud)
      assert.match(urlWarning({ url }) ?? "", /neither a private address nor encrypted.*wss:/, url);
  });
});
