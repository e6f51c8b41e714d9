/** Frames that are late, lost, doubled, overtaken or nonsense, as the station gets them from a link that has no line of its own. */
import type { TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { type Fault, GOES_ON, INTERRUPTED, type Strike } from "../fault.ts";

/** What a 32-bit counter of microseconds comes back from, s. */
const WRAP = 2 ** 32 / 1e6;
const JUMP = 3600;

type Deliver = (frame: TelemetryFrame) => void;
/** From the fault on frames take this way, in process. */
const way =
  (make: (scene: Parameters<Strike>[0]) => (frame: TelemetryFrame, deliver: Deliver) => void): Strike =>
  (scene) => {
    const { robot } = scene;
    if (robot === undefined) throw new TypeError("this fault is one of the link in process");
    const straight = robot.way;
    robot.way = make(scene);
    return () => {
      robot.way = straight;
    };
  };

const copyOf = (frame: TelemetryFrame): TelemetryFrame => ({ ...frame, values: frame.values.slice() });

/** Every frame comes this much later, s. */
const delayed = (delay: number): Strike =>
  way(({ robot }) => {
    const underway: TelemetryFrame[] = [];
    return (frame, deliver) => {
      underway.push(frame);
      const now = robot!.clock.now();
      while (underway.length > 0 && underway[0]!.tArrival + delay <= now + 1e-9)
        deliver({ ...underway.shift()!, tArrival: now });
    };
  });

export const TELEMETRY_FAULTS: readonly Fault[] = [
  {
    id: "frames-lost",
    group: "telemetry",
    words: "10 % of the frames are lost",
    strike: {
      "in process": way(({ random }) => (frame, deliver) => {
        if (random.uniform() >= 0.1) deliver(frame);
      }),
    },
    promise: GOES_ON,
    note: "up to 8 in a row, and 150 ms, are borne",
  },
  {
    id: "frames-doubled",
    group: "telemetry",
    words: "every frame comes twice",
    strike: {
      "in process": way(() => (frame, deliver) => {
        deliver(copyOf(frame));
        deliver(frame);
      }),
    },
    promise: GOES_ON,
  },
  {
    id: "frames-overtaken",
    group: "telemetry",
    words: "every third frame comes after the next one",
    strike: {
      "in process": way(() => {
        let held: TelemetryFrame | null = null;
        let count = 0;
        return (frame, deliver) => {
          if (++count % 3 === 0 && held === null) {
            held = frame;
            return;
          }
          deliver(frame);
          if (held !== null) deliver(held);
          held = null;
        };
      }),
    },
    promise: GOES_ON,
    note: "a frame that was overtaken tells nothing new",
  },
  {
    id: "frames-late-50ms",
    group: "telemetry",
    words: "frames come 50 ms late",
    strike: { "in process": delayed(0.05) },
    promise: GOES_ON,
    note: "less than the 150 ms that the limit of frame age allows",
  },
  {
    id: "frames-late",
    group: "telemetry",
    words: "frames come 160 to 500 ms late",
    strike: {
      "in process": (scene) => delayed(0.16 + 0.34 * scene.random.uniform())(scene),
    },
    promise: { by: ["frame-age"], within: 0.25, ...INTERRUPTED },
  },
  {
    id: "robot-silent",
    group: "telemetry",
    words: "the robot sends no telemetry any more, and goes on walking",
    strike: {
      "in process": ({ body }) => {
        body.befall({ kind: "silence", duration: 60 });
        return undefined;
      },
    },
    promise: { by: ["frame-age"], within: 0.25, ...INTERRUPTED },
  },
  {
    id: "robot-mute",
    group: "telemetry",
    words: "the robot sends nothing any more and confirms no stop, on a link that stays up",
    strike: {
      "in process": ({ body, robot }) => {
        body.befall({ kind: "silence", duration: 60 });
        robot!.confirms = false;
        return () => {
          robot!.confirms = true;
        };
      },
    },
    promise: { by: ["frame-age"], within: 0.25, end: ["interrupted"], latched: true },
    note: "nobody knows what it does: cut blindly, and latched",
  },
  {
    id: "robot-babbles",
    group: "telemetry",
    words: "the robot floods the station: fifty frames of random numbers after each of its own",
    strike: {
      "in process": way(({ random }) => (frame, deliver) => {
        deliver(copyOf(frame));
        for (let count = 0; count < 50; count++)
          deliver({
            ...frame,
            seq: Math.floor(2 ** 32 * random.uniform()),
            tRobot: frame.tRobot + 1000 * (random.uniform() - 0.5),
            values: frame.values.map(() => 100 * random.normal()),
          });
      }),
    },
    promise: {
      by: ["frame-gap", "frame-age", "not-a-number", "duration"],
      within: 0.1,
      end: ["interrupted"],
      latched: "possibly",
    },
    note: "latched when the nonsense says that the robot's stop button is pressed",
  },
  {
    id: "clock-jumps-ahead",
    group: "telemetry",
    words: "the robot's clock jumps an hour ahead",
    strike: {
      "in process": way(
        () => (frame, deliver) => deliver(Object.assign(frame, { tRobot: frame.tRobot + JUMP })),
      ),
    },
    promise: { by: ["frame-age", "duration"], within: 0.1, ...INTERRUPTED },
  },
  {
    id: "clock-jumps-back",
    group: "telemetry",
    words: "the robot's clock jumps an hour back",
    strike: {
      "in process": way(
        () => (frame, deliver) => deliver(Object.assign(frame, { tRobot: frame.tRobot - JUMP })),
      ),
    },
    promise: { by: ["frame-age"], within: 0.25, ...INTERRUPTED },
    note: "frames whose time does not move on tell nothing: it counts as silence",
  },
  {
    id: "clock-wraps",
    group: "telemetry",
    words: "the robot's clock, a 32-bit counter of microseconds, begins anew",
    strike: {
      "in process": way(
        () => (frame, deliver) => deliver(Object.assign(frame, { tRobot: frame.tRobot - WRAP })),
      ),
    },
    promise: { by: ["frame-age"], within: 0.25, ...INTERRUPTED },
    note: "over the serial protocol a clock has 64 bits",
  },
  {
    id: "clock-stands-still",
    group: "telemetry",
    words: "the robot's clock stands still",
    strike: {
      "in process": way(({ robot }) => {
        const stopped = robot!.newest;
        return (frame, deliver) => deliver(Object.assign(frame, { tRobot: stopped }));
      }),
    },
    promise: { by: ["frame-age"], within: 0.25, ...INTERRUPTED },
  },
];
