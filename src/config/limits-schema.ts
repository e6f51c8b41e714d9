/** The schema of a `limits` block: every limit there is, with the sides and the unit it takes. */
import Type from "typebox";
import { LIMIT_NAMES, type LimitName, MAY_GO_UNWATCHED } from "../safety/limit.ts";
import { DEBOUNCE_PATTERN, LIMIT_SHAPES, type WrittenLimit, type WrittenUnwatched } from "./limit-shapes.ts";
import { block, quantity, WORDS } from "./schema-fields.ts";

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
