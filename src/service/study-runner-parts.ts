/** What a study runner is given: the study, who walks, who proposes and judges, who is asked, and where it is written down. */
import type { Clock } from "../clock.ts";
import type { Metrics } from "../config/metrics.ts";
import type { Pruner } from "../optimizer/pruner.ts";
import type { WalkOutcome } from "../station/messages.ts";
import type { StudyPlan } from "../study/agenda.ts";
import type { Reward } from "../study/reward.ts";
import type { Storage } from "../study/storage.ts";
import type { StudyDefinition, TrialRecord } from "../study/trial-record.ts";
import type { RobotLatch } from "./latch-clearing.ts";
import type { Operator } from "./operator.ts";
import type { SamplerHost } from "./sampler-host.ts";
import type { StationHost, StationReport } from "./station-host.ts";
import type { StudyPause } from "./study-pause.ts";
import type { RunnerEvent } from "./study-runner-events.ts";

/** What the runner needs of a station. */
export type WalkingStation = Pick<StationHost, "run" | "stop">;

export interface StudyRunnerParts {
  readonly definition: StudyDefinition;
  readonly plan: StudyPlan;
  /** The walk's length as planned, s, and its number of reports. */
  readonly walk: { readonly planned: number; readonly reports: number };
  readonly storage: Storage;
  readonly sampler: Pick<SamplerHost, "ask" | "confirm" | "conclude">;
  readonly pruner: Pruner;
  readonly reward: Reward;
  readonly clock: Clock;
  /**
   * The robot's station, started anew when the last one died.
   *
   * @param signal aborted when the study is stopped meanwhile: a robot that is gone is not waited for any longer
   */
  readonly station: (signal: AbortSignal) => Promise<WalkingStation>;
  /**
   * Looks at everything before the first walk of this run. Resolves to false when the study was stopped meanwhile.
   *
   * @param trial that is walked next
   * @throws PREFLIGHT_REFUSED
   */
  readonly preflight?: (trial: number, signal: AbortSignal) => Promise<boolean>;
  /** All gait parameters of a parameter set: tuned ones and constants, SI. */
  readonly gaitParameters: (parameters: TrialRecord["parameters"]) => Readonly<Record<string, number>>;
  /** Where the walk with this trial number is recorded, relative to the study file's folder; null: nowhere. */
  readonly recordingOf: (trial: number) => string | null;
  /** The path of such a recording on this machine. */
  readonly recordingPath: (recording: string) => string;
  /** The outcome a dead service never stored, from the walk's recording, and the reports on the way to it. */
  readonly adoptOutcome: (recording: string) => Promise<AdoptedWalk | null>;
  /** The person at the robot; absent where nobody is to be asked anything. */
  readonly operator?: Pick<
    Operator,
    "attends" | "judges" | "beforeWalk" | "canMend" | "mend" | "withdraw" | "distance" | "clearLatch"
  >;
  /** Absent where a latch ends the study, whoever is there. */
  readonly latch?: RobotLatch;
  /** Holds the study back while it is paused; absent where nobody can pause it. */
  readonly pause?: Pick<StudyPause, "why" | "over">;
  /** Who says how far the robot came, where that is known after the walk only; absent where telemetry measures speed. */
  readonly distance?: DistanceAfterwards;
  readonly onEvent: (event: RunnerEvent) => void;
}

export interface AdoptedWalk {
  readonly outcome: WalkOutcome;
  readonly reports: readonly Pick<StationReport, "step" | "tRobot" | "time" | "metrics">[];
}

export interface DistanceAfterwards {
  readonly source: "robot" | "operator";
  /** The metrics of a whole walk with the distance, m, that it came; `measured` in s. */
  readonly metrics: (metrics: Metrics, distance: number, measured: number) => Metrics;
}
