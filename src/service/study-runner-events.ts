/** What a study runner tells while it runs, and how a run ends. */
import type { PruneDecision } from "../optimizer/pruner.ts";
import type { Cooling } from "../station/messages.ts";
import type { Drift } from "../study/drift.ts";
import type { TrialRecord, TrialReport } from "../study/trial-record.ts";
import type { Conclusions } from "./sampler-messages.ts";

export type RunnerEvent =
  | { readonly kind: "started"; readonly trial: TrialRecord }
  | {
      readonly kind: "report";
      readonly trial: number;
      readonly report: TrialReport;
      readonly decision: PruneDecision | null;
    }
  /** Its robot's motors are too hot to begin; told once. */
  | { readonly kind: "cooling"; readonly trial: number; readonly cooling: Cooling }
  | { readonly kind: "ended"; readonly trial: TrialRecord }
  /** The seed gait was walked again, and compared with what it was. */
  | { readonly kind: "drift"; readonly drift: Drift }
  | { readonly kind: "concluded"; readonly conclusions: Conclusions };

export interface RunEnd {
  readonly state: "finished" | "stopped";
  readonly words: string;
  /** The robot was left latched. */
  readonly latched: boolean;
}
