/** What may befall a robot behind rosbridge while it walks. */
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import type { RosbridgeBench } from "./rosbridge-bench.ts";

export interface RosbridgeFault {
  readonly name: string;
  /** @returns what is to be done when the robot rests, so that the study can go on */
  readonly strike: (bench: RosbridgeBench) => () => Promise<void> | void;
  /** Reasons with which a walk that it ends is filed; none: a walk goes on, and it is told of. */
  readonly codes: readonly string[];
  /** What a person reads of it, in the trial's reason, an error or the log. */
  readonly words: RegExp;
}

/** A message of a topic that the monitor has to see is replaced for good. */
const instead =
  (topic: string, replace: (bench: RosbridgeBench) => void): RosbridgeFault["strike"] =>
  (bench) => {
    bench.graph.spoilt.set(topic, () => {
      replace(bench);
      return null;
    });
    return () => void bench.graph.spoilt.delete(topic);
  };

export const FAULTS: readonly RosbridgeFault[] = [
  {
    name: "messages that end in the middle",
    strike: ({ bad }) => {
      for (let count = 0; count < 20; count++) bad.halfJson("/imu/rpy");
      return () => {};
    },
    codes: [],
    words: /the server sent a message that is no JSON/,
  },
  {
    name: "an unknown operation",
    strike: ({ bad }) => {
      for (let count = 0; count < 20; count++) bad.unknownOp();
      return () => {};
    },
    codes: [],
    words: /the server sent the unknown operation "frobnicate"/,
  },
  {
    name: "messages of other types",
    strike: instead("/imu/rpy", ({ bad }) => bad.wrongTypes("/imu/rpy")),
    codes: ["not-a-number"],
    words: /\/imu\/rpy is stale: what comes has no stamp in `header.stamp`.*not a number.*imu\./s,
  },
  {
    name: "NaN as text",
    strike: instead("/imu/rpy", ({ bad }) => bad.nanText("/imu/rpy")),
    codes: ["not-a-number"],
    words: /not a number.*imu\./,
  },
  {
    name: "null for numbers",
    strike: ({ graph }) => {
      const nothing = { x: Number.NaN, y: Number.NaN, z: Number.NaN };
      graph.spoilt.set("/imu/rpy", (message) => ({ ...message, vector: nothing }));
      return () => void graph.spoilt.delete("/imu/rpy");
    },
    codes: ["not-a-number"],
    words: /not a number.*imu\./,
  },
  {
    name: "a topic that falls silent",
    strike: instead("/body/exact", () => {}),
    codes: ["not-a-number"],
    words: /\/body\/exact is stale: its values are unknown.*not a number/s,
  },
  {
    name: "frames that cease",
    strike: instead("/joint_states", () => {}),
    codes: ["robot-fault", "frame-age"],
    words: /no valid keepalive|frame age/,
  },
  {
    name: "a message of 10 MB",
    strike: ({ bad }) => {
      bad.hugeMessage();
      return () => {};
    },
    codes: ["link-lost"],
    words: /the server sent a message of more than 1 MB/,
  },
  {
    name: "a server that freezes",
    strike: (bench) => {
      bench.bad.silence();
      return async () => {
        await delay(500);
        bench.bad.wake();
      };
    },
    codes: ["link-lost"],
    words: /the server has not answered for 0\.\d s/,
  },
  {
    name: "connections that flap",
    strike: ({ bad }) => {
      const flapping = bad.flap(5, 0.3);
      return () => flapping;
    },
    codes: ["link-lost"],
    words: /the server closed the connection/,
  },
  {
    name: "a server that is killed and comes back",
    strike: (bench) => {
      const killed = bench.killServer();
      return async () => {
        await killed;
        await delay(500);
        await bench.startServer();
      };
    },
    codes: ["link-lost"],
    words: /Switch the robot on, start its server/,
  },
  {
    name: "a second client that publishes rubbish",
    strike: ({ url }) => {
      const socket = new WebSocket(url);
      const say = (message: object): void => socket.send(JSON.stringify(message));
      const text = (data: unknown): object => ({
        data: typeof data === "string" ? data : JSON.stringify(data),
      });
      const rubbish = (): void => {
        for (const [topic, msg] of [
          ["/joint_states", { position: "none" }],
          ["/joint_states", { nonsense: 1 }],
          ["/gaitsmith/command", text("{")],
          [
            "/gaitsmith/command",
            text({ v: 1, owner: "else", epoch: 1, number: 1, sent: 0, valid: 9, kind: "disarm" }),
          ],
          [
            "/gaitsmith/keepalive",
            text({ v: 1, owner: "else", epoch: 9, number: 1e15, sent: 0, valid: 9, seen: 0 }),
          ],
          ["/gaitsmith/answer", text({ v: 1, owner: "else", number: 1, accepted: false })],
          ["/gaitsmith/answer", text("[]")],
          ["/gaitsmith/event", text({ v: 2 })],
          ["/gaitsmith/state", text("no JSON")],
        ] as const)
          say({ op: "publish", topic, msg });
      };
      let timer: NodeJS.Timeout | undefined;
      socket.once("open", () => {
        for (const name of ["command", "keepalive", "answer", "event", "state"])
          say({ op: "advertise", topic: `/gaitsmith/${name}`, type: "std_msgs/String" });
        timer = setInterval(rubbish, 20);
      });
      socket.on("error", () => {});
      return () => {
        clearInterval(timer);
        socket.close();
      };
    },
    codes: [],
    words: /a message on \/gaitsmith\/\w+ is not of the node's conversation/,
  },
];
