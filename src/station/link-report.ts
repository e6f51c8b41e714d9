/** What a link's figures say at the end of a study, in a sentence. */
import type { LinkDiagnostics } from "../robot/robot.ts";

/** On a busy computer that happens, and nothing is lost. */
const REPEATED = "repeated";

/** Figures that are 0 on a line where nothing went wrong, with what they count. */
const LOSSES: readonly (readonly [name: string, words: string])[] = [
  ["telemetryMissed", "telemetry frames missed"],
  ["broken", "broken frames"],
  ["malformed", "malformed frames"],
  ["eventsMissed", "events missed"],
  [REPEATED, "requests repeated"],
  ["unanswered", "requests unanswered"],
  ["withheld", "frames withheld"],
  ["robot.framesBroken", "broken frames at the robot"],
  ["robot.framesMalformed", "malformed frames at the robot"],
  ["robot.framesUnsent", "frames the robot could not send"],
  ["robot.keepalivesStale", "stale keepalives"],
  ["robot.loopOverruns", "late control periods"],
];

/** @returns a warning when anything was lost */
export function linkReport(figures: LinkDiagnostics): {
  readonly level: "info" | "warn";
  readonly text: string;
} {
  const counted = LOSSES.filter(([name]) => (figures[name] ?? 0) > 0);
  const lost = counted.map(([name, words]) => `${figures[name]} ${words}`);
  const times = [
    ["round trip", "roundTripMedian", "roundTrip99"],
    ["telemetry delay", "delayMedian", "delay99"],
  ].flatMap(([words, median, high]) => {
    const [low, top] = [figures[median!], figures[high!]];
    return low === undefined || top === undefined || Number.isNaN(low)
      ? []
      : [`${words} ${milliseconds(low)} ms, at most ${milliseconds(top)} ms in 99 %`];
  });
  const schema = (figures["otherSchema"] ?? 0) > 0 ? ["the robot's message table is not ours"] : [];
  const frames = `${figures["telemetry"] ?? 0} telemetry frames`;
  return {
    level: counted.every(([name]) => name === REPEATED) ? "info" : "warn",
    text: `link: ${[frames, ...schema, ...(lost.length === 0 ? ["nothing lost"] : lost), ...times].join(", ")}`,
  };
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(1);
}
