/** A link's config against a robot's own server: what is not there, of another type, unheard, or only a wish. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type {
  MappedControl,
  RosbridgeLinkConfig,
  ServiceCall,
  TopicMapping,
} from "../../../../src/config/rosbridge-link.ts";
import {
  checkAgainstServer,
  checkSourceNames,
  rosVersion,
} from "../../../../src/links/rosbridge/mapping/server-check.ts";
import type { Ask } from "../../../../src/links/rosbridge/mapping/server-graph.ts";
import { CONTROL, channelOf, imu, JOINTS, jointStates, linkOf, topicOf } from "./example-link.ts";
import { type FakeNode, type FakeRobot, fakeRosapi } from "./fake-rosapi.ts";
import { recordedAnswer } from "./recorded.ts";

interface Case {
  readonly link: RosbridgeLinkConfig;
  readonly robot: FakeRobot;
  readonly speedSource?: string;
}

async function found({ link, robot, speedSource = "operator" }: Case): Promise<string[]> {
  const ask = fakeRosapi(robot);
  const findings = await checkAgainstServer({ link, joints: JOINTS, ros: robot.ros, speedSource, ask });
  return findings.map(({ severity, what, remedy }) => `${severity}: ${what}. ${remedy}`);
}

const BODY: FakeNode = {
  publishes: { "/imu": "sensor_msgs/Imu", "/joint_states": "sensor_msgs/JointState" },
};

function robotOf(
  ros: 1 | 2,
  nodes: Readonly<Record<string, FakeNode>>,
  more: Partial<FakeRobot> = {},
): FakeRobot {
  return { ros, nodes: { "/robot": BODY, ...nodes }, ...more };
}

function controlled(
  changes: Partial<MappedControl>,
  topics: readonly TopicMapping[] = [],
): RosbridgeLinkConfig {
  return linkOf([...topics, jointStates()], { control: { ...CONTROL, ...changes } });
}

const ARM: ServiceCall = {
  kind: "service",
  service: "/arm",
  type: "std_srvs/SetBool",
  request: { data: true },
  accepted: { field: "success", equals: true },
  reason: "message",
  distance: null,
  within: 1,
  where: "robot.yaml:20, link.control.arm",
};
const SET_BOOL = {
  "std_srvs/SetBoolRequest": "bool data",
  "std_srvs/SetBoolResponse": "bool success\nstring message",
  "std_srvs/SetBool_Request": "bool data",
  "std_srvs/SetBool_Response": "bool success\nstring message",
};

describe("a link's config against the recorded server", () => {
  const ask: Ask = async (service, args) => {
    const values = recordedAnswer(service, args);
    if (values === null) throw new Error(`${service} was not recorded`);
    return values;
  };
  const check = (link: RosbridgeLinkConfig) =>
    checkAgainstServer({ link, joints: JOINTS, ros: 1, speedSource: "operator", ask });

  it("is ROS 1", async () => {
    assert.equal(await rosVersion(ask), 1);
  });

  it("fits", async () => {
    assert.deepEqual(await check(linkOf([imu()], { control: { ...CONTROL, arm: ARM } })), [
      {
        severity: "warning",
        where: ARM.where,
        what: "the server does not describe the response of std_srvs/SetBool: it goes unchecked",
        remedy: "Check it by hand; a server refuses a wrong message without telling.",
      },
    ]);
  });

  it("does not fit", async () => {
    const wrong = { ...ARM, request: { dat: 1, data: 1 } };
    const away = topicOf("/imu_data", "sensor_msgs/Imu", []);
    const link = linkOf([away, imu({ type: "sensor_msgs/JointState", channels: [] })], {
      control: { ...CONTROL, arm: wrong },
    });
    assert.deepEqual(
      (await check(link)).map(({ severity, what, remedy }) => `${severity}: ${what}. ${remedy}`),
      [
        "error: the robot has no topic /imu_data. Start the node that publishes it.",
        "error: /imu is of type sensor_msgs/Imu on the robot, not sensor_msgs/JointState. Write `type: sensor_msgs/Imu`.",
        "error: std_srvs/SetBoolRequest has no field `dat`; it has data: bool. Did you mean `data`?",
        "error: `data` is bool; `1` does not fit. Write a value of that type.",
        "warning: the server does not describe the response of std_srvs/SetBool: it goes unchecked. " +
          "Check it by hand; a server refuses a wrong message without telling.",
      ],
    );
  });
});

for (const ros of [1, 2] as const) {
  describe(`telemetry against a server of ROS ${ros}`, () => {
    it("fits, and the server is known", async () => {
      const robot = robotOf(ros, {});
      assert.equal(await rosVersion(fakeRosapi(robot)), ros);
      assert.deepEqual(
        await found({ link: linkOf([imu(), jointStates({ encoding: "cbor-raw" })]), robot }),
        [],
      );
    });

    it("tells topics that are not there, unpublished, or published twice", async () => {
      const robot = robotOf(ros, {
        "/other": { publishes: { "/imu": "sensor_msgs/Imu" } },
        "/listener": { subscribes: { "/pose": "geometry_msgs/PoseStamped" } },
      });
      const topics = [
        imu(),
        topicOf("/pose", "geometry_msgs/PoseStamped", []),
        jointStates({ topic: "/joint_state" }),
      ];
      assert.deepEqual(await found({ link: linkOf(topics), robot }), [
        "warning: /imu has 2 publishers: /robot, /other. Let only one publish it; messages of several mix.",
        "error: nobody publishes /pose. Start the node that does, or leave it out.",
        "error: the robot has no topic /joint_state. Did you mean `/joint_states`?",
      ]);
    });

    it("tells fields that the robot's own type does not have, or has otherwise", async () => {
      const ours = { "my_msgs/S": "Header header\nfloat64 volts\nbool[] contacts\nfloat64 gone" };
      const theirs = {
        "my_msgs/S": "std_msgs/Header header\nfloat32 volts\nuint8[4] contacts\nfloat64 gone_since",
      };
      const robot = robotOf(ros, { "/s": { publishes: { "/s": "my_msgs/S" } } }, { types: theirs });
      const contact = { channels: ["contact.FR"], pick: { kind: "places", places: [5] } } as const;
      const s = topicOf("/s", "my_msgs/S", [
        channelOf("battery.voltage", "volts"),
        channelOf("contact.FR", "contacts", contact),
        channelOf("battery.current", "gone"),
      ]);
      const wrong = await found({ link: linkOf([s], { definitions: ours }), robot });
      assert.deepEqual(wrong, [
        "error: `contacts` has 4 elements; there is no element 5. Count from 0 to 3.",
        "error: my_msgs/S has no field `gone`; it has header: std_msgs/Header, volts: float32, " +
          "contacts: uint8[4], gone_since: float64. Did you mean `gone_since`?",
      ]);
      const first = { ...contact, pick: { kind: "places", places: [0] } } as const;
      const json = { ...s, channels: [channelOf("contact.FR", "contacts", first), channelOf("v", "volts")] };
      assert.deepEqual(await found({ link: linkOf([json], { definitions: ours }), robot }), [
        "error: `contacts` is uint8[4] on the robot, bool[] in the definition here. " +
          "Put the robot's own .msg text into link.definitions.",
      ]);
      const raw = { ...json, encoding: "cbor-raw", channels: [channelOf("v", "volts")] } as const;
      assert.deepEqual(await found({ link: linkOf([raw], { definitions: ours }), robot }), [
        "error: my_msgs/S has `float32 volts` on the robot where the definition here has `float64 volts`: " +
          "its bytes cannot be read by this definition. " +
          "Put the robot's own .msg text into link.definitions, or take `encoding: json`.",
      ]);
    });

    it("gives the text of a type that only the robot knows", async () => {
      const types = {
        "my_msgs/WalkState": "std_msgs/Header header\nmy_msgs/Leg[4] legs\nstring[] names",
        "my_msgs/Leg": "float32 force\nbool contact",
      };
      const robot = robotOf(ros, { "/s": { publishes: { "/s": "my_msgs/WalkState" } } }, { types });
      const link = linkOf([topicOf("/s", "my_msgs/WalkState", [channelOf("contact.FR", "legs[0].contact")])]);
      const wrong = await found({ link, robot });
      assert.deepEqual(wrong, [
        "error: the message type my_msgs/WalkState is not known. Add its .msg text to link.definitions.",
        [
          "note: the server describes my_msgs/WalkState. Put this into the config's link:",
          "  definitions:",
          "    my_msgs/WalkState: |",
          "      std_msgs/Header header",
          "      my_msgs/Leg[4] legs",
          "      string[] names",
          "    my_msgs/Leg: |",
          "      float32 force",
          "      bool contact",
        ].join("\n"),
      ]);
      assert.deepEqual(await found({ link: { ...link, definitions: types }, robot }), []);
    });

    it("tells when rosapi is not there", async () => {
      const robot = robotOf(ros, {}, { lacks: ["topics"] });
      assert.match(
        (await found({ link: linkOf([imu()]), robot }))[0] ?? "",
        /^error: rosapi does not answer/,
      );
      assert.equal(await rosVersion(fakeRosapi(robot)), null);
    });
  });

  describe(`control against a server of ROS ${ros}`, () => {
    const services = { "/arm": "std_srvs/SetBool" };

    it("fits", async () => {
      const robot = robotOf(ros, { "/driver": { services } }, { types: SET_BOOL });
      assert.deepEqual(await found({ link: controlled({ arm: ARM, disarm: ARM }), robot }), []);
    });

    it("tells services that are not there or otherwise, and fields of request and response", async () => {
      const types = { ...SET_BOOL, "std_srvs/TriggerRequest": "", "std_srvs/Trigger_Request": "" };
      const robot = robotOf(
        ros,
        { "/driver": { services: { ...services, "/stop": "std_srvs/Trigger" } } },
        { types },
      );
      const link = controlled({
        arm: { ...ARM, service: "/amr" },
        disarm: { ...ARM, service: "/stop" },
        start: {
          ...ARM,
          request: { data: "$duration" },
          accepted: { field: "succes", equals: true },
          reason: "success",
          distance: "message",
        },
      });
      const wrong = await found({ link, robot });
      const response = ros === 1 ? "std_srvs/SetBoolResponse" : "std_srvs/SetBool_Response";
      const trigger = ros === 1 ? "std_srvs/Trigger" : "std_srvs/srv/Trigger";
      assert.deepEqual(wrong, [
        "error: there is no service /amr: nobody offers it. Did you mean `/arm`?",
        `error: /stop is of type ${trigger} on the robot, not std_srvs/SetBool. Write \`type: std_srvs/Trigger\`.`,
        "error: `data` is bool; `$duration` does not fit. Write a value of that type.",
        `error: ${response} has no field \`succes\`; it has success: bool, message: string. Did you mean \`success\`?`,
        `error: \`success\` of ${response} is bool; a text is expected. Name another field, or write the value that it takes.`,
        `error: \`message\` of ${response} is string; a number is expected. Name another field, or write the value that it takes.`,
      ]);
    });

    it("tells what is published to nobody, of another type, or never confirmed", async () => {
      const publication = {
        kind: "topic",
        topic: "/cmd",
        type: "geometry_msgs/Twist",
        message: { linear: { x: "$speed", y: 0 } },
        repeat: 10,
        confirmedBy: { topic: "/state", type: "std_msgs/String", field: "data", equals: 3, within: 1 },
        where: "robot.yaml:30, link.control.start",
      } as const;
      const driver = {
        subscribes: { "/cmd": "geometry_msgs/Twist" },
        publishes: { "/state": "std_msgs/String" },
      };
      const robot = robotOf(ros, {
        "/driver": driver,
        "/rosbridge_websocket": { subscribes: { "/cmd_vel": "geometry_msgs/Twist" } },
      });
      assert.deepEqual(await found({ link: controlled({ start: publication }), robot }), [
        "error: `data` of std_msgs/String is string; a number is expected. Name another field, or write the value that it takes.",
      ]);
      const others = { ...publication, topic: "/cmd_vel", message: { linear: [1, 2, 3] }, confirmedBy: null };
      assert.deepEqual(await found({ link: controlled({ start: others }), robot }), [
        "error: nobody listens to it: topic /cmd_vel. Start the robot's node that does.",
        "error: `linear` is geometry_msgs/Vector3; a list does not fit. Write a value of that type.",
      ]);
      const targets = {
        topic: "/state",
        type: "std_msgs/Float64MultiArray",
        rate: 50,
        joints: [],
        timeout: 0.2,
        where: "",
      } as const;
      assert.match(
        (await found({ link: controlled({ targets }), robot }))[0] ?? "",
        /Write `type: std_msgs\/String`/,
      );
      const unheard = { ...targets, topic: "/target" };
      assert.match(
        (await found({ link: controlled({ targets: unheard }), robot }))[0] ?? "",
        /there is no topic \/target: nobody listens to it/,
      );
    });

    it("tells ROS parameters that the node has not declared", async () => {
      const values = { step_length: "$step_length", frequency: 2 };
      const write = { kind: "ros-parameters", node: "/gait", values, within: 1, where: "" } as const;
      const robot = robotOf(ros, { "/gait": { parameters: ["step_lenght", "frequency"] } });
      assert.deepEqual(await found({ link: controlled({ parameters: write }), robot }), [
        `${ros === 1 ? "warning" : "error"}: there is no parameter step_length: nobody has declared it (/gait). Did you mean \`step_lenght\`?`,
      ]);
    });

    it("tells when the gaitsmith node is not there", async () => {
      const node = { kind: "node", namespace: "/gaitsmith" } as const;
      const link = linkOf([imu()], { control: node, watchdog: node });
      assert.match(
        (await found({ link, robot: robotOf(ros, {}) })).join(),
        /^error: no gaitsmith node runs on the robot under \/gaitsmith/,
      );
      const ours = {
        subscribes: { "/gaitsmith/command": "std_msgs/String" },
        publishes: { "/gaitsmith/state": "std_msgs/String" },
      };
      assert.deepEqual(await found({ link, robot: robotOf(ros, { "/gaitsmith": ours }) }), []);
    });
  });
}

describe("actions", () => {
  const goal = {
    kind: "action",
    action: "/walk",
    type: "my_msgs/Walk",
    goal: { duration: "$duration", gains: ["$kp", "$kd"] },
    distance: "distance",
    within: 30,
    where: "",
  } as const;
  const types = {
    "my_msgs/Walk_Goal": "float64 duration\nfloat64[2] gains",
    "my_msgs/Walk_Result": "float64 travelled",
  };

  it("are for ROS 2, where goal and result are checked", async () => {
    const robot = robotOf(2, { "/walker": { actions: ["/walk"] } }, { types });
    assert.deepEqual(await found({ link: controlled({ start: goal }), robot }), [
      "error: my_msgs/Walk_Result has no field `distance`; it has travelled: float64. Name one of those.",
    ]);
    const short = { ...goal, distance: null, goal: { gains: ["$kp"] } };
    assert.match(
      (await found({ link: controlled({ start: short }), robot })).join(),
      /`gains` has 2 elements, not 1/,
    );
    assert.match(
      (await found({ link: controlled({ start: goal }), robot: robotOf(1, {}) })).join(),
      /ROS 2 only/,
    );
    const nobody = await found({ link: controlled({ start: { ...goal, action: "/wlak" } }), robot });
    assert.match(nobody.join(), /there is no action \/wlak: nobody offers it. Did you mean `\/walk`\?/);
  });
});

describe("a server that answers anything", () => {
  it("never makes the check reject, and is not taken for one that fits", async () => {
    const list = fc.oneof(
      fc.array(fc.oneof(fc.constantFrom("/imu", "/arm", "sensor_msgs/Imu"), fc.jsonValue())),
    );
    const keys = [
      "topics",
      "types",
      "services",
      "publishers",
      "typedefs",
      "names",
      "type",
      "publishing",
      "version",
    ];
    const typedef = fc.record({
      type: fc.constant("sensor_msgs/Imu"),
      fieldnames: list,
      fieldtypes: list,
      fieldarraylen: list,
    });
    const answer = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...keys), fc.oneof(list, fc.array(typedef), fc.jsonValue())),
    );
    const write = { kind: "ros-parameters", node: "/gait", values: { a: 1 }, within: 1, where: "" } as const;
    const link = controlled({ arm: ARM, parameters: write }, [imu({ encoding: "cbor-raw" })]);
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 20 }), async (answers) => {
        let asked = 0;
        const ask: Ask = async () => answers[asked++ % answers.length];
        await rosVersion(ask);
        for (const ros of [1, 2] as const) {
          const findings = await checkAgainstServer({ link, joints: JOINTS, ros, speedSource: "pose", ask });
          assert.ok(findings.some(({ severity }) => severity === "error"));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("the commanded-odometry trap", () => {
  const odometry = (topic: string): TopicMapping =>
    topicOf(topic, "nav_msgs/Odometry", [channelOf("odometry.x", "pose.pose.position.x")]);
  const states = jointStates();

  /** CHAMP on a robot without encoders, with an EKF; `encoders` publish their own joint states. */
  function champ(encoders: boolean): FakeRobot {
    const jointState = { "/joint_states": "sensor_msgs/JointState" };
    const contacts = { "/foot_contacts": "champ_msgs/ContactsStamped" };
    const trajectory = { "/joint_group_position_controller/command": "trajectory_msgs/JointTrajectory" };
    return {
      ros: 1,
      types: { "champ_msgs/ContactsStamped": "Header header\nbool[] contacts" },
      nodes: {
        "/quad": { publishes: { ...trajectory, ...(encoders ? {} : { ...jointState, ...contacts }) } },
        "/servos": { subscribes: trajectory, publishes: encoders ? { ...jointState, ...contacts } : {} },
        "/estimator": {
          subscribes: { ...jointState, ...contacts, "/imu": "sensor_msgs/Imu" },
          publishes: { "/leg_odometry": "nav_msgs/Odometry" },
        },
        "/ekf": {
          subscribes: { "/leg_odometry": "nav_msgs/Odometry", "/imu": "sensor_msgs/Imu" },
          publishes: { "/odom": "nav_msgs/Odometry" },
        },
        "/recorder": { subscribes: { "/motor_targets": "std_msgs/Float64MultiArray" } },
      },
    };
  }

  it("refuses as reward what is integrated from targets, however many nodes lie between", async () => {
    const link = linkOf([odometry("/odom"), states]);
    const wrong = await found({ link, robot: champ(false), speedSource: "odometry" });
    assert.match(
      wrong[0] ?? "",
      /^error: \/odom is called measured, but \/ekf computes \/odom from \/leg_odometry, and \/estimator computes \/leg_odometry from \/joint_states, and \/quad publishes \/joint_states as well as the targets \/joint_group_position_controller\/command that \/servos carries out/,
    );
    assert.match(
      wrong[0] ?? "",
      /the optimiser would maximise it\. Take the speed from motion capture or tags/,
    );
    assert.match(
      wrong[1] ?? "",
      /^warning: \/joint_states is called measured.*Declare these channels `commanded`/,
    );
    assert.equal(wrong.length, 2);
    const elsewhere = await found({ link, robot: champ(false), speedSource: "operator" });
    assert.deepEqual(
      elsewhere.map((text) => text.split(":")[0]),
      ["warning", "warning"],
    );
  });

  it("lets pass what encoders or an independent source have a part in, and what is called commanded", async () => {
    const link = linkOf([odometry("/odom"), states]);
    assert.deepEqual(await found({ link, robot: champ(true), speedSource: "odometry" }), []);
    const robot = champ(false);
    const ekf = robot.nodes["/ekf"]!;
    const camera = { "/camera_pose": "geometry_msgs/PoseStamped" };
    const fused = { ...ekf, subscribes: { ...ekf.subscribes, ...camera } };
    const nodes = { ...robot.nodes, "/ekf": fused, "/camera": { publishes: camera } };
    const wrong = await found({ link, robot: { ...robot, nodes }, speedSource: "odometry" });
    assert.deepEqual(
      wrong.map((text) => text.slice(0, 40)),
      ["warning: /joint_states is called measure"],
    );
    const channels = states.channels.map((channel) => ({ ...channel, source: "commanded" as const }));
    assert.deepEqual(await found({ link: linkOf([{ ...states, channels }]), robot }), []);
  });

  it("does not take a robot that shows its targets for one that has nothing else", async () => {
    const all = {
      "/robot": {
        publishes: {
          "/motor_targets": "std_msgs/Float64MultiArray",
          "/joint_states": "sensor_msgs/JointState",
          "/odom": "nav_msgs/Odometry",
        },
      },
      "/rosbag_record": { subscribes: { "/motor_targets": "std_msgs/Float64MultiArray" } },
      "/rosbridge_websocket": { subscribes: { "/motor_targets": "std_msgs/Float64MultiArray" } },
    };
    const link = linkOf([odometry("/odom"), states]);
    assert.deepEqual(await found({ link, robot: { ros: 1, nodes: all }, speedSource: "odometry" }), []);
  });

  it("knows CHAMP's names, without a server as well", async () => {
    const link = linkOf([odometry("/odom/raw")]);
    const [finding] = checkSourceNames(link, "odometry");
    assert.equal(finding?.severity, "error");
    assert.match(finding?.what ?? "", /CHAMP integrates `odom\/raw`/);
    assert.deepEqual(checkSourceNames(linkOf([odometry("/odom")]), "odometry"), []);
    const nodes = { "/estimator": { publishes: { "/odom/raw": "nav_msgs/Odometry" } } };
    const wrong = await found({ link, robot: { ros: 2, nodes }, speedSource: "odometry" });
    assert.match(wrong.join(), /^error: \/odom\/raw is called measured, but CHAMP/);
    const base = { "/champ_controller": { publishes: { "/joint_states": "sensor_msgs/JointState" } } };
    assert.match(
      (await found({ link: linkOf([states]), robot: { ros: 1, nodes: base } })).join(),
      /^warning: .*CHAMP's controller/,
    );
  });

  it("says where it cannot know: the node that takes our targets is the one that reports", async () => {
    const targets = {
      topic: "/targets",
      type: "std_msgs/Float64MultiArray",
      rate: 50,
      joints: [],
      timeout: 0.2,
      where: "",
    } as const;
    const driver = {
      subscribes: { "/targets": "std_msgs/Float64MultiArray" },
      publishes: { "/joint_states": "sensor_msgs/JointState" },
    };
    const wrong = await found({
      link: controlled({ targets }),
      robot: { ros: 1, nodes: { "/driver": driver } },
    });
    assert.match(wrong.join(), /^warning: .*it has the encoders itself, or it echoes what it was told/);
  });
});
