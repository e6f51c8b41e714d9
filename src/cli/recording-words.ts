/** A recording in words, and as the JSON document of `--json`. */
import type { RecordingSummary } from "../station/recording-summary.ts";

export function recordingText(summary: RecordingSummary): string {
  const { robot, trial, attempt, config, parameters, condition, repaired, started, duration } = summary;
  const title =
    robot === null
      ? `${summary.file}: no recording of a walk, or one that was cut off at its very beginning`
      : `trial ${trial}${attempt === 1 ? "" : `, attempt ${attempt}`} on ${robot} (config ${config})`;
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${figure(value)}`);
  const lines = [
    title,
    ...(started === null ? [] : [`${started.toISOString()}, ${duration.toFixed(2)} s`]),
    ...condition.problems.map((problem) => `damaged: ${problem}`),
    ...(condition.cutOff
      ? [`  repair it with: gaitsmith recording ${summary.file} --repair <new file>`]
      : []),
    ...(repaired === null ? [] : [`repaired: ${repaired}`]),
    ...(set.length === 0 ? [] : ["", `parameters  ${set.join(", ")}`]),
    ...section("topics", topicRows(summary)),
    ...section("commands", commandRows(summary)),
    ...section("reports", reportRows(summary)),
    ...section("events", eventRows(summary)),
    ...section("limits", limitRows(summary)),
    "",
    outcomeLine(summary),
  ];
  return `${lines.join("\n")}\n`;
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return [
    "",
    title,
    ...rows.map((row) => `  ${row.map((text, index) => text.padEnd(widths[index]!)).join("  ")}`.trimEnd()),
  ];
}

function topicRows({ topics }: RecordingSummary): string[][] {
  const filled = topics.filter(({ messages }) => messages > 0);
  return filled.map(({ topic, type, messages, rate, duration }) => [
    topic,
    type,
    `${messages}`.padStart(7),
    Number.isFinite(rate) ? `${rate.toFixed(1)} Hz` : "",
    messages > 1 ? `${duration.toFixed(2)} s` : "",
  ]);
}

function commandRows({ commands }: RecordingSummary): string[][] {
  return commands.map(({ time, command, answer }) => [
    at(time),
    command.command,
    command.words,
    answer === null
      ? "no answer"
      : `${answer.accepted ? "accepted" : "refused"} after ${(1000 * answer.latency).toFixed(1)} ms${
          answer.accepted || answer.words === "" ? "" : `: ${answer.words}`
        }`,
  ]);
}

function reportRows({ reports }: RecordingSummary): string[][] {
  return reports.map(({ time, report, decision }) => [
    at(time),
    `report ${report.step}`,
    decision === null ? "" : `reward ${figure(decision.value)}`,
    decision === null
      ? "undecided"
      : `${decision.verdict}${Number.isNaN(decision.threshold) ? "" : `, asked for ${figure(decision.threshold)}`}`,
    decision?.reason ?? "",
  ]);
}

function eventRows({ events }: RecordingSummary): string[][] {
  return events.map(({ time, item }) => [at(time), item.level, item.name, item.words]);
}

function limitRows({ limits, outcome }: RecordingSummary): string[][] {
  let index = -1;
  return limits.map((limit) => {
    const { name, joint, unit, low, high, unwatched, closest } = limit;
    // The stored constraint values know the extremes between the recorded samples too.
    if (joint === "") index++;
    const constraint = joint === "" ? outcome?.constraints[index] : undefined;
    const left = constraint === undefined ? closest?.left : -constraint;
    const way =
      left === undefined ? "" : left < 0 ? " (crossed)" : ` (${Math.round(100 * left)} % of the way left)`;
    const bounds = [Number.isFinite(low) ? figure(low) : "", Number.isFinite(high) ? figure(high) : ""];
    return [
      joint === "" ? name : `${name} of ${joint}`,
      unwatched === "" ? `${bounds.join(" … ").trim()} ${unit}`.trim() : `not watched: ${unwatched}`,
      closest === null ? "" : `closest ${figure(closest.value)} at ${at(closest.time)}${way}`,
    ];
  });
}

function outcomeLine({ outcome }: RecordingSummary): string {
  if (outcome === null) return "outcome  unknown: the recording ends before the walk does";
  const { end, reason, walked, reports, latched } = outcome;
  const figures = `walked ${walked.toFixed(2)} s, ${reports} reports${latched ? ", latched" : ""}`;
  return `outcome  ${end} (${reason.code}): ${reason.words}; ${figures}`;
}

function at(time: number): string {
  return `+${time.toFixed(3)} s`;
}

function figure(value: number): string {
  return Number.isNaN(value) ? "–" : String(Number(value.toPrecision(4)));
}

/** Numbers that JSON has no word for are null. */
export function recordingDocument(summary: RecordingSummary): unknown {
  const { condition, started, duration, topics, events, commands, reports, limits, ...rest } = summary;
  const { cutOff, lostChunks, ...size } = condition;
  return {
    ...rest,
    condition: { ...size, cut_off: cutOff, lost_chunks: lostChunks },
    started: started?.toISOString() ?? null,
    duration_s: duration,
    topics: topics.map(({ topic, type, messages, rate, duration }) => ({
      ...{ topic, type, messages },
      rate_hz: Number.isNaN(rate) ? null : rate,
      duration_s: duration,
    })),
    events: events.map(({ time, item }) => ({
      time_s: time,
      level: item.level,
      name: item.name,
      words: item.words,
      t_robot: item.tRobot,
    })),
    commands: commands.map(({ time, command, answer }) => ({
      time_s: time,
      command: command.command,
      words: command.words,
      values: command.values,
      accepted: answer?.accepted ?? null,
      answer: answer?.words ?? null,
      latency_s: answer?.latency ?? null,
    })),
    reports: reports.map(({ time, report, decision }) => ({
      time_s: time,
      step: report.step,
      metrics: report.metrics,
      value: decision?.value ?? null,
      verdict: decision?.verdict ?? null,
      reason: decision?.reason ?? null,
      threshold: decision?.threshold ?? null,
    })),
    limits: limits.map(({ closest, ...limit }) => ({
      ...limit,
      closest: closest === null ? null : { time_s: closest.time, value: closest.value, left: closest.left },
    })),
  };
}
