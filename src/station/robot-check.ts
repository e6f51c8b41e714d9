/**
 * Whether a study could start with this robot: everything that would keep it from starting, found without moving anything.
 * The robot is opened and listened to for a while; a parameter set is offered to robots that look at one without torque, and never
 * committed.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { describeError, GaitsmithError } from "../errors.ts";
import { parameterHash } from "../robot/parameters.ts";
import type { Capabilities, LinkDiagnostics, LinkFinding, Robot } from "../robot/robot.ts";
import type { ChannelSource, TelemetryFrame } from "../robot/telemetry-frame.ts";
import { Gate } from "../safety/gate.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import type { SafetyMonitor } from "../safety/monitor.ts";
import { speedChannels } from "./metric-meter.ts";
import { Preflight } from "./preflight.ts";
import { assertFits, monitorOf, type OpenedRobot } from "./robot-claim.ts";
import { Listening } from "./robot-listening.ts";
import { blindJoints } from "./stream-preconditions.ts";
import { rehearseStream } from "./stream-rehearsal.ts";

/** `missing` keeps a study from starting; `note` is worth knowing. */
export type CheckResult = "ok" | "note" | "missing";

export interface CheckItem {
  readonly group: "robot" | "link" | "telemetry" | "limits" | "parameters";
  readonly name: string;
  readonly result: CheckResult;
  /** What was found, with its figure. */
  readonly found: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly remedy: string;
}

export interface CheckedChannel {
  readonly name: string;
  readonly unit: string;
  readonly source: ChannelSource;
  /** Newest plausible value, SI; null when there was none. */
  readonly value: number | null;
  /** Share of the frames in which it was plausible. */
  readonly plausible: number;
}

export interface RobotCheck {
  readonly items: readonly CheckItem[];
  readonly channels: readonly CheckedChannel[];
  /** Of the link, by name; null when the robot was not opened. */
  readonly figures: LinkDiagnostics | null;
  /** No item is missing. */
  readonly ready: boolean;
}

export interface RobotCheckParts {
  readonly config: HardwareConfig;
  readonly openRobot: (config: HardwareConfig) => Promise<OpenedRobot>;
  /** All of the gait's parameters in the seed gait, SI. */
  readonly seedGait: Readonly<Record<string, number>>;
  /** How long telemetry is listened to, s of robot time. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** More late or skipped targets than this share are worth knowing. */
const UNEVEN = 0.01;

/** Never rejects for what is wrong with the robot: that is what it finds. */
export async function checkRobot(parts: RobotCheckParts): Promise<RobotCheck> {
  const items: CheckItem[] = [];
  let channels: readonly CheckedChannel[] = [];
  let figures: LinkDiagnostics | null = null;
  let robot: Robot | null = null;
  try {
    const opened = await parts.openRobot(parts.config);
    robot = opened.robot;
    const listening = new Listening(opened);
    const capabilities = await robot.open();
    items.push(introduced(capabilities));
    assertFits(parts.config, capabilities);
    await robot.acquireLease(`gaitsmith check ${process.pid}`);
    const monitor = monitorOf(parts.config, capabilities);
    const preflight = new Preflight(parts.config, capabilities.layout, capabilities.telemetryRate);
    const { targets, clock } = capabilities;
    const rehearsed =
      targets === undefined || clock === "lockstep" ? null : rehearseStream(targets.rate, opened.clock);
    const refusal = await listening.run(parts.seconds, {
      lockstep: capabilities.clock === "lockstep",
      onFrame: (frame) => judged(monitor, preflight, frame),
      ...(parts.signal === undefined ? {} : { signal: parts.signal }),
    });
    figures = (await robot.diagnostics?.()) ?? null;
    items.push(...(robot.findings?.() ?? []).map(itemOf));
    items.push(...streamItems(capabilities, rehearsed?.() ?? null));
    channels = listening.channels(capabilities.layout);
    items.push(...linkItems(figures, listening, parts.config));
    items.push(...telemetryItems(listening, capabilities, parts.config));
    items.push(...limitItems(monitor, parts.config, channels));
    items.push(speedItem(parts.config, capabilities));
    items.push(stanceItem(refusal));
    items.push(await parametersItem(robot, capabilities, parts));
  } catch (error) {
    // Errors that the link names one by one are better than the sum of them.
    const found = (robot?.findings?.() ?? []).filter(({ severity }) => severity !== "info").map(itemOf);
    items.push(...found);
    if (!found.some(({ result }) => result === "missing")) items.push(failureItem(error));
  } finally {
    await robot?.close().catch(() => {});
  }
  return { items, channels, figures, ready: items.every(({ result }) => result !== "missing") };
}

/** What preflight holds against the robot at the end of listening; null: nothing. */
type Refusal = GaitsmithError | null | "unfinished";

function judged(monitor: SafetyMonitor, preflight: Preflight, frame: TelemetryFrame): Refusal {
  monitor.onFrame(frame);
  const verdict = preflight.look(frame, null);
  if (verdict === "ready") return null;
  return verdict instanceof GaitsmithError ? verdict : "unfinished";
}

function item(
  group: CheckItem["group"],
  name: string,
  result: CheckResult,
  found: string,
  remedy = "",
): CheckItem {
  return { group, name, result, found, remedy };
}

function introduced({ robotId, firmware, joints, clock, runsGait }: Capabilities): CheckItem {
  const how = runsGait ? "runs the gait itself" : "follows joint targets";
  return item("robot", "robot", "ok", `${robotId}, ${firmware}, ${joints.length} joints, ${clock}, ${how}`);
}

const RESULT_OF: Readonly<Record<LinkFinding["severity"], CheckResult>> = {
  error: "missing",
  warning: "note",
  info: "ok",
};

function itemOf({ severity, where, what, remedy }: LinkFinding): CheckItem {
  return item("link", where, RESULT_OF[severity], what, remedy);
}

function failureItem(error: unknown): CheckItem {
  if (!(error instanceof GaitsmithError)) return item("robot", "robot", "missing", describeError(error));
  const where = error.where === undefined ? "" : ` (${error.where})`;
  return item("robot", error.code, "missing", `${error.message}${where}`, error.remedy ?? "");
}

/** Round trip, clocks and how old telemetry is. */
function linkItems(
  figures: LinkDiagnostics | null,
  listening: Listening,
  { envelope }: HardwareConfig,
): CheckItem[] {
  const items: CheckItem[] = [];
  const known = (name: string): number => figures?.[name] ?? Number.NaN;
  if (Number.isFinite(known("roundTripMedian")))
    items.push(
      item(
        "link",
        "round trip",
        "ok",
        `p50 ${milliseconds(known("roundTripMedian"))}, p99 ${milliseconds(known("roundTrip99"))}`,
      ),
    );
  if (Number.isFinite(known("clockOffset")))
    items.push(
      item(
        "link",
        "clock offset",
        "ok",
        `${known("clockOffset").toFixed(3)} s ± ${milliseconds(known("clockUncertainty"))}`,
      ),
    );
  const { median, high } = listening.ages;
  const limit = envelope["frame-age"].high;
  if (Number.isFinite(median)) {
    const words = `p50 ${milliseconds(median)}, p99 ${milliseconds(high)}, limit ${milliseconds(limit)}`;
    const old = high > limit;
    items.push(
      item(
        "link",
        "telemetry age",
        old ? "missing" : "ok",
        words,
        old
          ? "Find what delays it: distance, other traffic, a busy computer; or allow more in limits.frame-age."
          : "",
      ),
    );
  }
  return items;
}

/** How joint targets are to be streamed, and how steady this computer is. @param rehearsed null in lockstep */
function streamItems(
  { targets, joints, layout }: Capabilities,
  rehearsed: LinkDiagnostics | null,
): CheckItem[] {
  if (targets === undefined) return [];
  const { rate, timeout } = targets;
  const items = [
    item(
      "link",
      "joint targets",
      "ok",
      `${rate} Hz; without one for ${timeout} s the robot comes to rest by itself`,
    ),
  ];
  const blind = blindJoints(joints, layout);
  if (blind.length > 0)
    items.push(
      item(
        "link",
        "rising",
        "note",
        `the robot does not say where ${blind.join(", ")} is: it goes into its neutral stance as fast as it can`,
        "Let it stand, or hold it up, before a walk.",
      ),
    );
  if (rehearsed === null) return items;
  const known = (name: string): number => rehearsed[name] ?? Number.NaN;
  const longest = known("targetsLongest");
  const words =
    `jitter p50 ${milliseconds(known("targetsJitterMedian"))}, p99 ${milliseconds(known("targetsJitter99"))}, ` +
    `longest interval ${milliseconds(longest)}`;
  const stopped = !(longest <= timeout);
  const uneven = known("targetsLate") + known("targetsSkipped") > UNEVEN * known("targets");
  const remedy = "Close other programs, or stream from a computer that has less to do.";
  items.push(
    item(
      "link",
      "stream of this computer",
      stopped ? "missing" : uneven ? "note" : "ok",
      words,
      stopped || uneven ? remedy : "",
    ),
  );
  return items;
}

function telemetryItems(
  listening: Listening,
  { telemetryRate }: Capabilities,
  { preflight, envelope }: HardwareConfig,
): CheckItem[] {
  const { frames, rate, lost, longestGap } = listening;
  if (frames < 2)
    return [
      item(
        "telemetry",
        "rate",
        "missing",
        frames === 0 ? "no telemetry came" : "one frame came",
        "Check that the robot's program runs and publishes, and the topic that makes the frames.",
      ),
    ];
  const slow = rate < preflight.minimumTelemetryRate * telemetryRate;
  const gap = longestGap > envelope["frame-gap"].high;
  return [
    item(
      "telemetry",
      "rate",
      slow ? "missing" : "ok",
      `${rate.toFixed(1)} Hz of ${telemetryRate} Hz`,
      slow ? "Check the link: distance, interference, baud rate, what else uses it." : "",
    ),
    item(
      "telemetry",
      "frames lost",
      gap ? "missing" : "ok",
      `${lost} of ${frames + lost}, at most ${longestGap} in a row, limit ${envelope["frame-gap"].high}`,
      gap ? "Check the link, or allow more in limits.frame-gap." : "",
    ),
  ];
}

function limitItems(
  monitor: SafetyMonitor,
  { envelope, source }: HardwareConfig,
  channels: readonly CheckedChannel[],
): CheckItem[] {
  const silent = channels.filter(({ value }) => value === null);
  const unwatched = LIMIT_NAMES.filter((name) => envelope[name].unwatched !== undefined);
  const watched = LIMIT_NAMES.length - unwatched.length - monitor.problems.length;
  return [
    item("limits", "watched", "ok", `${watched} of ${LIMIT_NAMES.length} limits`),
    ...monitor.problems.map((words) =>
      item(
        "limits",
        words.split(" ")[0]!,
        "missing",
        words,
        `Let the robot report it, or say in ${source.file} why the limit may go unwatched.`,
      ),
    ),
    ...unwatched.map((name) =>
      item("limits", name, "note", `not watched: ${envelope[name].unwatched}`, "Watch it by eye."),
    ),
    ...silent.map(({ name }) =>
      item(
        "limits",
        name,
        "missing",
        "no plausible value came",
        "Check the sensor, its cable and its mapping.",
      ),
    ),
  ];
}

function speedItem({ speedSource }: HardwareConfig, { layout }: Capabilities): CheckItem {
  if (speedSource === "operator")
    return item("telemetry", "speed source", "ok", "a person types the distance after each walk");
  if (speedSource === "robot")
    return item("telemetry", "speed source", "ok", "the robot says the distance after each walk");
  try {
    speedChannels(layout, speedSource);
    return item("telemetry", "speed source", "ok", `${speedSource}, measured`);
  } catch (error) {
    return { ...failureItem(error), group: "telemetry", name: "speed source" };
  }
}

function stanceItem(refusal: Refusal): CheckItem {
  if (refusal === null)
    return item("robot", "preflight", "ok", "battery, temperatures and posture would let it be armed");
  if (refusal === "unfinished")
    return item(
      "robot",
      "preflight",
      "missing",
      "not enough telemetry to judge by",
      "Check the telemetry first.",
    );
  return item("robot", "preflight", "missing", refusal.message, refusal.remedy ?? "");
}

/** Offers the seed gait to a robot that looks at it without torque; it is never committed. */
async function parametersItem(
  robot: Robot,
  { runsGait }: Capabilities,
  { config, seedGait }: RobotCheckParts,
): Promise<CheckItem> {
  const found = (result: CheckResult, words: string, remedy = ""): CheckItem =>
    item("parameters", "seed gait", result, words, remedy);
  if (!runsGait) return found("ok", "not offered: gaitsmith runs the gait, inside the robot's limits");
  if (!checksSets(config))
    return found("note", "not offered: this robot takes parameters only to walk with them");
  const parameters = { gait: config.gait.name, values: Object.entries(seedGait) };
  const gate = new Gate(() => ({
    mode: "checking",
    leased: true,
    latched: false,
    envelopeComplete: true,
    monitorHealthy: true,
    targets: null,
    feasible: () => true,
  }));
  const { rampIn, rampOut } = config.walk;
  const answer = await robot.send(gate.clear({ kind: "stage", parameters, rampIn, rampOut }));
  if (!answer.accepted)
    return found(
      "missing",
      `refused: ${answer.reason}`,
      "Let the config ask only for what the robot accepts.",
    );
  if (answer.hash !== undefined && answer.hash !== parameterHash(parameters))
    return found(
      "missing",
      `the robot understood something else (${answer.hash}, not ${parameterHash(parameters)})`,
      "Check that robot and gaitsmith agree on names, order and units of the parameters.",
    );
  return found("ok", `${parameters.values.length} parameters, understood as sent`);
}

/** Robots with a session of their own hold a staged set back until it is committed. */
function checksSets({ link }: HardwareConfig): boolean {
  if (link.kind === "rosbridge") return link.control.kind === "node";
  return link.kind === "simulated" || link.kind === "serial";
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(1)} ms`;
}
