/** What a link's figures say at the end of a study, in a sentence. */
import type { LinkDiagnostics } from "../robot/robot.ts";

/** Of frames, as many may be lost before it is a warning: every radio and every long cable loses some. */
const SHARE_OF_FRAMES = 0.001;
/**
 * Of telemetry frames, as many may be missing. What the line spoils is counted as broken as well; a robot that leaves out
 * one frame here and there (the simulated one loses 0.5 %) is judged by the config's `minimum_telemetry_rate`.
 */
const SHARE_OF_TELEMETRY = 0.01;
/** Of control periods, as many may be late: less than that no gait notices. */
const SHARE_OF_PERIODS = 0.01;

interface Loss {
  readonly one: string;
  readonly many: string;
  /** The share that is a warning and what it is a share of; absent: the first one is. */
  readonly tolerated?: { readonly share: number; readonly of: readonly string[] };
}

/** From the robot, as far as they are known. */
const TELEMETRY = { share: SHARE_OF_FRAMES, of: ["telemetry", "telemetryMissed"] };
const MISSED = { share: SHARE_OF_TELEMETRY, of: TELEMETRY.of };
/** To the robot. */
const RECEIVED = { share: SHARE_OF_FRAMES, of: ["robot.framesReceived"] };
/** One in a hundred is far from the several in a row that a dead-man waits for. */
const KEEPALIVES = { share: 0.01, of: ["keepalives"] };
/** A robot takes at least one control period per telemetry frame; mostly it takes more, then the share is overestimated. */
const PERIODS = { share: SHARE_OF_PERIODS, of: ["telemetry", "telemetryMissed"] };
/** As with control periods. */
const TARGETS = { share: SHARE_OF_PERIODS, of: ["targets"] };
/** On a busy computer that happens, and nothing is lost. */
const NEVER = { share: Number.POSITIVE_INFINITY, of: [] };

/** Figures that are 0 on a line where nothing went wrong. */
const LOSSES: Readonly<Record<string, Loss>> = {
  telemetryMissed: { one: "telemetry frame missed", many: "telemetry frames missed", tolerated: MISSED },
  broken: { one: "broken frame", many: "broken frames", tolerated: TELEMETRY },
  malformed: { one: "malformed frame", many: "malformed frames", tolerated: TELEMETRY },
  eventsMissed: { one: "event missed", many: "events missed" },
  repeated: { one: "request repeated", many: "requests repeated", tolerated: NEVER },
  unanswered: { one: "request unanswered", many: "requests unanswered" },
  withheld: { one: "frame withheld", many: "frames withheld" },
  "robot.framesBroken": {
    one: "broken frame at the robot",
    many: "broken frames at the robot",
    tolerated: RECEIVED,
  },
  "robot.framesMalformed": {
    one: "malformed frame at the robot",
    many: "malformed frames at the robot",
    tolerated: RECEIVED,
  },
  "robot.framesUnsent": {
    one: "frame the robot could not send",
    many: "frames the robot could not send",
    tolerated: TELEMETRY,
  },
  "robot.keepalivesStale": {
    one: "stale keepalive",
    many: "stale keepalives",
    tolerated: KEEPALIVES,
  },
  targetsLate: { one: "late joint target", many: "late joint targets", tolerated: TARGETS },
  targetsSkipped: { one: "joint target skipped", many: "joint targets skipped", tolerated: TARGETS },
  targetsSlowed: {
    one: "joint target slowed to the speed limit",
    many: "joint targets slowed to the speed limit",
    tolerated: TARGETS,
  },
  "robot.loopOverruns": { one: "late control period", many: "late control periods", tolerated: PERIODS },
};

/** @returns a warning when more was lost than matters to nobody; whatever was lost is named */
export function linkReport(figures: LinkDiagnostics): {
  readonly level: "info" | "warn";
  readonly text: string;
} {
  const counted = Object.entries(LOSSES).filter(([name]) => (figures[name] ?? 0) > 0);
  const lost = counted.map(([name, { one, many }]) => {
    const count = figures[name]!;
    return `${count} ${count === 1 ? one : many}`;
  });
  const times = [
    ["round trip", "roundTripMedian", "roundTrip99"],
    ["telemetry delay", "delayMedian", "delay99"],
    ["jitter of the targets", "targetsJitterMedian", "targetsJitter99"],
  ].flatMap(([words, median, high]) => {
    const [low, top] = [figures[median!], figures[high!]];
    return low === undefined || top === undefined || Number.isNaN(low)
      ? []
      : [`${words} ${milliseconds(low)} ms, at most ${milliseconds(top)} ms in 99 %`];
  });
  const schema = (figures["otherSchema"] ?? 0) > 0 ? ["the robot's message table is not ours"] : [];
  const { telemetry, targets, targetsRate = Number.NaN } = figures;
  const carried = [
    ...(telemetry === undefined && targets !== undefined ? [] : [number(telemetry ?? 0, "telemetry frame")]),
    ...(targets === undefined ? [] : [`${number(targets, "joint target")}${rate(targetsRate)}`]),
  ];
  return {
    level: counted.some(([name, loss]) => matters(figures, figures[name]!, loss)) ? "warn" : "info",
    text: `link: ${[...carried, ...schema, ...(lost.length === 0 ? ["nothing lost"] : lost), ...times].join(", ")}`,
  };
}

function matters(figures: LinkDiagnostics, count: number, { tolerated }: Loss): boolean {
  if (tolerated === undefined) return true;
  const whole = tolerated.of.reduce((sum, name) => sum + (figures[name] ?? 0), 0);
  return tolerated.share !== Number.POSITIVE_INFINITY && count > tolerated.share * whole;
}

function rate(hertz: number): string {
  return Number.isNaN(hertz) ? "" : ` at ${hertz.toFixed(1)} Hz`;
}

function number(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(1);
}
