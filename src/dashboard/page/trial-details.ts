/** All that is known of one trial. */
import type { StudyDocument, TrialDocument } from "../../study/study-document.ts";
import { element } from "./element.ts";
import { figure, parameterFigure, type Scale, spaced } from "./figures.ts";
import { reasonWords } from "./outcomes.ts";

/** Units of the metrics, where they have one. */
const METRIC_UNITS: Readonly<Record<string, string>> = {
  forward_speed: "m/s",
  lateral_drift: "m/s",
  yaw_drift: "rad/s",
  tilt_rms: "rad",
  tilt_peak: "rad",
  height_mean: "m",
  mechanical_energy: "J",
  joule_energy: "J",
  energy: "J",
  torque_peak: "N·m",
  foot_slip: "m/s",
  battery_voltage: "V",
  motor_temperature_peak: "°C",
  duration: "s",
};

/** Units of the covariates. */
const HEALTH_UNITS: Readonly<Record<string, string>> = {
  battery_rest: "V",
  battery_lowest: "V",
  battery_mean: "V",
  charge_used: "A·s",
  energy_used: "J",
  motor_temperature_before: "°C",
  motor_temperature_before_mean: "°C",
  motor_temperature_after: "°C",
  motor_temperature_after_mean: "°C",
  cool_down: "s",
};

type Row = readonly [name: string, value: string, unit: string];

export function trialDetails(
  trial: TrialDocument,
  study: StudyDocument,
  scales: ReadonlyMap<string, Scale>,
): HTMLElement {
  const parameters = Object.entries(trial.params).map(([name, value]): Row => {
    const scale = scales.get(name) ?? { unit: study.units[name] ?? "", factor: 1 };
    return [spaced(name), parameterFigure(value, scale), scale.unit];
  });
  const metrics = Object.entries(trial.metrics ?? {}).map(
    ([name, value]): Row => [spaced(name), figure(value), value === null ? "" : (METRIC_UNITS[name] ?? "")],
  );
  const margins = trial.constraints.map(
    (value, index): Row => [
      spaced(study.constraint_names[index] ?? `${index}`),
      figure(value, 2),
      marginWords(value),
    ],
  );
  const steps = Object.entries(trial.intermediate_values).map(
    ([step, value]): Row => [`step ${step}`, figure(value), ""],
  );
  const health = Object.entries(trial.health ?? {}).flatMap(([name, value]): Row[] => {
    if (typeof value === "number") return [[spaced(name), figure(value), HEALTH_UNITS[name] ?? ""]];
    if (value.length === 0) return [[spaced(name), "nothing found", ""]];
    return value.map((words: string): Row => [spaced(name), words, ""]);
  });
  const facts: Row[] = [
    ["suggestion", String(trial.suggestion), trial.attempt > 1 ? `attempt ${trial.attempt}` : ""],
    ["role", spaced(trial.role), ""],
    ...(trial.note === "" ? [] : [["note", trial.note, ""] as const]),
    ...(trial.recording === null ? [] : [["recording", trial.recording, ""] as const]),
  ];
  return element(
    "div",
    { class: "detail-columns" },
    element("p", { class: "reason" }, `Trial ${trial.number}: ${reasonWords(trial)}`),
    list("Parameters", parameters),
    list("Metrics", metrics),
    list("Constraints: −1 at nominal, 0 at the limit", margins),
    list("Reward by step", steps),
    list("Health of the robot", health),
    list("Record", facts),
  );
}

function marginWords(value: number): string {
  return value > 0 ? "breached" : value > -0.2 ? "near" : "";
}

function list(title: string, rows: readonly Row[]): HTMLElement | null {
  if (rows.length === 0) return null;
  return element(
    "section",
    {},
    element("h3", {}, title),
    element(
      "dl",
      {},
      ...rows.flatMap(([name, value, unit]) => [
        element("dt", {}, name),
        element("dd", {}, value, unit === "" ? null : element("small", {}, ` ${unit}`)),
      ]),
    ),
  );
}
