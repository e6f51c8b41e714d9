/** One walk's recording: telemetry as the ROS messages that viewers know, every raw channel, events, and the outcome. */
import { quaternionOf } from "../robot/orientation.ts";
import { channelName } from "../robot/telemetry-frame.ts";
import { McapFile } from "./mcap-file.ts";
import type { WalkOutcome } from "./messages.ts";
import type { RecordedEvent, RecordingHeader } from "./recording-messages.ts";
import { type RosType, rosType } from "./ros-messages.ts";

const LEVELS = { info: 0, warn: 1, error: 2 } as const;
const UNKNOWN_COVARIANCE = [-1, 0, 0, 0, 0, 0, 0, 0, 0];

interface Topic {
  readonly id: number;
  readonly type: RosType;
}

export class RecordingWriter {
  readonly #file: McapFile;
  readonly #header: RecordingHeader;
  readonly #topics: Readonly<Record<keyof typeof TOPICS, Topic>>;
  readonly #index: (name: string) => number;

  private constructor(
    file: McapFile,
    header: RecordingHeader,
    topics: Readonly<Record<keyof typeof TOPICS, Topic>>,
  ) {
    this.#file = file;
    this.#header = header;
    this.#topics = topics;
    const indices = new Map(header.channels.map(({ name }, index) => [name, index]));
    this.#index = (name) => indices.get(name) ?? -1;
  }

  static async create(path: string, header: RecordingHeader): Promise<RecordingWriter> {
    const file = await McapFile.create(path);
    await file.addMetadata("gaitsmith", {
      robot: header.robotId,
      trial: String(header.trial),
      attempt: String(header.attempt),
      config: header.configHash,
      parameters: JSON.stringify(header.parameters),
      limits: JSON.stringify(header.envelope),
    });
    const channels = JSON.stringify(header.channels);
    const topics: Partial<Record<keyof typeof TOPICS, Topic>> = {};
    for (const [key, { topic, name }] of Object.entries(TOPICS)) {
      const type = types.get(name) ?? rosType(name);
      types.set(name, type);
      const metadata = key === "frame" ? { channels } : {};
      topics[key as keyof typeof TOPICS] = { id: await file.addChannel(topic, type, metadata), type };
    }
    return new RecordingWriter(file, header, topics as Record<keyof typeof TOPICS, Topic>);
  }

  async frame(seq: number, tRobot: number, tArrival: number, values: Float64Array): Promise<void> {
    const time = this.#time(tArrival);
    const { joints } = this.#header;
    const at = (name: string): number => values[this.#index(name)] ?? Number.NaN;
    const header = { seq, stamp: stamp(tRobot), frame_id: "trunk" };
    await this.#write("frame", time, { seq, t_robot: tRobot, t_arrival: tArrival, values });
    await this.#write("joints", time, {
      header,
      name: joints,
      position: joints.map((joint) => at(channelName.jointPosition(joint))),
      velocity: joints.map((joint) => at(channelName.jointVelocity(joint))),
      effort: joints.map((joint) => at(channelName.motorTorque(joint))),
    });
    const orientation = quaternionOf(at(channelName.roll), at(channelName.pitch), at(channelName.yaw));
    const vector = (name: (axis: "x" | "y" | "z") => string) => ({
      x: at(name("x")),
      y: at(name("y")),
      z: at(name("z")),
    });
    await this.#write("imu", time, {
      header,
      orientation,
      orientation_covariance: UNKNOWN_COVARIANCE,
      angular_velocity: vector(channelName.angularVelocity),
      angular_velocity_covariance: UNKNOWN_COVARIANCE,
      linear_acceleration: vector(channelName.acceleration),
      linear_acceleration_covariance: UNKNOWN_COVARIANCE,
    });
    await this.#write("battery", time, {
      header,
      voltage: at(channelName.batteryVoltage),
      current: -at(channelName.batteryCurrent),
      charge: Number.NaN,
      capacity: Number.NaN,
      design_capacity: Number.NaN,
      percentage: Number.NaN,
      power_supply_status: 0,
      power_supply_health: 0,
      power_supply_technology: 0,
      present: true,
      temperature: Number.NaN,
      cell_voltage: [],
      cell_temperature: [],
      location: "",
      serial_number: "",
    });
    await this.#write("pose", time, {
      header: { ...header, frame_id: "start_line" },
      pose: {
        position: { x: at(channelName.poseX), y: at(channelName.poseY), z: at(channelName.height) },
        orientation: quaternionOf(at(channelName.roll), at(channelName.pitch), at(channelName.poseYaw)),
      },
    });
  }

  async event(event: RecordedEvent): Promise<void> {
    await this.#write("events", this.#time(event.tStation), {
      header: { seq: 0, stamp: stamp(event.tRobot), frame_id: "" },
      status: [
        {
          level: LEVELS[event.level],
          name: event.name,
          message: event.words,
          hardware_id: this.#header.robotId,
          values: [
            { key: "t_robot", value: String(event.tRobot) },
            { key: "t_station", value: String(event.tStation) },
            { key: "frame", value: String(event.frame) },
          ],
        },
      ],
    });
  }

  /** The last record. @param tStation station clock, s */
  async outcome(outcome: WalkOutcome, tStation: number): Promise<void> {
    await this.#write("outcome", this.#time(tStation), { json: JSON.stringify(outcome) });
  }

  end(): Promise<void> {
    return this.#file.end();
  }

  abandon(): void {
    this.#file.abandon();
  }

  #write(topic: keyof typeof TOPICS, time: bigint, message: unknown): Promise<void> {
    const { id, type } = this.#topics[topic];
    return this.#file.write(id, time, type.write(message));
  }

  /** Station time → wall time, ns: viewers show dates. */
  #time(tStation: number): bigint {
    const { wallStart, stationStart } = this.#header;
    const seconds = Number.isFinite(tStation) ? Math.max(0, tStation - stationStart) : 0;
    return BigInt(Math.round(wallStart)) * 1_000_000n + BigInt(Math.round(seconds * 1e9));
  }
}

const TOPICS = {
  frame: { topic: "/gaitsmith/frame", name: "gaitsmith_msgs/Frame" },
  joints: { topic: "/joint_states", name: "sensor_msgs/JointState" },
  imu: { topic: "/imu", name: "sensor_msgs/Imu" },
  battery: { topic: "/battery", name: "sensor_msgs/BatteryState" },
  pose: { topic: "/pose", name: "geometry_msgs/PoseStamped" },
  events: { topic: "/diagnostics", name: "diagnostic_msgs/DiagnosticArray" },
  outcome: { topic: "/gaitsmith/outcome", name: "gaitsmith_msgs/Outcome" },
} as const;

/** Building a serialiser takes a while; recordings follow one another. */
const types = new Map<string, RosType>();

/** A ROS 1 time: robot time where it is one, else 0. */
function stamp(seconds: number): { sec: number; nsec: number } {
  if (!(seconds >= 0)) return { sec: 0, nsec: 0 };
  const sec = Math.floor(seconds);
  return { sec, nsec: Math.floor((seconds - sec) * 1e9) };
}
