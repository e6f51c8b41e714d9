/** The limits block of a hardware config: the envelope. */
import {
  type Bounds,
  type Debounce,
  type Envelope,
  LIMIT_NAMES,
  type Limit,
  type LimitName,
  MAY_GO_UNWATCHED,
} from "../safety/limit.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import {
  DEBOUNCE_PATTERN,
  LIMIT_SHAPES,
  type WrittenBounds,
  type WrittenLimit,
  type WrittenUnwatched,
} from "./limit-shapes.ts";
import { matchesPattern } from "./name-pattern.ts";
import { nearestName } from "./nearest-name.ts";
import type { WrittenHardware } from "./schema.ts";
import { readQuantity, type SiUnit, toSi } from "./units.ts";

/** Reads the block; what is wrong is reported to the source, and the result is then meaningless. */
export function readLimits(
  source: ConfigSource,
  written: WrittenHardware["limits"],
  joints: readonly string[],
): Envelope {
  const envelope: Partial<Record<LimitName, Limit>> = {};
  for (const name of LIMIT_NAMES) {
    const path = ["limits", name];
    const limit = written[name];
    if ("unwatched" in limit) {
      envelope[name] = readUnwatched(source, name, limit);
      continue;
    }
    const ofJoints = limit.joints === undefined ? undefined : readJoints(source, name, limit, joints);
    envelope[name] = {
      name,
      unit: LIMIT_SHAPES[name].si,
      ...readBounds(source, path, name, limit),
      debounce: readDebounce(source, [...path, "debounce"], limit.debounce),
      action: limit.action,
      outcome: limit.outcome,
      ...(ofJoints === undefined ? {} : { joints: ofJoints }),
    };
  }
  return envelope as Envelope;
}

/** Open on both sides: nothing ever crosses it. */
function readUnwatched(source: ConfigSource, name: LimitName, { unwatched }: WrittenUnwatched): Limit {
  if (!MAY_GO_UNWATCHED.includes(name))
    source.report({
      path: ["limits", name, "unwatched"],
      what: "no robot is armed without watching this",
      remedy: `Set the limit; only these may go unwatched: ${MAY_GO_UNWATCHED.join(", ")}.`,
      atKey: true,
    });
  return {
    name,
    unit: LIMIT_SHAPES[name].si,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    nominal: 0,
    debounce: { kind: "single" },
    action: "warn",
    outcome: "interrupted",
    unwatched: unwatched.trim(),
  };
}

function readBounds(source: ConfigSource, path: FieldPath, name: LimitName, written: WrittenBounds): Bounds {
  const { si } = LIMIT_SHAPES[name];
  const low = written.low === undefined ? Number.NEGATIVE_INFINITY : toSi(written.low, si);
  const high = written.high === undefined ? Number.POSITIVE_INFINITY : toSi(written.high, si);
  const nominal = toSi(written.nominal, si);
  if (low >= high) {
    source.report({
      path: [...path, "high"],
      what: `it is not above low, \`${written.low}\``,
      remedy: "Write low < high.",
    });
  } else if (nominal <= low || nominal >= high) {
    const side = nominal <= low ? `above low, \`${written.low}\`` : `below high, \`${written.high}\``;
    source.report({
      path: [...path, "nominal"],
      what: `\`${written.nominal}\` is not ${side}`,
      remedy:
        "Write where a healthy walk is: it must keep a distance from the limit, which scales how safe a walk was.",
    });
  }
  const softLow = readSoft(source, path, written, "soft_low", si, low, nominal);
  const softHigh = readSoft(source, path, written, "soft_high", si, nominal, high);
  return {
    ...{ low, high, nominal },
    ...(softLow === undefined ? {} : { softLow }),
    ...(softHigh === undefined ? {} : { softHigh }),
  };
}

/** Where a warning is due: strictly between nominal and the bound of its side. */
function readSoft(
  source: ConfigSource,
  path: FieldPath,
  written: WrittenBounds,
  side: "soft_low" | "soft_high",
  si: SiUnit,
  from: number,
  to: number,
): number | undefined {
  const text = written[side];
  if (text === undefined) return undefined;
  const soft = toSi(text, si);
  // Bounds that are wrong themselves have been reported.
  if (from < to && !(from < soft && soft < to)) {
    const bound = side === "soft_low" ? `low, \`${written.low}\`,` : `high, \`${written.high}\`,`;
    source.report({
      path: [...path, side],
      what: `\`${text}\` is not between ${bound} and nominal, \`${written.nominal}\``,
      remedy: "Write from where on a person should be warned, before the robot is stopped; or leave it out.",
    });
  }
  return soft;
}

function readDebounce(source: ConfigSource, path: FieldPath, written: string): Debounce {
  const [, , frames, mean] = new RegExp(DEBOUNCE_PATTERN).exec(written) ?? [];
  if (frames !== undefined) return { kind: "streak", frames: Number(frames) };
  if (mean === undefined) return { kind: "single" };
  const reading = readQuantity(mean, "s");
  if (reading.ok && reading.value > 0) return { kind: "window", seconds: reading.value };
  source.report({
    path,
    what: reading.ok ? "the window is not longer than nothing" : `the window is wrong: ${reading.what}`,
    remedy: "Write for example `mean over 0.5 s`.",
  });
  return { kind: "single" };
}

/** Patterns such as `*_knee` become one entry per joint. */
function readJoints(
  source: ConfigSource,
  name: LimitName,
  limit: WrittenLimit,
  joints: readonly string[],
): Record<string, Bounds> {
  const result: Record<string, Bounds> = {};
  for (const [pattern, written] of Object.entries(limit.joints ?? {})) {
    const path = ["limits", name, "joints", pattern];
    const bounds = readBounds(source, path, name, written);
    const matched = joints.filter((joint) => matchesPattern(pattern, joint));
    if (matched.length === 0) {
      const near = nearestName(pattern, joints);
      source.report({
        path,
        what: "no joint has this name",
        remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}The joints are: ${joints.join(", ")}.`,
        atKey: true,
      });
    }
    for (const joint of matched) {
      if (Object.hasOwn(result, joint)) {
        source.report({
          path,
          what: `the joint ${joint} has bounds already`,
          remedy: "Let each joint match one entry only.",
          atKey: true,
        });
      }
      result[joint] = bounds;
    }
  }
  return result;
}
