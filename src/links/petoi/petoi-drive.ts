/** How a Petoi robot is reached and moved over its serial line. */
import type { Clock } from "../../clock.ts";
import type { PetoiLinkConfig } from "../../config/petoi-link.ts";
import { describeError } from "../../errors.ts";
import type { Capabilities, LinkDiagnostics } from "../../robot/robot.ts";
import { type CommandOrder, DONE, type Performed, refusedFor } from "../command-order.ts";
import type { LinkLife } from "../link-life.ts";
import { openDevice } from "../serial/device.ts";
import { listPorts, pathOfDevice } from "../serial/ports.ts";
import type { SerialLine } from "../serial/serial-line.ts";
import type { StopInForce, UnguardedDrive } from "../unguarded-robot.ts";
import { ANSWER, Conversation, is } from "./conversation.ts";
import { type GaitNumbers, isSameGait } from "./gait-numbers.ts";
import { type Acquaintance, greet, quieten } from "./introduction.ts";
import { Motion } from "./motion.ts";
import { PETOI_LAYOUT, PetoiTelemetry } from "./telemetry.ts";
import { imuReading, type Remark, remarkOf, voltageOf } from "./text.ts";

/** The battery is asked after this often while the robot does not walk, ms: a question would end the walk. */
const BATTERY_INTERVAL = 2000;

export interface PetoiRobotOptions {
  readonly link: PetoiLinkConfig;
  readonly robotId: string;
  readonly joints: readonly string[];
  readonly clock: Clock;
}

export class PetoiDrive implements UnguardedDrive {
  readonly #options: PetoiRobotOptions;
  readonly #order: CommandOrder;
  readonly #life: LinkLife;
  readonly #conversation: Conversation;
  readonly #motion: Motion;
  readonly #telemetry: PetoiTelemetry;
  #path = "";
  #line: SerialLine | null = null;
  #lowBattery: string | null = null;
  #battery: NodeJS.Timeout | null = null;
  #booting = false;
  #counts = { lines: 0, other: 0 };

  constructor(options: PetoiRobotOptions, order: CommandOrder, life: LinkLife) {
    const { link, clock } = options;
    this.#options = options;
    this.#order = order;
    this.#life = life;
    this.#conversation = new Conversation(
      (text) => this.#write(text),
      (line) => this.#onLine(line),
    );
    this.#motion = new Motion(this.#conversation, order, link.longestCycle);
    this.#telemetry = new PetoiTelemetry(link.telemetryRate, clock, (frame) => life.deliver(frame));
  }

  get where(): string {
    return this.#path;
  }

  get robotTime(): number {
    return this.#options.clock.now();
  }

  /** A robot that is starting hears nothing, and lies down by itself. */
  get hears(): boolean {
    return this.#line !== null && !this.#booting;
  }

  async connect(): Promise<void> {
    const { link } = this.#options;
    this.#path = link.id === undefined ? (link.path ?? "") : pathOfDevice(await listPorts(), link.id);
    this.#line = await openDevice(this.#path, link.baud, {
      onBytes: (bytes) => this.#conversation.onBytes(bytes),
      onLost: (reason) => this.#life.lose(reason),
    });
  }

  async introduce(): Promise<Pick<Capabilities, "layout" | "firmware">> {
    const { link, clock } = this.#options;
    const { model, version } = await greet(this.#acquaintance, clock, link.model);
    await this.#quieten();
    this.#battery = setInterval(() => void this.#askBattery(), BATTERY_INTERVAL);
    return { layout: PETOI_LAYOUT, firmware: `OpenCatEsp32 ${version} on ${model}` };
  }

  async arm(): Promise<Performed> {
    // With a low battery the firmware answers as if it had moved.
    if (this.#lowBattery !== null) return refusedFor(`its battery is low ("${this.#lowBattery}")`);
    if (this.#booting) return refusedFor("it is starting");
    if (!(await this.#motion.stand())) {
      await this.#lieDown();
      return refusedFor("it did not say that it stands");
    }
    // Every command after a rest switches its own reactions on again: rolling over, jumping when it is lifted.
    const still = await this.#conversation.askTwice("gb\n", "g");
    return still ? DONE : refusedFor("it did not say that it will not react by itself");
  }

  async disarm(): Promise<Performed> {
    return (await this.#lieDown()) ? DONE : refusedFor("it did not say that it rests; look at it");
  }

  /** It is only now that it says what it has understood. */
  async start(numbers: GaitNumbers): Promise<Performed> {
    const understood = await this.#motion.walk(numbers);
    if (understood !== null && isSameGait(understood, numbers)) return DONE;
    await this.#lieDown();
    this.#order.forget();
    return refusedFor(
      understood === null
        ? "it did not say which gait it understood"
        : `it understood another gait: ${understood.join(" ")}`,
    );
  }

  /**
   * Written at once unless another command is still unread: then the firmware would take both for one, and it is written
   * when that one has been answered.
   */
  async stop({ level, asked, walked }: StopInForce): Promise<boolean> {
    // What has not been written yet must not come after the stop.
    this.#conversation.dropWaiting();
    if (level === "neutral" && !walked) return true;
    // Cut off, it must not be driven into its rest posture.
    const { resting } = this.#motion;
    if (resting === "cut" || (resting === "lying" && level !== asked)) return true;
    return level === "neutral" ? this.#motion.rampOut() : this.#motion.rest(level).began;
  }

  rest(): Promise<boolean> {
    this.#conversation.dropWaiting();
    return this.#lieDown();
  }

  abandon(): void {
    this.#conversation.close();
  }

  figures(): LinkDiagnostics {
    const { lines, other } = this.#counts;
    const { unanswered } = this.#conversation;
    return { lines, telemetry: this.#telemetry.readings, otherLines: other, unanswered };
  }

  async disconnect(): Promise<void> {
    if (this.#battery !== null) clearInterval(this.#battery);
    this.#conversation.close();
    await this.#line?.close();
    this.#line = null;
  }

  #lieDown(): Promise<boolean> {
    return this.#motion.rest("settle").done;
  }

  get #acquaintance(): Acquaintance {
    return { conversation: this.#conversation, life: this.#life, where: this.#path };
  }

  #quieten(): Promise<void> {
    return quieten(this.#acquaintance, this.#motion, this.#telemetry);
  }

  async #askBattery(): Promise<void> {
    if (this.#motion.walks || !this.#conversation.idle || this.#booting) return;
    await this.#conversation.ask({ text: "P~", answeredBy: is("P"), within: ANSWER });
  }

  /** Whatever does not get through is unanswered; a line that is gone says so by itself. */
  #write(text: string): void {
    try {
      this.#line?.write(Buffer.from(text, "latin1"));
    } catch (error) {
      this.#life.lose(describeError(error));
    }
  }

  #onLine(line: string): void {
    this.#counts.lines++;
    const reading = imuReading(line);
    if (reading !== null) {
      this.#telemetry.take(reading);
      return;
    }
    const voltage = voltageOf(line);
    if (voltage !== null) {
      this.#telemetry.voltage = voltage;
      return;
    }
    const remark = remarkOf(line);
    if (remark === null) this.#counts.other++;
    else this.#onRemark(remark, line);
  }

  #onRemark(remark: Remark, line: string): void {
    switch (remark) {
      case "low-battery":
        this.#lowBattery = line;
        this.#life.onEvent({ kind: "fault", code: "low-battery", reason: line });
        return;
      case "battery-back":
        this.#lowBattery = null;
        return;
      case "exception":
        if (this.#order.state !== "off")
          this.#life.onEvent({ kind: "fault", code: "robot-reacts", reason: line });
        return;
      case "booting":
        if (this.#booting || !this.#life.wasOpened) return;
        this.#booting = true;
        this.#order.forget();
        this.#motion.forget();
        this.#conversation.drop();
        this.#life.onEvent({ kind: "rebooted", reason: `it says "${line}"` });
        return;
      case "ready":
        if (!this.#booting) return;
        this.#booting = false;
        void this.#quieten().catch((error: unknown) => this.#life.lose(describeError(error)));
    }
  }
}
