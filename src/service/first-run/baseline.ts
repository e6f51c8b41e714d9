/** How much walks of one gait differ, and how often a gait has to be walked to be told from another. */
import { METRICS, type Metrics } from "../../config/metrics.ts";
import { type Finding, figure, found } from "./finding.ts";

export interface Spread {
  readonly name: string;
  readonly unit: string;
  readonly mean: number;
  /** Between walks, with n − 1; NaN of one walk. */
  readonly sd: number;
  readonly walks: number;
}

/** A mean is known well enough when its standard error is this share of it. */
const WANTED = 0.05;
const MOST_REPLICATES = 30;
/** Walks that differ by more than this share say little about a gait. */
const ROUGH = 0.25;

export function spreadOf(name: string, unit: string, values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { name, unit, mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : Number.NaN, walks: n };
}

/** Of every metric that all walks have. */
export function metricSpreads(walks: readonly Metrics[]): Spread[] {
  return METRICS.flatMap(({ name, unit }) => {
    const values = walks.map((metrics) => metrics[name]);
    return values.length > 0 && values.every(Number.isFinite) ? [spreadOf(name, unit, values)] : [];
  });
}

/**
 * Walks per gait so that the standard error of their mean is a twentieth of the baseline: n = (SD / (0.05 |mean|))², at least 2. Of three
 * walks the SD itself is known to within a factor of two or so.
 */
export function replicatesFor({ mean, sd }: Spread): number {
  const n = Math.ceil((sd / (WANTED * Math.abs(mean))) ** 2 - 1e-9);
  return Number.isFinite(n) ? Math.min(MOST_REPLICATES, Math.max(2, n)) : MOST_REPLICATES;
}

/** @param reward the spread of what the study scores, or of forward speed where there is no study */
export function baselineFindings(reward: Spread, metrics: readonly Spread[]): Finding[] {
  const share = Math.abs(reward.sd / reward.mean);
  const words = `${figure(reward.mean, reward.unit)} ± ${figure(reward.sd, reward.unit)} (SD of ${reward.walks} walks)`;
  const more = { value: reward.mean, unit: reward.unit };
  const findings = [
    share > ROUGH || !Number.isFinite(share)
      ? found(reward.name, "warning", `${words}: walks differ a lot`, {
          ...more,
          remedy:
            "Look at floor, start posture, battery and loose parts before tuning; else give more replicates.",
        })
      : found(reward.name, "ok", words, more),
    found(
      "replicates",
      "ok",
      `${replicatesFor(reward)} walks of a gait give its mean to 5 % (study: confirm.walks)`,
      {
        value: replicatesFor(reward),
      },
    ),
  ];
  for (const { name, unit, mean, sd } of metrics)
    findings.push(found(name, "ok", `${figure(mean, unit)} ± ${figure(sd, unit)}`, { value: mean, unit }));
  return findings;
}
