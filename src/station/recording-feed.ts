/**
 * What the station gives to its recorder, from walk to walk: frames, margins, targets, and notes of what happened. Notes made while a
 * frame is handled wait for it: no message goes to the recorder before monitor and run have had their say, and the frame is there before
 * what followed from it. Nothing about the robot's safety hangs on a recording.
 */
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Robot } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import type { ServiceMessage, TrialPlan, WalkOutcome } from "./messages.ts";
import { recordCommands } from "./recorded-commands.ts";
import { Recorder } from "./recorder.ts";
import { RecorderProbe } from "./recorder-probe.ts";
import type { RecordedEntry, RecordingHeader } from "./recording-messages.ts";
import type { RobotClaim } from "./robot-claim.ts";
import type { EventLevel } from "./trial-parts.ts";

/** Margins are recorded this often at most, s. */
const MARGINS_INTERVAL = 1 / 30;

export interface RecordingFeedParts {
  readonly config: HardwareConfig;
  readonly claim: Pick<RobotClaim, "capabilities" | "clock" | "monitor">;
  readonly wall: Clock;
  /** The recording could not be written. @param lost false: it still gets the outcome */
  readonly failed: (words: string, lost: boolean) => void;
  /** A warning that was noted, for whoever does not read recordings. */
  readonly warn: (words: string) => void;
}

export class RecordingFeed {
  readonly #parts: RecordingFeedParts;
  /** null until something is recorded. */
  #recorder: Recorder | null = null;
  /** What is noted while a frame is handled: recorded after it. */
  #entries: RecordedEntry[] | null = null;
  #newest = -1;
  #newestTime = Number.NaN;
  readonly #margins = new Float64Array(LIMIT_NAMES.length);
  #marginsDue = Number.NEGATIVE_INFINITY;
  #complete: Promise<void> = Promise.resolve();

  constructor(parts: RecordingFeedParts) {
    this.#parts = parts;
  }

  /** Resolves when the last walk's file is complete, has failed, or takes too long. */
  get complete(): Promise<void> {
    return this.#complete;
  }

  // --- a recording ---

  /** Nothing where the plan names no file. */
  begin({ recording, trial, attempt, parameters }: TrialPlan): void {
    if (recording === null) return;
    const header = { ...this.#header(), trial, attempt, parameters };
    this.#ownRecorder().begin(recording, header);
  }

  beginProbe(file: string): RecorderProbe {
    return new RecorderProbe(this.#ownRecorder(), file, this.#header());
  }

  /** @returns the outcome as it was recorded: without its recording where there is none */
  end(result: WalkOutcome): WalkOutcome {
    const recorded = this.#recorder?.recording === true;
    const outcome = recorded ? result : { ...result, recording: null };
    this.#complete = this.#recorder?.end(outcome, this.#parts.claim.clock.now()) ?? Promise.resolve();
    return outcome;
  }

  /** The next recording begins with another recorder: what failed once may go on failing. */
  async renew(): Promise<void> {
    await this.#recorder?.close();
    this.#recorder = null;
  }

  close(): Promise<void> {
    return this.#recorder?.close() ?? Promise.resolve();
  }

  // --- a frame ---

  /** A frame is about to be handled: notes speak of it, and wait for it. */
  hold({ seq, tRobot }: TelemetryFrame): void {
    this.#newest = seq;
    this.#newestTime = tRobot;
    this.#entries = [];
  }

  /** It has been handled: it is recorded, then what was noted meanwhile. */
  release(frame: TelemetryFrame): void {
    this.#recorder?.frame(frame);
    for (const entry of this.#entries ?? []) this.#recorder?.entry(entry);
    this.#entries = null;
    this.#recordMargins(frame);
  }

  // --- notes ---

  note(entry: RecordedEntry): void {
    if (this.#entries !== null) this.#entries.push(entry);
    else this.#recorder?.entry(entry);
  }

  event(level: EventLevel, name: string, words: string, tRobot: number): void {
    const { clock } = this.#parts.claim;
    const frame = this.#newest;
    this.note({ kind: "event", level, name, words, tRobot, tStation: clock.now(), frame });
    // What ends a walk reaches the service as its outcome; only a warning has no other way there.
    if (level === "warn") this.#parts.warn(words);
  }

  decision({ step, verdict, reason, value, threshold }: Extract<ServiceMessage, { kind: "decision" }>): void {
    this.note({
      kind: "decision",
      ...{ step, verdict, reason },
      value: value ?? Number.NaN,
      threshold: threshold ?? Number.NaN,
      tStation: this.#parts.claim.clock.now(),
    });
  }

  /** The same robot for one walk: what is sent to it is noted, after it has been sent. */
  listenTo(robot: Robot): Robot {
    const { clock } = this.#parts.claim;
    return recordCommands(robot, {
      clock,
      tRobot: () => this.#newestTime,
      entry: (entry) => this.note(entry),
      targets: (positions) => this.#recorder?.targets(this.#newestTime, clock.now(), positions),
    });
  }

  #recordMargins({ seq, tRobot, tArrival }: TelemetryFrame): void {
    if (this.#recorder?.recording !== true || tArrival < this.#marginsDue) return;
    this.#marginsDue = tArrival + MARGINS_INTERVAL;
    this.#parts.claim.monitor.readDebounced(this.#margins);
    this.#recorder.margins(seq, tRobot, tArrival, this.#margins);
  }

  #ownRecorder(): Recorder {
    const { layout, joints } = this.#parts.claim.capabilities;
    this.#recorder ??= new Recorder(layout.length, joints.length, {
      onFailure: this.#parts.failed,
      onOverrun: () => {
        const words = "the recorder is behind: telemetry is missing from the recording, the walk goes on";
        this.event("warn", "recorder-behind", words, Number.NaN);
      },
    });
    return this.#recorder;
  }

  #header(): Omit<RecordingHeader, "trial" | "attempt" | "parameters"> {
    const { config, claim, wall } = this.#parts;
    return {
      robotId: config.robot.id,
      envelope: config.envelope,
      configHash: config.source.hash,
      channels: claim.capabilities.layout.channels,
      joints: config.robot.joints,
      wallStart: wall.date().getTime(),
      stationStart: claim.clock.now(),
    };
  }
}
