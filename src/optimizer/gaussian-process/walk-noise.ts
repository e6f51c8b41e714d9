/**
 * How noisy a walk is, from its own reports.
 *
 * A walk of measured time t is an observation with variance σ_b² + σ_w²/t. σ_w comes from within the walks: a report is
 * the reward from the start of measuring to a step, so the rewards of the windows between two reports are
 * independent draws of variance σ_w²/Δt about the walk's own level, and the differences of neighbouring windows tell σ_w
 * even where that level drifts (J. von Neumann's mean square successive difference, 1941). σ_b never averages out
 * within a walk; it is learnt from how walks differ.
 */
import type { ObservedTrial, Report } from "../trial.ts";

/** σ_w² in (reward)² s, pooled over the walks that ended by themselves or by the pruner; 0 when none tells. */
export function withinWalkVariance(trials: readonly ObservedTrial[]): number {
  let sum = 0;
  let count = 0;
  for (const trial of trials) {
    if (trial.state !== "completed" && trial.state !== "pruned") continue;
    const windows = windowRewards(trial.reports);
    for (let i = 1; i < windows.length; i++) {
      const before = windows[i - 1]!;
      const after = windows[i]!;
      const difference = after.reward - before.reward;
      const term = (difference * difference) / (1 / before.duration + 1 / after.duration);
      if (!Number.isFinite(term)) continue;
      sum += term;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

interface Window {
  readonly reward: number;
  readonly duration: number;
}

/** Mean reward of each stretch between two reports, the first from the start of measuring. */
function windowRewards(reports: readonly Report[]): Window[] {
  const windows: Window[] = [];
  let time = 0;
  let accumulated = 0;
  for (const report of reports) {
    const duration = report.time - time;
    if (!Number.isFinite(report.value) || !(duration > 0)) continue;
    const total = report.value * report.time;
    windows.push({ reward: (total - accumulated) / duration, duration });
    time = report.time;
    accumulated = total;
  }
  return windows;
}

/** Seconds a walk was measured; 0 when it reported no time. */
export function measuredTime(trial: ObservedTrial): number {
  return trial.reports.at(-1)?.time ?? 0;
}
