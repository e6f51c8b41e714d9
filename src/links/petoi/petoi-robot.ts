/**
 * A Petoi Bittle X or Nybble Q on a serial line, with the firmware OpenCatEsp32 (PetoiCamp/OpenCatEsp32).
 *
 * What it has not: encoders, torques, temperatures, a pose, a clock, and a dead-man. It walks on when nobody is there any
 * more, and during each cycle of its gait it hears nothing, so that a stop takes effect up to {@link petoiCycle} later.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { petoiCycle } from "../../config/known-gaits.ts";
import type { PetoiLinkConfig } from "../../config/petoi-link.ts";
import { describeError, fail } from "../../errors.ts";
import type { Cleared, Command } from "../../robot/command.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  LinkDiagnostics,
  LinkFinding,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import { ChannelLayout, channelName, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { CommandOrder, DONE, type Performed, type RobotActions } from "../command-order.ts";
import { noDeadMan } from "../no-dead-man.ts";
import { openDevice } from "../serial/device.ts";
import { listPorts, pathOfDevice } from "../serial/ports.ts";
import type { SerialLine } from "../serial/serial-line.ts";
import { Conversation } from "./conversation.ts";
import { gaitCommand, isSameGait, misunderstood, understoodGait } from "./gait-numbers.ts";
import {
  type ImuReading,
  type Introduction,
  imuReading,
  introductionIn,
  remarkOf,
  voltageOf,
} from "./text.ts";

/** An ESP32 resets when its port is opened, and takes its time to start, s. */
const STARTING = 20;
const ASK_AGAIN = 1;
/** From a command to its token while the robot stands or rests, s; a posture takes up to 110° × 8 ms. */
const ANSWER = 1;
const POSTURE = 2;
/** Telemetry must come before the robot counts as open, s. */
const FIRST_READING = 3;
/** The battery is asked after this often while the robot does not walk, ms: a question would end the walk. */
const BATTERY_INTERVAL = 2000;
const CHANNELS = [
  channelName.roll,
  channelName.pitch,
  channelName.yaw,
  channelName.acceleration("x"),
  channelName.acceleration("y"),
  channelName.acceleration("z"),
  channelName.batteryVoltage,
] as const;
const UNITS = ["rad", "rad", "rad", "m/s²", "m/s²", "m/s²", "V"] as const;

export interface PetoiRobotOptions {
  readonly link: PetoiLinkConfig;
  readonly robotId: string;
  readonly joints: readonly string[];
  readonly clock: Clock;
}

export class PetoiRobot implements Robot {
  readonly #options: PetoiRobotOptions;
  readonly #order: CommandOrder;
  readonly #conversation: Conversation;
  readonly #frame: TelemetryFrame = {
    seq: 0,
    tRobot: Number.NEGATIVE_INFINITY,
    tArrival: 0,
    values: new Float64Array(CHANNELS.length).fill(Number.NaN),
  };
  #path = "";
  #line: SerialLine | null = null;
  #capabilities: Capabilities | null = null;
  #closing: Promise<void> | null = null;
  #closed = false;
  #lost: string | null = null;
  /** What the robot was told last that moves it. */
  #motion: "rest" | "posture" | "gait" = "posture";
  /** What it has said it came to: lying without torque, or cut off in mid-stride. */
  #resting: "lying" | "cut" | null = null;
  #lowBattery: string | null = null;
  #voltage = Number.NaN;
  #battery: NodeJS.Timeout | null = null;
  #booting = false;
  #firstReading: () => void = () => {};
  #counts = { lines: 0, readings: 0, other: 0 };
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #onEvent: (event: RobotEvent) => void = () => {};

  constructor(options: PetoiRobotOptions) {
    this.#options = options;
    this.#order = new CommandOrder({
      robotId: options.robotId,
      now: () => options.clock.now(),
      misunderstood: misunderstood(options.link.longestCycle),
      runsGait: true,
    });
    this.#conversation = new Conversation(
      (text) => this.#write(text),
      (line) => this.#onLine(line),
    );
  }

  async open(): Promise<Capabilities> {
    if (this.#closed || this.#lost !== null) this.#gone();
    if (this.#capabilities !== null) return this.#capabilities;
    const { link, robotId, joints } = this.#options;
    this.#path = link.id === undefined ? (link.path ?? "") : pathOfDevice(await listPorts(), link.id);
    this.#line = await openDevice(this.#path, link.baud, {
      onBytes: (bytes) => this.#conversation.onBytes(bytes),
      onLost: (reason) => this.#lose(reason),
    });
    try {
      const { model, version } = await this.#greet();
      await this.#quieten();
      this.#capabilities = {
        robotId,
        clock: "realtime",
        layout: new ChannelLayout(
          CHANNELS.map((name, index) => ({ name, unit: UNITS[index]!, source: "measured" })),
        ),
        telemetryRate: link.telemetryRate,
        joints,
        firmware: `OpenCatEsp32 ${version} on ${model}`,
        runsGait: true,
        returnsByItself: false,
      };
      this.#battery = setInterval(() => void this.#askBattery(), BATTERY_INTERVAL);
      return this.#capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async acquireLease(owner: string): Promise<Lease> {
    this.#assertUsable();
    return this.#order.acquireLease(owner);
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    this.#assertUsable();
    const answer = await this.#order.carryOut(command, this.#actions);
    this.#assertUsable();
    return answer;
  }

  /**
   * Written at once unless another command is still unread: then the firmware would take both for one, and it is written
   * when that one has been answered.
   */
  async stop(level: StopLevel): Promise<StopConfirmation> {
    // A robot that is starting hears nothing, and lies down by itself.
    if (this.#line === null || this.#closed || this.#booting) return this.#stopped(level, false);
    const walked = this.#order.state === "walking";
    const hardest = this.#order.stop(level);
    // What has not been written yet must not come after the stop.
    this.#conversation.dropWaiting();
    if (hardest === "neutral" && !walked) return this.#stopped(hardest, true);
    // Cut off, it must not be driven into its rest posture.
    if (this.#resting === "cut" || (this.#resting === "lying" && hardest !== level))
      return this.#stopped(hardest, true);
    if (hardest === "neutral") return this.#stopped(hardest, await this.#rampOut());
    return this.#stopped(hardest, await this.#rest(hardest).began);
  }

  findings(): readonly LinkFinding[] {
    return [noDeadMan(this.#options.link.deadMan)];
  }

  async advance(): Promise<void> {
    throw new TypeError("only a lockstep robot can be advanced");
  }

  async place(): Promise<void> {
    throw new TypeError("this robot does not return by itself");
  }

  carryOver(): null {
    return null;
  }

  async diagnostics(): Promise<LinkDiagnostics> {
    const { lines, readings, other } = this.#counts;
    return { lines, telemetry: readings, otherLines: other, unanswered: this.#conversation.unanswered };
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    if (this.#battery !== null) clearInterval(this.#battery);
    // Nobody is going to stop it afterwards.
    if (this.#capabilities !== null && this.#lost === null && this.#order.state !== "off") {
      this.#order.stop("settle");
      this.#conversation.dropWaiting();
      await this.#rest("settle").done;
    }
    this.#order.releaseLease();
    this.#closed = true;
    this.#conversation.close();
    await this.#line?.close();
    this.#line = null;
  }

  // --- what it is told ---

  readonly #actions: RobotActions = {
    arm: () => this.#arm(),
    disarm: async () =>
      (await this.#rest("settle").done) ? DONE : refusedFor("it did not say that it rests; look at it"),
    // It holds no set: the numbers come with the start, and it is then that it says what it understood.
    stage: async () => DONE,
    start: ({ parameters }) => this.#start(Object.fromEntries(parameters.values)),
    targets: async () => refusedFor("it takes no targets"),
  };

  async #arm(): Promise<Performed> {
    // With a low battery the firmware answers as if it had moved.
    if (this.#lowBattery !== null) return refusedFor(`its battery is low ("${this.#lowBattery}")`);
    if (this.#booting) return refusedFor("it is starting");
    this.#moves("posture");
    const stands = await this.#conversation.ask({ text: "kup\n", answeredBy: is("k"), within: POSTURE });
    if (!stands) {
      await this.#rest("settle").done;
      return refusedFor("it did not say that it stands");
    }
    // Every command after a rest switches its own reactions on again: rolling over, jumping when it is lifted.
    const still = await this.#askTwice("gb\n", is("g"));
    return still ? DONE : refusedFor("it did not say that it will not react by itself");
  }

  async #start(numbers: Readonly<Record<string, number>>): Promise<Performed> {
    let understood: readonly number[] | null = null;
    this.#moves("gait");
    await this.#conversation.ask({
      text: gaitCommand(numbers),
      heard: (line) => {
        understood ??= understoodGait(line);
      },
      answeredBy: (line) => understoodGait(line) !== null,
      within: ANSWER,
    });
    if (understood !== null && isSameGait(understood, numbers)) return DONE;
    await this.#rest("settle").done;
    this.#order.forget();
    return refusedFor(
      understood === null
        ? "it did not say which gait it understood"
        : `it understood another gait: ${(understood as readonly number[]).join(" ")}`,
    );
  }

  /** To the stance, from wherever in its stride a cycle ended. @returns whether that began */
  #rampOut(): Promise<boolean> {
    const busy = this.#busy;
    this.#moves("posture");
    return new Promise((began) => {
      const answer = this.#conversation.ask(
        {
          text: "kup\n",
          heard: (line) => {
            if (line === "up") began(true);
          },
          answeredBy: is("k"),
          within: busy + POSTURE,
        },
        true,
      );
      void answer.then(async (stands) => {
        began(stands);
        if (stands) await this.#conversation.ask({ text: "gb\n", answeredBy: is("g"), within: ANSWER });
      });
    });
  }

  /** @returns whether it lies without torque in the end, and whether it has begun to */
  #rest(level: "settle" | "cut"): { readonly began: Promise<boolean>; readonly done: Promise<boolean> } {
    const { promise: began, resolve: begin } = Promise.withResolvers<boolean>();
    const done = this.#lieDown(level, () => begin(true));
    void done.then(begin);
    return { began, done };
  }

  /**
   * `d` lies down and switches the servos off. A walk can also be cut: `p` switches them off where they are, but while it
   * stands the firmware switches them on again at once, and a second `p` walks on.
   */
  async #lieDown(level: "settle" | "cut", began: () => void): Promise<boolean> {
    const busy = this.#busy;
    const walked = this.#motion === "gait";
    this.#moves("rest");
    if (level === "cut" && walked) {
      const off = await this.#conversation.ask(
        { text: "p\n", answeredBy: is("P"), within: busy + ANSWER },
        true,
      );
      if (off) this.#resting = "cut";
      if (off || this.#motion !== "rest") return off;
    }
    const ask = (within: number): Promise<boolean> =>
      this.#conversation.ask(
        {
          text: "d\n",
          heard: (line) => {
            if (line === "rest") began();
          },
          answeredBy: is("d"),
          within,
        },
        true,
      );
    // Twice does no harm, once the first has been read.
    const lies = (await ask(busy + POSTURE)) || (this.#motion === "rest" && (await ask(POSTURE)));
    if (!lies || this.#motion !== "rest") return lies;
    this.#resting = "lying";
    // Else its own reactions are on again after the next command.
    void this.#conversation.ask({ text: "gb\n", answeredBy: is("g"), within: ANSWER });
    return true;
  }

  /** Whatever does not get through is unanswered; a line that is gone says so by itself. */
  #write(text: string): void {
    try {
      this.#line?.write(Buffer.from(text, "latin1"));
    } catch (error) {
      this.#lose(describeError(error));
    }
  }

  #moves(motion: "rest" | "posture" | "gait"): void {
    this.#motion = motion;
    this.#resting = null;
  }

  /** For how long it may hear nothing, s. */
  get #busy(): number {
    const active = this.#order.active;
    return this.#motion === "gait" && active !== null
      ? petoiCycle(Object.fromEntries(active.parameters.values))
      : this.#options.link.longestCycle;
  }

  #stopped(level: StopLevel, confirmed: boolean): StopConfirmation {
    return { confirmed, level, tRobot: confirmed ? this.#options.clock.now() : Number.NaN };
  }

  async #askTwice(text: string, answeredBy: (line: string) => boolean): Promise<boolean> {
    const question = { text, answeredBy, within: ANSWER };
    return (await this.#conversation.ask(question)) || this.#conversation.ask(question);
  }

  async #askBattery(): Promise<void> {
    if (this.#motion === "gait" || !this.#conversation.idle || this.#booting) return;
    await this.#conversation.ask({ text: "P~", answeredBy: is("P"), within: ANSWER });
  }

  // --- getting to know it ---

  async #greet(): Promise<Introduction> {
    const { link } = this.#options;
    const until = this.#options.clock.now() + STARTING;
    while (this.#options.clock.now() < until) {
      const lines: string[] = [];
      const asked = { text: "?\n", answeredBy: is("?"), within: ASK_AGAIN };
      await this.#conversation.ask({ ...asked, heard: (line) => lines.push(line) });
      if (this.#lost !== null) this.#gone();
      const found = introductionIn(lines);
      if (found === null) continue;
      if (link.model !== undefined && found.model !== link.model)
        fail("ROBOT_MISMATCH", {
          what: `it is a ${found.model}, not a ${link.model}`,
          where: this.#path,
          remedy: "Check link.model, and that this is the robot's port.",
        });
      return found;
    }
    return fail("LINK_UNAVAILABLE", {
      what: "nothing there answers as OpenCatEsp32 does (model, B…_yymmdd, ?)",
      where: this.#path,
      remedy:
        "Check the robot's power, its firmware (boards before the ESP32 have no such gait) and its port.",
    });
  }

  /** Whatever it did before, it rests, does nothing by itself and reports its tilt. */
  async #quieten(): Promise<void> {
    const problem = (await this.#settleDown()) ?? (await this.#listen());
    if (problem === null || this.#lost !== null) return;
    fail("LINK_UNAVAILABLE", {
      what: problem,
      where: this.#path,
      remedy: "Switch the robot off and on, then try again.",
    });
  }

  async #settleDown(): Promise<string | null> {
    if (!(await this.#rest("settle").done)) return "it did not say that it rests";
    // Toggles what it may do by itself when nobody talks to it; its answer says how it is now.
    for (let attempt = 0, off = false; !off; attempt++) {
      if (attempt === 5) return "it does not say that it stopped acting by itself";
      await this.#conversation.ask({
        text: "z\n",
        heard: (line) => {
          off ||= line === "z";
        },
        answeredBy: (line) => line === "z" || line === "Z",
        within: ANSWER,
      });
    }
    return null;
  }

  async #listen(): Promise<string | null> {
    const heard = new Promise<boolean>((resolve) => {
      this.#firstReading = () => resolve(true);
    });
    if (!(await this.#askTwice("gP\n", is("g")))) return "it did not answer gP";
    const reports = await Promise.race([heard, pause(1000 * FIRST_READING, false)]);
    if (!reports) return "its IMU reports nothing";
    return (await this.#askTwice("P~", is("P"))) && !Number.isNaN(this.#voltage)
      ? null
      : "it does not say its voltage";
  }

  // --- what it says ---

  #onLine(line: string): void {
    this.#counts.lines++;
    const reading = imuReading(line);
    if (reading !== null) {
      this.#onReading(reading);
      return;
    }
    const voltage = voltageOf(line);
    if (voltage !== null) {
      this.#voltage = voltage;
      return;
    }
    const remark = remarkOf(line);
    if (remark === null) this.#counts.other++;
    else this.#onRemark(remark, line);
  }

  /** The firmware prints as fast as the line carries while it stands, and once a cycle while it walks. */
  #onReading({ roll, pitch, yaw, acceleration }: ImuReading): void {
    this.#counts.readings++;
    this.#firstReading();
    const frame = this.#frame;
    const now = this.#options.clock.now();
    if (now - frame.tRobot < 0.9 / this.#options.link.telemetryRate) return;
    frame.seq = (frame.seq + 1) >>> 0;
    // It has no clock of its own: a reading is as old as it took to arrive.
    frame.tRobot = now;
    frame.tArrival = now;
    frame.values.set([roll, pitch, yaw, ...acceleration, this.#voltage]);
    if (this.#capabilities !== null) this.#onFrame(frame);
  }

  #onRemark(remark: NonNullable<ReturnType<typeof remarkOf>>, line: string): void {
    switch (remark) {
      case "low-battery":
        this.#lowBattery = line;
        this.#onEvent({ kind: "fault", code: "low-battery", reason: line });
        return;
      case "battery-back":
        this.#lowBattery = null;
        return;
      case "exception":
        if (this.#order.state !== "off") this.#onEvent({ kind: "fault", code: "robot-reacts", reason: line });
        return;
      case "booting":
        if (this.#booting || this.#capabilities === null) return;
        this.#booting = true;
        this.#order.forget();
        this.#moves("rest");
        this.#conversation.drop();
        this.#onEvent({ kind: "rebooted", reason: `it says "${line}"` });
        return;
      case "ready":
        if (!this.#booting) return;
        this.#booting = false;
        void this.#quieten().catch((error: unknown) => this.#lose(describeError(error)));
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== null || this.#closed) return;
    this.#lost = reason;
    this.#conversation.close();
    this.#onEvent({ kind: "link-lost", reason });
  }

  #assertUsable(): void {
    if (this.#capabilities === null || this.#closed || this.#lost !== null) this.#gone();
  }

  #gone(): never {
    return fail(this.#lost === null ? "LINK_UNAVAILABLE" : "LINK_LOST", {
      what: this.#lost ?? "the link is closed",
      where: this.#path,
      remedy: "This robot does not stop by itself: look at it, then open the link anew.",
    });
  }
}

function is(token: string): (line: string) => boolean {
  return (line) => line === token;
}

function refusedFor(reason: string): Performed {
  return { accepted: false, reason };
}
