/** Sensors that lie or fall silent. In the simulated robot their faults befall a walk and are gone with it. */
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { ABORTED, befalls, everywhere, type Fault, GOES_ON, INTERRUPTED } from "../fault.ts";

const KNEE = "FL_knee";
/** Longer than any walk, s. */
const FOR_EVER = 60;
const INERTIAL = [
  channelName.roll,
  channelName.pitch,
  ...(["x", "y", "z"] as const).flatMap((axis) => [
    channelName.angularVelocity(axis),
    channelName.acceleration(axis),
  ]),
];

export const SENSOR_FAULTS: readonly Fault[] = [
  {
    id: "imu-nan",
    group: "sensors",
    words: "the pitch has no value any more (NaN)",
    strike: everywhere(
      befalls(() => ({ kind: "not-a-number", channel: channelName.pitch, duration: FOR_EVER })),
    ),
    promise: { by: ["not-a-number"], within: 0.15, ...INTERRUPTED },
  },
  {
    id: "imu-offline",
    group: "sensors",
    words: "the whole IMU is offline",
    strike: everywhere(
      befalls(() =>
        INERTIAL.map((channel) => ({ kind: "not-a-number", channel, duration: FOR_EVER }) as const),
      ),
    ),
    promise: { by: ["not-a-number"], within: 0.15, ...INTERRUPTED },
    note: "cut at once: what it is told of its posture is not to be trusted",
  },
  {
    id: "imu-stuck",
    group: "sensors",
    words: "the pitch is stuck at its last value",
    strike: everywhere(befalls(() => ({ kind: "frozen", channel: channelName.pitch }))),
    promise: { by: ["frozen"], within: 0.3, ...INTERRUPTED },
    note: "a real sensor is noisy: the very same value for 200 ms is none",
  },
  {
    id: "encoder-stuck",
    group: "sensors",
    words: "an encoder is stuck at its last value while its leg moves",
    strike: everywhere(befalls(() => ({ kind: "frozen", channel: channelName.jointPosition(KNEE) }))),
    promise: { by: ["frozen"], within: 0.8, ...INTERRUPTED },
    note: "seen by its target: 200 ms of motion asked for, and none reported",
  },
  {
    id: "encoder-nan",
    group: "sensors",
    words: "an encoder has no value any more (NaN)",
    strike: everywhere(
      befalls(() => ({ kind: "not-a-number", channel: channelName.jointPosition(KNEE), duration: FOR_EVER })),
    ),
    promise: { by: ["not-a-number"], within: 0.15, ...INTERRUPTED },
  },
  {
    id: "spike-one-frame",
    group: "sensors",
    words: "one frame says that the robot lies on its side",
    strike: everywhere(
      befalls(() => ({ kind: "spike", channel: channelName.roll, value: 1.5, duration: 0.01 })),
    ),
    promise: GOES_ON,
    note: "tilt counts from the second frame on",
  },
  {
    id: "spike-encoder",
    group: "sensors",
    words: "an encoder jumps to an impossible angle for three frames",
    strike: everywhere(
      befalls(() => ({
        kind: "spike",
        channel: channelName.jointPosition(KNEE),
        value: 9,
        duration: 0.03,
      })),
    ),
    promise: { by: ["joint-position"], within: 0.15, ...ABORTED },
    note: "the jump itself is not believed, what stays there is: two frames beyond a limit are a crossing",
  },
  {
    id: "imu-drift-fast",
    group: "sensors",
    words: "the pitch runs away by 1 rad/s",
    strike: everywhere(befalls(() => ({ kind: "drift", channel: channelName.pitch, rate: 1 }))),
    promise: { by: ["tilt"], within: 1.1, ...ABORTED },
    note: "seen when it has reached the limit of tilt: 45° at 1 rad/s. It is filed against the gait: nothing tells it from a fall",
  },
  {
    id: "imu-drift-slow",
    group: "sensors",
    words: "the pitch runs away by 0.02 rad/s",
    strike: everywhere(befalls(() => ({ kind: "drift", channel: channelName.pitch, rate: 0.02 }))),
    promise: GOES_ON,
    note: "not detected in a walk; bounded by preflight, which refuses a robot that seems to lean more than 15°, and by the limits of height and joints, which need no IMU",
  },
  {
    id: "imu-inverted",
    group: "sensors",
    words: "the pitch has the wrong sign from now on",
    strike: everywhere(befalls(() => ({ kind: "inverted", channel: channelName.pitch }))),
    promise: GOES_ON,
    note: "not detected: the limit of tilt takes the angle in either direction, so that it stops a fall all the same; found when the robot is tilted by hand on its first day",
  },
  {
    id: "encoder-inverted",
    group: "sensors",
    words: "a knee's encoder has the wrong sign from now on",
    strike: everywhere(befalls(() => ({ kind: "inverted", channel: channelName.jointPosition(KNEE) }))),
    promise: { by: ["joint-position", "frozen", "not-a-number"], within: 0.15, ...ABORTED },
  },
];
