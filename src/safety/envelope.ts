/** Whether an envelope is one to arm a robot under: everything that is wrong with it, in words. Empty means complete. */
import {
  type Bounds,
  type Debounce,
  type Envelope,
  LIMIT_NAMES,
  type Limit,
  type LimitName,
  MAY_GO_UNWATCHED,
} from "./limit.ts";

const ACTIONS: readonly unknown[] = ["settle", "cut", "warn"];
const OUTCOMES: readonly unknown[] = ["aborted", "interrupted"];

/** The sides on which each limit must be bounded. The other side may be open. */
const SIDES: Readonly<Record<LimitName, readonly ("low" | "high")[]>> = {
  tilt: ["high"],
  height: ["low", "high"],
  "joint-position": ["low", "high"],
  "joint-speed": ["high"],
  "motor-speed": ["high"],
  "motor-torque": ["high"],
  "motor-temperature": ["high"],
  "battery-voltage": ["low"],
  "lateral-distance": ["high"],
  duration: ["high"],
  "frame-age": ["high"],
  "frame-gap": ["high"],
  "not-a-number": ["high"],
  frozen: ["high"],
  "battery-current": ["high"],
};

/**
 * Deny by default: the envelope is taken for data of unknown origin, and whatever is not plainly a limit is a problem.
 * A limit needs a finite bound on every side that matters and a finite nominal value strictly inside, because the
 * distance from nominal to bound scales the constraint value; a soft bound lies strictly between the two. A limit that goes
 * unwatched must be one that may, and say why.
 *
 * @param joints names that per-joint bounds may use
 * @returns one sentence per problem, in the order of {@link LIMIT_NAMES}
 */
export function envelopeProblems(envelope: Envelope | null | undefined, joints: readonly string[]): string[] {
  const problems: string[] = [];
  for (const name of LIMIT_NAMES) {
    const limit = envelope?.[name];
    if (limit === undefined || limit === null) {
      problems.push(`limit ${name} is not set`);
      continue;
    }
    if (limit.name !== name) problems.push(`limit ${name} carries the name ${limit.name}`);
    if (limit.unwatched !== undefined) {
      const unsound = unwatchedProblem(limit);
      if (unsound !== null) problems.push(`limit ${name} ${unsound}`);
      continue;
    }
    if (!ACTIONS.includes(limit.action)) problems.push(`limit ${name} has no action`);
    if (!OUTCOMES.includes(limit.outcome)) problems.push(`limit ${name} has no outcome`);
    const bounds = boundsProblem(name, limit);
    if (bounds !== null) problems.push(`limit ${name} ${bounds}`);
    const debounce = debounceProblem(limit.debounce);
    if (debounce !== null) problems.push(`limit ${name} ${debounce}`);
    for (const [joint, own] of Object.entries(limit.joints ?? {})) {
      if (!joints.includes(joint)) problems.push(`limit ${name} has bounds for ${joint}, which is no joint`);
      const wrong = boundsProblem(name, own);
      if (wrong !== null) problems.push(`limit ${name} of ${joint} ${wrong}`);
    }
  }
  return problems;
}

/** A limit that is not watched may not look like one that is: it has no bounds. */
function unwatchedProblem({ name, unwatched, ...limit }: Limit): string | null {
  if (!MAY_GO_UNWATCHED.includes(name)) return "must be watched";
  if (typeof unwatched !== "string" || unwatched.trim() === "") return "goes unwatched without a reason";
  const { low, high, softLow, softHigh, joints } = limit;
  const open = low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY;
  const silent = softLow === undefined && softHigh === undefined && joints === undefined;
  return open && silent ? null : "goes unwatched and yet has bounds";
}

function boundsProblem(name: LimitName, bounds: Bounds): string | null {
  const { low, high, nominal } = bounds;
  for (const side of SIDES[name])
    if (!Number.isFinite(bounds[side])) return `has no ${side} bound (${bounds[side]})`;
  // Written so that NaN, infinities and undefined fail it.
  if (!(low < nominal && nominal < high))
    return `must hold low < nominal < high, not ${low}, ${nominal}, ${high}`;
  const { softLow, softHigh } = bounds;
  if (softLow !== undefined && !(low < softLow && softLow < nominal))
    return `must warn between low and nominal, not at ${softLow}`;
  if (softHigh !== undefined && !(nominal < softHigh && softHigh < high))
    return `must warn between nominal and high, not at ${softHigh}`;
  return null;
}

function debounceProblem(debounce: Debounce | undefined): string | null {
  switch (debounce?.kind) {
    case "single":
      return null;
    case "streak":
      return Number.isInteger(debounce.frames) && debounce.frames >= 1
        ? null
        : `needs a whole number of frames, not ${debounce.frames}`;
    case "window":
      return Number.isFinite(debounce.seconds) && debounce.seconds > 0
        ? null
        : `needs a window longer than 0 s, not ${debounce.seconds}`;
    default:
      return "does not say when crossing counts";
  }
}
