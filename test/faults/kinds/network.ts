/** What befalls a network, a rosbridge server and the topics behind it. In real time. */
import { setTimeout as delay } from "node:timers/promises";
import { type NetworkFaults, NO_NETWORK_FAULTS } from "../../../sim/rosbridge/network-faults.ts";
import { type Fault, GOES_ON, INTERRUPTED, type Scene, type Strike } from "../fault.ts";
import { DEAD_MAN, type RosbridgeBench } from "../rosbridge-bench.ts";
import { FAULTS } from "../rosbridge-faults.ts";

const through =
  (strike: (server: RosbridgeBench, scene: Scene) => ReturnType<Strike>): Strike =>
  (scene) => {
    const { server } = scene;
    if (server === undefined) throw new TypeError("this fault is one of a robot behind rosbridge");
    return strike(server, scene);
  };

/** From now on the network does this to messages, both ways; until the robot rests, or for longer, ms. */
const network = (faults: (scene: Scene) => Partial<NetworkFaults>, longer = 0): Strike =>
  through((server, scene) => {
    const seed = Math.floor(1e9 * scene.random.uniform());
    server.bad.network({ ...NO_NETWORK_FAULTS, ...faults(scene), seed });
    return async () => {
      await delay(longer);
      server.bad.network(NO_NETWORK_FAULTS);
    };
  });

const JUMP = 3600;

/** A stamp of every topic is what becomes of it here, until the robot rests; nobody's clock is set. */
const stamps = (become: (server: RosbridgeBench) => (topic: string, time: number) => number): Strike =>
  through((server) => {
    server.graph.stamped = become(server);
    return () => {
      server.graph.stamped = null;
    };
  });

const STOPPED = { within: DEAD_MAN.settleAfter, ...INTERRUPTED };

/** The robot's dead-man and the link notice at about the same time; a limit of frame age is patient here. */
const SET_CODES = ["robot-fault", "frame-age", "duration"];

const ALL: readonly Fault[] = [
  ...FAULTS.map(
    ({ name, strike, codes, words }): Fault => ({
      id: `ros-${name.toLowerCase().replaceAll(/\W+/g, "-")}`,
      group: "network",
      words: name,
      strike: { rosbridge: through((server) => strike(server)) },
      promise: codes.length === 0 ? GOES_ON : { by: codes, ...STOPPED },
      says: words,
    }),
  ),
  {
    id: "ros-network-loses",
    group: "network",
    words: "10 % of the topics' messages are lost, both ways",
    strike: { rosbridge: network(() => ({ loss: 0.1 })) },
    promise: {
      by: ["finished", "not-a-number", "frozen"],
      within: null,
      end: ["completed", "interrupted"],
      latched: false,
    },
    note: "a frame is several messages: one that lacks its IMU for six frames in a row is not believed",
  },
  {
    id: "ros-network-delays-50ms",
    group: "network",
    words: "everything comes 50 ± 10 ms late, both ways",
    strike: { rosbridge: network(() => ({ latency: 0.05, jitter: 0.01 })) },
    promise: GOES_ON,
  },
  {
    id: "ros-network-delays",
    group: "network",
    words: "everything comes 300 to 500 ms late, both ways",
    strike: { rosbridge: network(({ random }) => ({ latency: 0.3 + 0.2 * random.uniform() }), 1000) },
    promise: {
      by: ["robot-fault", "frame-age", "link-lost", "not-a-number", "frozen"],
      ...STOPPED,
    },
  },
  {
    id: "ros-clock-jumps-ahead",
    group: "network",
    words: "the robot's clock jumps an hour ahead, and is right again when the robot rests",
    strike: {
      rosbridge: through((server) => {
        server.clockAhead += JUMP;
        return () => {
          server.clockAhead -= JUMP;
        };
      }),
    },
    promise: { by: SET_CODES, ...STOPPED },
    note: "stamps that jump count as silence; half a second later they are those of the robot's clock",
  },
  {
    id: "ros-clock-jumps-back",
    group: "network",
    words: "the robot's clock jumps an hour back, for good",
    strike: {
      rosbridge: through((server) => {
        server.clockAhead -= JUMP;
        return undefined;
      }),
    },
    promise: { by: SET_CODES, ...STOPPED },
    note: "the walk after it is made by the new clock",
  },
  {
    id: "ros-stamps-jump-ahead",
    group: "network",
    words:
      "the stamps of all topics jump an hour ahead of the robot's clock, and are right again when it rests",
    strike: { rosbridge: stamps(() => (_topic, time) => time + JUMP) },
    promise: { by: SET_CODES, ...STOPPED },
  },
  {
    id: "ros-stamps-jump-back",
    group: "network",
    words:
      "the stamps of all topics jump an hour back behind the robot's clock, and are right again when it rests",
    strike: { rosbridge: stamps(() => (_topic, time) => time - JUMP) },
    promise: { by: SET_CODES, ...STOPPED },
  },
  {
    id: "ros-stamps-astray",
    group: "network",
    words: "one message in fifty of every topic has a stamp that is an hour ahead",
    strike: {
      rosbridge: stamps(() => {
        const counts = new Map<string, number>();
        return (topic, time) => {
          const count = (counts.get(topic) ?? 0) + 1;
          counts.set(topic, count);
          return count % 50 === 0 ? time + JUMP : time;
        };
      }),
    },
    promise: GOES_ON,
    note: "it is passed over as if it had been lost",
  },
];

export const NETWORK_FAULTS: readonly Fault[] = ALL.map((fault) => ({ clock: "realtime", ...fault }));
