/** A robot behind a rosbridge server (docs/rosbridge.md). */
import { type Clock, ManualClock, systemClock } from "../../clock.ts";
import type { RosbridgeLinkConfig } from "../../config/rosbridge-link.ts";
import { GaitsmithError } from "../../errors.ts";
import type { Cleared, Command } from "../../robot/command.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  LinkDiagnostics,
  LinkFinding,
  Placement,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import type { TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { type Connections, connect } from "./access.ts";
import { linkFigures } from "./diagnostics.ts";
import type { Drive } from "./drive.ts";
import { linkFindings } from "./findings.ts";
import { type GaitDescription, MappedDrive } from "./mapped-drive.ts";
import { type Finding, refuseErrors } from "./mapping/finding.ts";
import { compileMapping, type MappedTelemetry } from "./mapping/frame-assembly.ts";
import { checkAgainstServer, rosVersion } from "./mapping/server-check.ts";
import type { Ask } from "./mapping/server-graph.ts";
import { NodeClient } from "./node-client.ts";
import { NodeDrive } from "./node-drive.ts";
import { type Ros, settleRos } from "./ros-version.ts";
import { TelemetryIntake } from "./telemetry-intake.ts";

/** Things of which a person is told once, in all. */
const MOST_NOTICES = 50;
/** s */
const ASKING = 10;

export interface RosbridgeRobotOptions {
  readonly link: RosbridgeLinkConfig;
  readonly robotId: string;
  /** In the order of targets. */
  readonly joints: readonly string[];
  /** What its gait takes; of robots that are told through their own interfaces. */
  readonly gait: GaitDescription;
  /** Where the reward's speed comes from, as the config says. */
  readonly speedSource: string;
  /** A whole walk, ramps included, s. */
  readonly walkSeconds: number;
  /** The station's clock; a `ManualClock` in lockstep, which this robot then moves. */
  readonly clock: Clock;
}

export class RosbridgeRobot implements Robot {
  readonly #options: RosbridgeRobotOptions;
  readonly #noticed = new Set<string>();
  #connections: Connections | null = null;
  #mapped: MappedTelemetry | null = null;
  #intake: TelemetryIntake | null = null;
  #drive: Drive | null = null;
  #capabilities: Capabilities | null = null;
  /** Of the config against the server. */
  #checked: readonly Finding[] = [];
  /** When its topics began to be listened to, station clock, s, and what had come by then. */
  #began: { readonly at: number; readonly messages: ReadonlyMap<string, number> } | null = null;
  #lost: string | null = null;
  #pressed = false;
  #closing: Promise<void> | null = null;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #onEvent: (event: RobotEvent) => void = () => {};
  #onNotice: (words: string) => void = () => {};

  constructor(options: RosbridgeRobotOptions) {
    if (options.link.clock === "lockstep" && !(options.clock instanceof ManualClock))
      throw new TypeError("a lockstep robot moves the station's clock: give it a ManualClock");
    this.#options = options;
  }

  /** null before `open`. */
  get capabilities(): Capabilities | null {
    return this.#capabilities;
  }

  async open(): Promise<Capabilities> {
    if (this.#closing !== null || this.#lost !== null) this.#gone();
    if (this.#capabilities !== null) return this.#capabilities;
    try {
      this.#capabilities = await this.#begin();
      return this.#capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
  }

  onNotice(listener: (words: string) => void): void {
    this.#onNotice = listener;
  }

  acquireLease(owner: string, epoch?: number): Promise<Lease> {
    return this.#reached().acquireLease(owner, epoch);
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    const drive = this.#reached();
    if (command.kind === "arm") this.#watch(true);
    const answer = await drive.send(command);
    if (command.kind === (answer.accepted ? "disarm" : "arm")) this.#watch(false);
    return answer;
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    const [drive, intake] = [this.#drive, this.#intake];
    // Of two connections one may be lost, and the robot at its end may hear over the other one.
    if (drive === null || this.#closing !== null) return { confirmed: false, level, tRobot: Number.NaN };
    const confirmation = await drive.stop(level);
    if (confirmation.confirmed && confirmation.level !== "neutral") this.#watch(false);
    return { ...confirmation, tRobot: intake?.toFrames(confirmation.tRobot) ?? Number.NaN };
  }

  async advance(): Promise<void> {
    const { clock } = this.#options;
    if (!(clock instanceof ManualClock)) throw new TypeError("only a lockstep robot can be advanced");
    const drive = this.#reached();
    const intake = this.#intake!;
    const next = await drive.advance();
    if ("silentUntil" in next)
      clock.advance(Math.max(0, next.silentUntil + intake.clockOffset - clock.now()));
    else this.#onFrame(await intake.deliver(next));
  }

  place(placement: Placement): Promise<void> {
    return this.#reached().place(placement);
  }

  carryOver(): unknown {
    return this.#drive?.carryOver() ?? null;
  }

  walkedDistance(): Promise<number> {
    return this.#reached().walkedDistance();
  }

  /** With a node of ours as far as that node, else as far as the server, which answers also when it does not know its time. */
  async roundTrip(): Promise<number> {
    const drive = this.#reached();
    const began = systemClock.now();
    if (drive.roundTrip !== undefined) await drive.roundTrip();
    else await this.#connections!.commands.call("/rosapi/get_time", {}, ASKING);
    return systemClock.now() - began;
  }

  activeParameters(): Promise<ParameterSetOnWire | null> {
    return this.#reached().activeParameters();
  }

  findings(): readonly LinkFinding[] {
    const { link, clock } = this.#options;
    const now = clock.now();
    const [mapped, began] = [this.#mapped, this.#began];
    // In lockstep a topic's rate says nothing.
    const listened =
      mapped === null || began === null || link.clock === "lockstep"
        ? null
        : { mapped, before: began.messages, seconds: now - began.at, now };
    return linkFindings(link, this.#checked, listened);
  }

  diagnostics(): Promise<LinkDiagnostics> {
    const [connections, mapped, intake] = [this.#connections, this.#mapped, this.#intake];
    if (connections === null || mapped === null || intake === null) return Promise.resolve({});
    return Promise.resolve({
      ...linkFigures(connections, mapped, intake),
      ...this.#drive?.figures(),
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #begin(): Promise<Capabilities> {
    const { link, robotId, joints, clock } = this.#options;
    const connections = await connect(link, {
      lockstep: link.clock === "lockstep",
      now: () => clock.now(),
      wall: () => systemClock.now(),
      notice: (words) => this.#notice(words),
      onBackPressure: (bytes) => this.#onBackPressure(bytes),
      onLost: (reason) => this.#lose(reason),
    });
    this.#connections = connections;
    const ros = await this.#check(connections);
    const mapped = compileMapping(link, joints, ros);
    this.#mapped = mapped;
    const drive = this.#driveFor(connections, ros);
    this.#drive = drive;
    const introduction = await drive.introduce();
    const intake = new TelemetryIntake({
      mapped,
      clock,
      connection: connections.telemetry,
      periods: new Map(link.telemetry.topics.map(({ topic, rate }) => [topic, 1 / rate])),
      toOurs: (rosTime) => drive.toOurs(rosTime),
      onFrame: (frame) => this.#hear(frame),
      onClockSet: (by) => this.#onClockSet(by),
      notice: (words) => this.#notice(words),
    });
    this.#intake = intake;
    await intake.begin(link.telemetry.frames);
    this.#began = {
      at: clock.now(),
      messages: new Map(mapped.topics.map((one) => [one.topic, one.messages])),
    };
    if (clock instanceof ManualClock) {
      const offset = Math.ceil(clock.now());
      intake.clockOffset = offset;
      clock.advance(offset - clock.now());
    }
    return {
      robotId,
      clock: link.clock,
      layout: mapped.layout,
      telemetryRate: link.telemetry.rate,
      protocol: `rosbridge to ROS ${ros}`,
      ...introduction,
    };
  }

  /** The server is asked what the robot has before anything is sent to it. @throws CONFIG_INVALID with all that does not fit */
  async #check({ telemetry }: Connections): Promise<Ros> {
    const { link, joints, speedSource } = this.#options;
    const ask: Ask = async (service, args) => {
      const { result, values } = await telemetry.call(service, args, ASKING);
      return result ? values : Promise.reject(new Error(String(values)));
    };
    const ros = settleRos(await rosVersion(ask), link.ros, link.url);
    const findings = await checkAgainstServer({ link, joints, ros, speedSource, ask });
    this.#checked = findings;
    if (!telemetry.isOpen) this.#gone();
    refuseErrors(findings);
    return ros;
  }

  #driveFor(connections: Connections, ros: Ros): Drive {
    const { link, robotId, joints, gait, walkSeconds, clock } = this.#options;
    const { control, watchdog } = link;
    const { commands, telemetry } = connections;
    const client = (namespace: string): NodeClient =>
      new NodeClient({
        connection: commands,
        spare: telemetry,
        namespace,
        ros,
        clockKind: link.clock,
        clock,
        onEvent: (event) => this.#onEvent(event),
        onLost: (reason) => this.#lose(reason),
        notice: (words) => this.#notice(words),
      });
    if (control.kind === "node") {
      const { rate } = link.telemetry;
      return new NodeDrive({
        client: client(control.namespace),
        ...{ robotId, rate, clock: link.clock, where: link.url },
      });
    }
    return new MappedDrive({
      ...{ link, control, connections, ros, robotId, joints, gait, walkSeconds, clock },
      watchdog: watchdog.kind === "node" ? client(watchdog.namespace) : null,
      rosNow: () => this.#rosNow(),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  /** Without any stamp the robot's clock is taken for this machine's. */
  #rosNow(): number {
    const time = this.#intake?.rosNow ?? Number.NaN;
    return Number.isNaN(time) ? systemClock.date().getTime() / 1000 : time;
  }

  /** Frames that come while the link is still being opened are nobody's. */
  #hear(frame: TelemetryFrame): void {
    if (this.#capabilities === null || this.#closing !== null) return;
    this.#onFrame(frame);
    this.#drive!.onFrameSeen(this.#intake!.newest);
  }

  #onClockSet(by: number): void {
    if (this.#closing !== null) return;
    this.#drive!.onClockSet();
    if (this.#capabilities === null) return;
    const way = by > 0 ? "ahead" : "back";
    const { frames } = this.#options.link.telemetry;
    const reason = `the clock that stamps ${frames} was set ${way} by ${Math.abs(by).toFixed(1)} s`;
    this.#onEvent({ kind: "clock-set", reason });
  }

  #watch(watchful: boolean): void {
    if (this.#connections === null) return;
    for (const connection of Object.values(this.#connections)) connection.watchful = watchful;
  }

  #notice(words: string): void {
    if (this.#noticed.has(words) || this.#noticed.size >= MOST_NOTICES) return;
    this.#noticed.add(words);
    this.#onNotice(words);
  }

  /** What the robot should have got waits in this machine. */
  #onBackPressure(bytes: number): void {
    if (this.#pressed || this.#capabilities === null) return;
    this.#pressed = true;
    const reason = `${bytes} bytes wait to leave for the rosbridge server`;
    this.#onEvent({ kind: "fault", code: "BACK_PRESSURE", reason });
  }

  async #leave(): Promise<void> {
    const [drive, connections] = [this.#drive, this.#connections];
    await drive?.leave(this.#error("the link was closed"));
    await Promise.all(Object.values(connections ?? {}).map((connection) => connection.close()));
  }

  #lose(reason: string): void {
    if (this.#lost !== null || this.#closing !== null) return;
    this.#lost = reason;
    this.#drive?.lost(this.#error(reason));
    // A listener that is told may still have to write its last stop, over what is left.
    if (this.#capabilities !== null) this.#onEvent({ kind: "link-lost", reason });
  }

  #reached(): Drive {
    if (this.#lost !== null || this.#closing !== null || this.#capabilities === null) this.#gone();
    return this.#drive!;
  }

  #error(what: string): GaitsmithError {
    return new GaitsmithError("LINK_LOST", {
      what,
      where: this.#options.link.url,
      remedy: "Check the network, the robot's power and its rosbridge server.",
    });
  }

  #gone(): never {
    throw this.#error(
      this.#lost ?? (this.#closing === null ? "the link is not open" : "the link was closed"),
    );
  }
}
