/**
 * A service door whose study and robot do what a test says: the HTTP side and the page are tested against it where
 * a real study could not be brought to show the state in question. Envelope and channels are the real ones.
 */
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { fail } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import type {
  EStopLevel,
  LiveEvent,
  PromptState,
  RobotStatus,
  ServiceDoor,
  StudyStatus,
} from "../../src/service/live-events.ts";
import { PromptDesk } from "../../src/service/prompt-desk.ts";
import type { AnsweredBy, WrittenAnswer } from "../../src/service/prompts.ts";
import type { StudyDocument, TrialDocument } from "../../src/study/study-document.ts";

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const JOINTS = config.robot.joints;
const CHANNELS = [
  { name: channelName.roll, unit: "rad", source: "measured" as const },
  { name: channelName.pitch, unit: "rad", source: "measured" as const },
  { name: channelName.height, unit: "m", source: "measured" as const },
  ...(["jointVelocity", "motorVelocity", "motorTorque", "motorTemperature"] as const).flatMap((kind) =>
    JOINTS.map((joint) => ({ name: channelName[kind](joint), unit: "", source: "measured" as const, joint })),
  ),
  { name: channelName.batteryVoltage, unit: "V", source: "measured" as const },
];

export class ScriptedDoor implements ServiceDoor {
  study: StudyDocument;
  status: StudyStatus;
  robot: RobotStatus;
  /** Every e-stop that reached the door. */
  readonly stops: {
    readonly robot: string;
    readonly reason: string;
    readonly level?: EStopLevel | undefined;
  }[] = [];
  /** Every latch that was opened, and every holder that went. */
  readonly clears: { readonly id: string; readonly by: string; readonly checked: string }[] = [];
  readonly gone: string[] = [];
  /** Every pause that reached the door. */
  readonly pauses: { readonly words: string; readonly now: boolean }[] = [];
  /** How the station answers an e-stop. */
  onStop: () => Promise<{ taken: boolean; words: string }> = async () => {
    this.latch("operator e-stop");
    return { taken: true, words: "the station has the e-stop: the robot stops and stays latched" };
  };
  readonly desk: PromptDesk = new PromptDesk({
    robot: config.robot.id,
    answerable: true,
    first: 7,
    onChange: () => this.emit({ kind: "prompt", robot: config.robot.id, ...this.prompt() }),
  });
  readonly #listeners = new Set<(event: LiveEvent) => void>();

  constructor(trials = 0) {
    this.study = studyOf(trials);
    this.status = {
      study: this.study.study,
      state: "running",
      done: trials,
      planned: 60,
      timeLeft: 254,
      words: `walking trial ${trials}`,
    };
    this.robot = {
      id: config.robot.id,
      name: config.robot.name,
      phase: "measure",
      latched: null,
      channels: CHANNELS,
      envelope: config.envelope,
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async studies(): Promise<readonly StudyStatus[]> {
    return [this.status];
  }

  async document(study: string): Promise<StudyDocument | null> {
    return study === this.study.study ? this.study : null;
  }

  robots(): readonly RobotStatus[] {
    return [this.robot];
  }

  async eStop(robot: string, reason: string, level?: EStopLevel): Promise<{ taken: boolean; words: string }> {
    this.stops.push({ robot, reason, level });
    return this.onStop();
  }

  clear(_robot: string, release: { id: string; by: string; checked: string }): void {
    this.clears.push(release);
    const { open } = this.desk;
    const { id, by, checked } = release;
    if (open?.kind === "clear-latch")
      this.desk.answer(open.number, { answer: "cleared", latch: id, checked, person: by }, "page");
  }

  holderGone(robot: string): void {
    this.gone.push(robot);
  }

  prompt(): PromptState {
    return { open: this.desk.open, closed: this.desk.closed };
  }

  answerPrompt(_robot: string, number: number, answer: WrittenAnswer, by: AnsweredBy): void {
    this.desk.answer(number, answer, by);
  }

  pause(study: string, words: string, { now = false }: { readonly now?: boolean } = {}): void {
    this.#assertKnown(study);
    this.pauses.push({ words, now });
    this.status = { ...this.status, paused: words };
    this.emit({ kind: "study", status: this.status });
  }

  resume(study: string): void {
    this.#assertKnown(study);
    const { paused: _, ...status } = this.status;
    this.status = status;
    this.emit({ kind: "study", status });
  }

  #assertKnown(study: string): void {
    if (study !== this.study.study) fail("STUDY_UNKNOWN", { what: `there is no study "${study}" here` });
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  latch(reason: string): void {
    this.robot = { ...this.robot, phase: "latched", latched: reason };
    this.emit({ kind: "robot", robot: this.robot });
  }

  /** Starts trial `number` and tells its first reports. */
  walk(number: number, reports: number): void {
    const { study } = this.study;
    const running = trialOf(number, "running");
    this.study = { ...this.study, trials: [...this.study.trials, running] };
    this.emit({ kind: "trial", study, trial: number });
    for (let step = 1; step <= reports; step++)
      this.emit({
        kind: "report",
        study,
        trial: number,
        step,
        value: reward(number, step),
        threshold: step < 3 ? null : 0.17 + 0.006 * step,
      });
  }

  /** A frame of a trot at time `t`, s. */
  frame(t: number, overrides: Partial<Record<LimitName, number | null>> = {}): void {
    const beat = 2 * Math.PI * 2.5 * t;
    const wave = (joint: number, size: number): number => size * Math.sin(beat + (joint % 4) * 1.7);
    const margins: Record<LimitName, number | null> = {
      tilt: Math.hypot(0.16 * Math.sin(beat), 0.1 * Math.cos(2 * beat)),
      height: 0.142 + 0.008 * Math.sin(2 * beat),
      "joint-position": 0.9 + 0.3 * Math.sin(beat),
      "joint-speed": 13 + 4 * Math.sin(beat),
      "motor-speed": 3.9 + 0.4 * Math.sin(beat),
      "motor-torque": 2.4 + 0.6 * Math.sin(beat),
      "motor-temperature": 47 + t * 0.05,
      "battery-voltage": 11.4 - 0.05 * Math.abs(Math.sin(beat)) - t * 0.004,
      "lateral-distance": 0.1 + 0.02 * t,
      duration: t,
      "frame-age": 0.012,
      "frame-gap": 0,
      "not-a-number": 0,
      frozen: 0.005,
      "battery-current": 2.6 + 0.9 * Math.abs(Math.sin(beat)),
      ...overrides,
    };
    const values = [
      0.16 * Math.sin(beat),
      0.1 * Math.cos(2 * beat),
      margins.height,
      ...JOINTS.map((_, joint) => wave(joint, 16)),
      ...JOINTS.map((_, joint) => wave(joint, 4.1)),
      ...JOINTS.map((_, joint) => wave(joint, 2.9)),
      ...JOINTS.map((_, joint) => 40 + joint + t * 0.05),
      margins["battery-voltage"],
    ];
    this.emit({
      kind: "frame",
      robot: this.robot.id,
      trial: this.study.trials.at(-1)?.number ?? null,
      phase: this.robot.phase,
      tRobot: t,
      values,
      margins: LIMIT_NAMES.map((name) => margins[name]),
    });
  }
}

const STEPS = 8;

/** Reward after `step` reports: settles from a lower start, improves with the trial's number, scatters. */
function reward(number: number, step: number): number {
  const scatter = Math.sin(number * 12.9898) * 0.06;
  const level = number < 3 ? 0.205 : 0.34 - 0.18 * Math.exp(-number / 14);
  return (
    (level + (number < 3 ? scatter / 5 : scatter)) * (1 - 0.3 / step) + 0.01 * Math.sin(number * 7 + step * 3)
  );
}

function trialOf(number: number, state: TrialDocument["state"]): TrialDocument {
  const reports = {
    completed: STEPS,
    pruned: 4,
    aborted: number % 3,
    interrupted: 2,
    abandoned: 0,
    running: 0,
  }[state];
  const seedGait = number < 3;
  const parameter = (low: number, high: number, key: number): number =>
    seedGait ? (low + high) / 2 : low + (high - low) * (0.5 + 0.5 * Math.sin(number * key));
  const words: Record<TrialDocument["state"], readonly [code: string, words: string] | null> = {
    completed: ["finished", "walked to the end"],
    pruned: ["pruner", "median at step 4: 0.148 < 0.194"],
    aborted: ["tilt", "tilt 0.83 rad > 0.785 rad at 2.14 s"],
    interrupted: ["link-lost", "no telemetry for 312 ms"],
    abandoned: ["operator-discard", "discarded by the operator: slipped on tape"],
    running: null,
  };
  const value = state === "completed" || state === "pruned" ? reward(number, reports) : null;
  return {
    number,
    state,
    outcome: words[state]?.[0] ?? null,
    reason: words[state]?.[1] ?? null,
    params: {
      ground_clearance: parameter(0.005, 0.05, 1.3),
      ground_penetration: parameter(0, 0.03, 2.1),
      step_length: parameter(0.01, 0.08, 3.7),
      swing_frequency: parameter(0.83, 5, 4.3),
      stance_frequency: parameter(0.83, 5, 5.9),
    },
    value,
    intermediate_values: Object.fromEntries(
      Array.from({ length: reports }, (_, index) => [index + 1, reward(number, index + 1)]),
    ),
    constraints: LIMIT_NAMES.map((name) => (state === "aborted" && name === "tilt" ? 1.7 : -0.6)),
    metrics: reports === 0 ? null : { forward_speed: value, foot_slip: null, energy: 31.5, torque_peak: 3.1 },
    duration_s: 2 + reports,
    recording: `recordings/trot-speed/trial-${String(number).padStart(4, "0")}.mcap`,
    role: seedGait ? "seed-gait" : number > 49 && number < 60 ? "replicate" : "suggested",
    suggestion: number,
    attempt: state === "interrupted" ? 1 : 1,
    truncated: number === 21,
    note: seedGait ? "" : "expected improvement 0.012",
  };
}

function stateOf(number: number): TrialDocument["state"] {
  if (number < 3) return "completed";
  if (number % 11 === 5) return "aborted";
  if (number === 17) return "interrupted";
  if (number === 29) return "abandoned";
  return number % 4 === 0 ? "pruned" : "completed";
}

export function studyOf(count: number): StudyDocument {
  const trials = Array.from({ length: count }, (_, number) => trialOf(number, stateOf(number)));
  const best = trials.filter((trial) => trial.state === "completed").at(-1);
  return {
    study: "trot-speed",
    direction: "maximize",
    reward: "forward_speed - 0.1 * abs(lateral_drift)",
    trials,
    champion:
      best === undefined || count < 5
        ? null
        : { params: best.params, mean: 0.312, ci95: [0.291, 0.333], n: 4 },
    baseline: count < 3 ? null : { params: trials[0]!.params, mean: 0.2, ci95: [0.185, 0.215], n: 3 },
    robot_time_s: trials.reduce((sum, trial) => sum + trial.duration_s, 0),
    sampler: "gp",
    pruner: "median",
    samplers: [{ name: "gp", from_trial: 0 }],
    pruners: [{ name: "median", from_trial: 0 }],
    seed: 1,
    constraint_names: LIMIT_NAMES,
    units: {
      ground_clearance: "m",
      ground_penetration: "m",
      step_length: "m",
      swing_frequency: "Hz",
      stance_frequency: "Hz",
    },
  };
}
