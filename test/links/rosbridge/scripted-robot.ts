/** A small robot behind a scripted rosbridge server: joint states, an IMU, a battery, and gaitsmith's node. */
import type { WebSocket } from "ws";
import { NodeConversation, USUAL_TIMES } from "../../../sim/rosbridge/node-conversation.ts";
import type {
  ChannelMapping,
  RosbridgeLinkConfig,
  TopicMapping,
} from "../../../src/config/rosbridge-link.ts";
import { parameterHash } from "../../../src/robot/parameters.ts";
import type { StopLevel } from "../../../src/robot/robot.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { type Heard, ScriptedServer } from "./scripted-server.ts";

export const ROBOT_ID = "tripod";
export const JOINTS = ["hip", "knee"];
export const RATE = 100;
const NAMESPACE = "/gaitsmith";

const channel = (
  channels: readonly string[],
  field: string,
  more: Partial<ChannelMapping> = {},
): ChannelMapping => ({
  ...{ channels, field, joints: null, pick: { kind: "value" }, unit: "rad", factor: 1, offset: 0 },
  signs: channels.map(() => 1),
  source: "measured",
  where: `robot.yaml, ${channels[0]}`,
  ...more,
});

const topic = (name: string, type: string, channels: readonly ChannelMapping[]): TopicMapping => ({
  ...{ topic: name, type, channels, rate: RATE, encoding: "json", throttle: 0, queue: 1 },
  stamp: "header.stamp",
  where: `robot.yaml, ${name}`,
});

const byName = (kind: (joint: string) => string, field: string): ChannelMapping =>
  channel(JOINTS.map(kind), field, { joints: JOINTS, pick: { kind: "names", field: "name", names: JOINTS } });

export const TOPICS: readonly TopicMapping[] = [
  topic("/imu", "sensor_msgs/Imu", [
    channel([channelName.roll], "orientation", { pick: { kind: "angle", angle: "roll" } }),
    channel([channelName.pitch], "orientation", { pick: { kind: "angle", angle: "pitch" } }),
  ]),
  topic("/battery", "sensor_msgs/BatteryState", [
    channel([channelName.batteryVoltage], "voltage", { unit: "V" }),
  ]),
  topic("/joint_states", "sensor_msgs/JointState", [
    byName(channelName.jointPosition, "position"),
    byName(channelName.jointVelocity, "velocity"),
  ]),
];

export function linkTo(url: string, change: Partial<RosbridgeLinkConfig> = {}): RosbridgeLinkConfig {
  return {
    kind: "rosbridge",
    clock: "realtime",
    url,
    ros: "auto",
    authorizationFrom: null,
    certificateAuthority: null,
    reconnectWithin: 0,
    definitions: {},
    telemetry: { rate: RATE, frames: "/joint_states", topics: TOPICS },
    control: { kind: "node", namespace: NAMESPACE },
    watchdog: { kind: "node", namespace: NAMESPACE },
    ...change,
  };
}

/** What the robot was told to do, in order, and a way to make it answer badly. */
export class ScriptedRobot {
  readonly server: ScriptedServer;
  readonly done: string[] = [];
  /** The node has died; the robot's other nodes live. */
  dead = false;
  /** Topics that say nothing at present. */
  readonly mute = new Set<string>();
  /** Fields of messages that are to be another value. */
  readonly changed = new Map<string, unknown>();
  /** Services besides rosapi: what they answer, or undefined for nothing at all. */
  readonly services = new Map<string, (args: unknown) => unknown>();
  /** Commands whose answer is lost, by kind: so many times. */
  readonly unanswered = new Map<string, number>();
  /** Types of topics besides. */
  readonly further = new Map<string, string>();
  boot = "boot-1";
  ros: 1 | 2 = 1;
  #conversation: NodeConversation;
  #ticking: NodeJS.Timeout;
  #published = 0;

  static async start(port = 0): Promise<ScriptedRobot> {
    return new ScriptedRobot(await ScriptedServer.listen(port));
  }

  private constructor(server: ScriptedServer) {
    this.server = server;
    this.#conversation = this.#converse();
    server.onMessage = (message, socket) => this.#hear(message, socket);
    this.#ticking = setInterval(() => this.#tick(), 1000 / RATE);
  }

  /** By how much its clock was set, and its stamps are ahead of its clock, s. */
  clockSet = 0;
  stampsAhead = 0;
  /** Of its next messages so many have stamps that are an hour ahead. */
  strays = 0;

  /** Seconds of ROS time; not the station's clock. */
  get time(): number {
    return 1.7e9 + performance.now() / 1000 + this.clockSet;
  }

  get fed(): number {
    return this.#conversation.state(this.#moment).fed;
  }

  reboot(boot: string): void {
    this.boot = boot;
    this.#conversation = this.#converse();
  }

  say(name: "answer" | "state" | "event", content: unknown): void {
    this.#publish(`${NAMESPACE}/${name}`, {
      data: typeof content === "string" ? content : JSON.stringify(content),
    });
  }

  event(code: string, reason: string): void {
    const event = this.#conversation.event("fault", code, reason, this.#moment);
    for (let copy = 0; copy < 3; copy++) this.say("event", event);
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    await this.server.die();
  }

  /** Node and telemetry fall silent; the server lives. */
  silence(): void {
    clearInterval(this.#ticking);
  }

  get #moment(): { steady: number; clock: number } {
    return { steady: performance.now() / 1000, clock: this.time };
  }

  #converse(): NodeConversation {
    return new NodeConversation({
      ...USUAL_TIMES,
      firstStop: "settle",
      introduction: {
        ...{ robot: ROBOT_ID, firmware: "scripted", boot: this.boot, joints: JOINTS, rate: RATE },
        ...{ runsGait: true, returnsByItself: false, clock: "realtime" },
        commands: [
          "hello",
          "time",
          "acquire-lease",
          "release-lease",
          "arm",
          "disarm",
          "stage",
          "commit",
          "start",
          "stop",
        ],
      },
    });
  }

  #tickNode(): void {
    const { stops, events } = this.#conversation.tick(this.#moment);
    this.#stopAt(stops);
    for (const event of events) this.say("event", event);
    if (this.#published++ % 10 === 0) this.say("state", this.#conversation.state(this.#moment));
  }

  #tick(): void {
    if (!this.dead) this.#tickNode();
    const time = this.time + (this.strays-- > 0 ? 3600 : this.stampsAhead);
    const seconds = Math.floor(time);
    const nanos = Math.floor((time - seconds) * 1e9);
    const stamp = this.ros === 1 ? { secs: seconds, nsecs: nanos } : { sec: seconds, nanosec: nanos };
    const header = { stamp, frame_id: "" };
    const orientation = { x: 0, y: 0, z: 0, w: 1 };
    this.#publish("/imu", { header, orientation, orientation_covariance: new Array(9).fill(0) });
    this.#publish("/battery", { header, voltage: 12 });
    this.#publish("/joint_states", {
      header,
      name: JOINTS,
      position: [0.1, 0.2],
      velocity: [0, 0],
      effort: [],
    });
  }

  #publish(name: string, msg: object): void {
    if (this.mute.has(name)) return;
    const changed = Object.fromEntries(
      [...this.changed]
        .filter(([path]) => path.startsWith(`${name}.`))
        .map(([path, value]) => [path.slice(name.length + 1), value]),
    );
    this.server.publish(name, { ...msg, ...changed });
  }

  #stopAt(stops: readonly StopLevel[]): void {
    for (const level of stops) this.done.push(`stop ${level}`);
  }

  #hear(message: Heard, socket: WebSocket): void {
    if (message.op === "call_service") this.#serve(message, socket);
    if (message.op !== "publish") return;
    const { data } = message.msg as { data: string };
    if (message.topic === `${NAMESPACE}/keepalive`) this.#conversation.onKeepalive(data, this.#moment);
    if (message.topic !== `${NAMESPACE}/command`) return;
    const { stops, request, answer } = this.#conversation.onCommand(data, this.#moment);
    this.#stopAt(stops);
    if (request === null) {
      if (answer !== null) this.#answer(JSON.parse(data).kind, answer);
      return;
    }
    const { command, level } = request;
    this.done.push(command.kind === "stop" ? `stop ${level}` : command.kind);
    const { gait, values } = command.fields as { gait: string; values: [string, number][] };
    const fields = command.kind === "stage" ? { hash: parameterHash({ gait, values }) } : {};
    this.#answer(command.kind, this.#conversation.finish(request, { accepted: true, fields }, this.#moment));
  }

  #answer(kind: string, answer: unknown): void {
    const lost = this.unanswered.get(kind) ?? 0;
    if (lost > 0) this.unanswered.set(kind, lost - 1);
    else this.say("answer", answer);
  }

  #serve({ service = "", id, args }: Heard, socket: WebSocket): void {
    const values = service.startsWith("/rosapi/")
      ? this.#rosapi(service, args)
      : this.services.get(service)?.(args);
    if (values === undefined) return;
    const result = values !== null;
    socket.send(
      JSON.stringify({ op: "service_response", id, service, result, values: values ?? "no such service" }),
    );
  }

  #rosapi(service: string, args: unknown): unknown {
    const own = this.services.get(service);
    if (own !== undefined) return own(args);
    const spelled = (type: string): string => (this.ros === 1 ? type : type.replace("/", "/msg/"));
    switch (service) {
      case "/rosapi/topics":
        return {
          topics: [...TOPICS.map(({ topic: name }) => name), ...this.further.keys()],
          types: [...TOPICS.map(({ type }) => type), ...this.further.values()].map(spelled),
        };
      case "/rosapi/services":
        return { services: [...this.services.keys()] };
      case "/rosapi/publishers": {
        const { topic } = args as { readonly topic: string };
        const published = TOPICS.some((one) => one.topic === topic) || this.further.has(topic);
        return { publishers: published || topic.startsWith(NAMESPACE) ? ["/robot"] : [] };
      }
      case "/rosapi/subscribers":
        return { subscribers: ["/robot"] };
      default:
        return null;
    }
  }
}
