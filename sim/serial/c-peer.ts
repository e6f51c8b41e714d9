/**
 * The C library as the robot's firmware, with the simulated body for its motors and sensors, behind a serial line. Here is
 * only what hardware does: time passes, drives follow, a watchdog starts a program that has ended.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "../../src/clock.ts";
import { fail } from "../../src/errors.ts";
import type { ClockKind } from "../../src/robot/robot.ts";
import { CONTROL_PERIOD } from "../firmware.ts";
import type { BareBody } from "./bare-body.ts";
import { describeToProgram } from "./c-description.ts";
import { CProcess } from "./c-process.ts";
import { firmwareProgram } from "./c-program.ts";
import {
  CARRIED,
  FLAG_BROWN_OUT,
  FLAG_BUTTON,
  FLAG_EMPTY,
  FLAG_HOT,
  FLAG_SILENT,
  PLACED,
  type ProgramRecord,
  RESET,
  SENSES,
} from "./c-records.ts";
import type { DeadManTimes } from "./dead-man.ts";
import { Line, type LineTap } from "./line.ts";
import { type LineFaults, NO_FAULTS } from "./line-faults.ts";
import type { SerialPeer } from "./serial-peer.ts";

/** Drives that get no targets for this many control periods switch off by themselves. */
const DRIVE_PATIENCE = 10;
/** How long the next control period waits for the answer to the last one, s. */
const ANSWER_PATIENCE = 0.05;
/** A stall of this machine beyond this is time lost, s. */
const LONGEST_CATCH_UP = 0.25;
/** How long a start may take, s. */
const START_PATIENCE = 5;
/** From the end of the program to its next start, and to the cable's return, ms. */
const WATCHDOG_MS = 300;

/** A parameter set that became active, as the firmware itself has it. */
export interface ActiveSet {
  readonly gait: string;
  readonly hash: number;
  readonly values: Float64Array;
}

export interface CPeer extends SerialPeer {
  /** The parameter sets that became active, in order. */
  readonly active: readonly ActiveSet[];
  /** Times the program has ended and was started again. */
  readonly restarts: number;
  /** The running program's. */
  readonly pid: number | undefined;
  /** Other faults of its line from now on. */
  change(faults: LineFaults): void;
  /** Puts bytes on the line to the robot, as another host would. */
  inject(bytes: Uint8Array): void;
  readonly tap: LineTap;
}

export interface CPeerOptions {
  readonly robotId: string;
  readonly clock: ClockKind;
  /** Default 100 Hz; divides the control rate. */
  readonly telemetryRate?: number;
  readonly deadMan?: DeadManTimes;
  /** Bits per second; Infinity (the default) takes no time. */
  readonly baud?: number;
  readonly faults?: LineFaults;
  /** The clock to keep pace with in real time; default the system's. */
  readonly pace?: Clock;
  /** Differs from start to start. */
  readonly bootId?: number;
}

/** @throws FIRMWARE_NOT_BUILT, FIRMWARE_FAILED when the program does not start */
export async function openCPeer(body: BareBody, options: CPeerOptions): Promise<CPeer> {
  const program = await firmwareProgram();
  const robot = new CRobot(program, body, options);
  robot.line = await Line.open({
    baud: options.baud ?? Number.POSITIVE_INFINITY,
    faults: options.faults ?? NO_FAULTS,
    onBytes: (bytes) => robot.onBytes(bytes),
  });
  const { line } = robot;
  try {
    await robot.start("power-on");
  } catch (error) {
    await robot.close();
    throw error;
  }
  return {
    path: line.path,
    disturb: (bytes) => line.disturb(bytes),
    change: (faults) => line.change(faults),
    inject: (bytes) => line.inject(bytes),
    tap: line.tap,
    unplug: () => line.unplug(),
    replug: () => line.replug(),
    close: () => robot.close(),
    get statistics() {
      return line.statistics;
    },
    active: robot.active,
    get restarts() {
      return robot.restarts;
    },
    get pid() {
      return robot.pid;
    },
  };
}

class CRobot {
  line!: Line;
  readonly active: ActiveSet[] = [];
  restarts = 0;
  readonly #program: string;
  readonly #body: BareBody;
  readonly #options: CPeerOptions;
  #process: CProcess | null = null;
  #tick = 0;
  #closed = false;
  /** Hears of the next record of kind `drive` or of the program's end. */
  #answered: () => void = () => {};
  #answeredTick = 0;

  constructor(program: string, body: BareBody, options: CPeerOptions) {
    this.#program = program;
    this.#body = body;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  onBytes(bytes: Uint8Array): void {
    this.#process?.write(bytes);
  }

  /** Power on. @throws FIRMWARE_FAILED when it ends before it has answered */
  async start(reset: "power-on" | "watchdog"): Promise<void> {
    const { robotId, clock, telemetryRate = 100, deadMan = { settle: 0.3, cut: 0.8 } } = this.#options;
    const bootId = ((this.#options.bootId ?? process.pid) + this.restarts) >>> 0;
    const description = describeToProgram({
      robotId,
      firmware: "gaitsmith-c",
      clock,
      reset,
      bootId,
      // In lockstep there is no dead-man, and the secret need be none.
      secret: clock === "lockstep" ? bootId : Math.floor(2 ** 32 * Math.random()),
      lastEpoch: 16 * this.restarts,
      telemetryRate,
      deadMan,
      robot: this.#body.robot,
      layout: this.#body.layout,
    });
    let end: string | null = null;
    const child = new CProcess(this.#program, description, {
      onBytes: (bytes) => this.line.write(bytes),
      onRecord: (record) => this.#onRecord(record),
      onEnd: (how) => {
        end = how;
        this.#onEnd(child, how);
      },
    });
    const answered = this.#nextAnswer(START_PATIENCE);
    this.#sense(child, SENSES);
    // The first record is what it wakes up with, the second one it answers.
    this.#sense(child, SENSES);
    await answered;
    if (end !== null)
      fail("FIRMWARE_FAILED", {
        what: `the C program ended when it was started (${end})`,
        where: this.#program,
        remedy: "Delete the program, so that it is compiled anew.",
      });
    this.#process = child;
    if (clock === "realtime" && this.restarts === 0) void this.#keepTime();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#process?.end();
    this.#answered();
    this.line.close();
    this.#body.close();
  }

  #onRecord(record: ProgramRecord): void {
    if (this.#closed) return;
    const body = this.#body;
    switch (record.kind) {
      case "drive":
        body.drive(record.mode, record.targets);
        this.#answeredTick = record.tick;
        this.#answered();
        return;
      case "step": {
        body.drive(record.mode, record.targets);
        const reset = body.period();
        this.#tick++;
        this.#sense(this.#process, reset === null ? SENSES : RESET, reset === "brown-out");
        return;
      }
      case "place": {
        let trouble = "";
        try {
          const { seed, suggestion, carryOver } = record;
          body.place({ seed, suggestion, carryOver: carryOver === "" ? null : JSON.parse(carryOver) });
        } catch (error) {
          trouble = error instanceof Error ? error.message.slice(0, 80) : "it cannot be placed";
        }
        this.#sense(this.#process, PLACED, false, trouble);
        return;
      }
      case "carry-over":
        this.#sense(this.#process, CARRIED, false, JSON.stringify(body.carryOver()));
        return;
      case "active": {
        const { gait, hash, values } = record;
        this.active.push({ gait, hash, values });
      }
    }
  }

  #sense(child: CProcess | null, kind: number, brownOut = false, text = ""): void {
    const body = this.#body;
    const flags =
      (body.silent ? FLAG_SILENT : 0) |
      (body.buttonPressed ? FLAG_BUTTON : 0) |
      (body.hot ? FLAG_HOT : 0) |
      (body.empty ? FLAG_EMPTY : 0) |
      (brownOut ? FLAG_BROWN_OUT : 0);
    const { time, joints, channels } = body;
    child?.tell({ kind, tick: this.#tick, flags, time, joints, channels, text });
  }

  /** Real time: one control period after another, however long this machine is busy with something else. */
  async #keepTime(): Promise<void> {
    const clock = this.#options.pace ?? systemClock;
    let due = clock.now() + CONTROL_PERIOD;
    while (!this.#closed) {
      const wait = due - clock.now();
      if (wait > 0) await delay(1000 * wait);
      if (this.#closed) return;
      if (this.#tick - this.#answeredTick > DRIVE_PATIENCE) this.#body.drive("off", new Float64Array());
      const reset = this.#body.period();
      this.#tick++;
      const answered = this.#nextAnswer();
      this.#sense(this.#process, reset === null ? SENSES : RESET, reset === "brown-out");
      if (this.#process !== null) await answered;
      due += CONTROL_PERIOD;
      if (clock.now() - due > LONGEST_CATCH_UP) due = clock.now();
    }
  }

  #nextAnswer(patience = ANSWER_PATIENCE): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000 * patience);
      this.#answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The drives lose their master, the USB device is gone, and the watchdog starts the program again. */
  #onEnd(child: CProcess, _how: string): void {
    this.#answered();
    if (this.#closed || this.#process !== child) return;
    this.#process = null;
    this.#body.drive("off", new Float64Array());
    this.line.unplug();
    this.restarts++;
    void (async () => {
      await delay(WATCHDOG_MS);
      if (this.#closed) return;
      await this.start("watchdog");
      await this.line.replug();
    })().catch(() => this.line.close());
  }
}
