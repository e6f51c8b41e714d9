/** The schema of a `limits` block: every limit there is, with the sides and the unit it takes. */
import Type from "typebox";
import { LIMIT_NAMES, type LimitName, MAY_GO_UNWATCHED } from "../safety/limit.ts";
import { block, quantity, WORDS, type Written } from "./schema-fields.ts";
import type { SiUnit } from "./units.ts";

/** Unit and sides of each limit. Speeds, torques and the sideways distance are magnitudes: one side holds for both. */
export const LIMIT_SHAPES: Readonly<
  Record<LimitName, { readonly si: SiUnit; readonly sides: "low" | "high" | "both"; readonly words: string }>
> = {
  tilt: { si: "rad", sides: "high", words: "Angle between the trunk's vertical and gravity" },
  height: { si: "m", sides: "both", words: "Trunk above the ground" },
  "joint-position": { si: "rad", sides: "both", words: "Joint angle, link side" },
  "joint-speed": { si: "rad/s", sides: "high", words: "Joint speed, link side, either direction" },
  "motor-speed": { si: "rad/s", sides: "high", words: "Motor speed before the spring, either direction" },
  "motor-torque": { si: "N·m", sides: "high", words: "Motor torque, either direction" },
  "motor-temperature": { si: "°C", sides: "high", words: "Motor temperature" },
  "battery-voltage": { si: "V", sides: "low", words: "Battery voltage under load" },
  "lateral-distance": { si: "m", sides: "high", words: "Sideways from the start line, either direction" },
  duration: { si: "s", sides: "high", words: "Length of a walk, ramps included" },
  "frame-age": { si: "s", sides: "high", words: "Age of the newest telemetry frame" },
  "frame-gap": { si: "", sides: "high", words: "Telemetry frames lost in a row" },
  "not-a-number": { si: "", sides: "high", words: "Implausible values in a row in one channel" },
  frozen: { si: "s", sides: "high", words: "How long a noisy channel repeats the very same value" },
  "battery-current": { si: "A", sides: "high", words: "Current drawn from the supply" },
};

/** The sides that a limit takes, each required, and where a warning is due, which may be left out. */
function bounds(limit: LimitName): Record<string, Type.TSchema> {
  const { si, sides, words } = LIMIT_SHAPES[limit];
  return {
    ...(sides === "high" ? {} : { low: quantity(si, `${words}: lowest allowed`) }),
    ...(sides === "low" ? {} : { high: quantity(si, `${words}: highest allowed`) }),
    nominal: quantity(si, "Where a healthy walk is; inside the range"),
    ...(sides === "high"
      ? {}
      : { soft_low: Type.Optional(quantity(si, "A warning below it; between low and nominal")) }),
    ...(sides === "low"
      ? {}
      : { soft_high: Type.Optional(quantity(si, "A warning above it; between nominal and high")) }),
  };
}

/** What the file says of the range of one limit, or of one joint within it. */
export interface WrittenBounds {
  readonly low?: Written;
  readonly high?: Written;
  readonly nominal: Written;
  readonly soft_low?: Written;
  readonly soft_high?: Written;
}

/** What the file says of one limit that is watched. */
export interface WrittenLimit extends WrittenBounds {
  readonly debounce: string;
  readonly action: "settle" | "cut" | "warn";
  readonly outcome: "aborted" | "interrupted";
  readonly joints?: Readonly<Record<string, WrittenBounds>>;
}

/** What the file says of a limit that the robot has no sensor for. */
export interface WrittenUnwatched {
  readonly unwatched: string;
}

export const DEBOUNCE_PATTERN = "^(single|([1-9]\\d*) frames?|mean over (.+))$";

const unwatched = block(
  {
    unwatched: Type.String({
      pattern: WORDS,
      patternErrorMessage: "a sentence, of three words at least",
      description: `The robot has no sensor for it: why that is acceptable, in words. Only for ${MAY_GO_UNWATCHED.join(", ")}`,
    }),
  },
  "A limit that is not watched",
);

function limit(limitName: LimitName) {
  const ofJoints = ["joint-position", "joint-speed", "motor-speed", "motor-torque", "motor-temperature"];
  const watched = block(
    {
      ...bounds(limitName),
      debounce: Type.String({
        pattern: DEBOUNCE_PATTERN,
        patternErrorMessage: "single, `3 frames` or `mean over 0.5 s`",
        description: "When crossing counts: `single` at once, `3 frames` in a row, or `mean over 0.5 s`",
      }),
      action: Type.Enum(["settle", "cut", "warn"], {
        description: "settle: damped, then off; cut: off at once; warn: noted, the walk goes on",
      }),
      outcome: Type.Enum(["aborted", "interrupted"], {
        description:
          "aborted: evidence against the gait; interrupted: an accident, the walk is tried once more",
      }),
      ...(ofJoints.includes(limitName)
        ? {
            joints: Type.Optional(
              Type.Record(Type.String(), block(bounds(limitName), "Bounds of these joints"), {
                description: "Joints with bounds of their own: a joint's name, or a pattern such as `*_knee`",
              }),
            ),
          }
        : {}),
    },
    LIMIT_SHAPES[limitName].words,
  );
  return Type.Unsafe<WrittenLimit | WrittenUnwatched>({
    type: "object",
    description: LIMIT_SHAPES[limitName].words,
    if: { required: ["unwatched"] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON schema
    then: unwatched,
    else: watched,
  });
}

export const LIMITS = Type.Unsafe<Record<LimitName, WrittenLimit | WrittenUnwatched>>(
  block(
    Object.fromEntries(LIMIT_NAMES.map((limitName) => [limitName, limit(limitName)])),
    "Every limit must be set: a robot with an unset limit cannot be armed",
  ),
);
