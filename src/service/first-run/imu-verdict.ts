/**
 * Whether the inertial unit's axes are where they are said to be, from a robot that a person tilts and turns. Frames: x forward,
 * y left, z up. Nose down is pitch > 0, left side down roll < 0, turned left yaw > 0; the accelerometer of a robot that stands
 * still reads 9.81 m/s² along what is up.
 */
import { channelName } from "../../robot/telemetry-frame.ts";
import { type Finding, figure, found } from "./finding.ts";
import { angleExcursion, excursion, integralExcursion, mean, type Samples } from "./samples.ts";

export type TiltKind = "nose-down" | "left-down" | "turned-left";
export const TILTS: readonly TiltKind[] = ["nose-down", "left-down", "turned-left"];

const GRAVITY = 9.81;
/** A tilt of less is none, rad; one of more is in degrees. */
export const LEAST_TILT = 0.15;
const MOST_TILT = 4;
/** Gyroscope and accelerometer may differ from the angle by this share, and by this much, rad. */
const AGREEMENT = 0.35;
const SLACK = 0.08;

type Axis = "roll" | "pitch" | "yaw";

const EXPECTED: Readonly<Record<TiltKind, { readonly axis: Axis; readonly sign: 1 | -1 }>> = {
  "nose-down": { axis: "pitch", sign: 1 },
  "left-down": { axis: "roll", sign: -1 },
  "turned-left": { axis: "yaw", sign: 1 },
};

const RATE_OF: Readonly<Record<Axis, "x" | "y" | "z">> = { roll: "x", pitch: "y", yaw: "z" };
/** Where in the accelerometer a tilt shows, and with which sign against the angle. */
const GRAVITY_OF: Readonly<Record<"roll" | "pitch", readonly ["x" | "y", 1 | -1]>> = {
  roll: ["y", 1],
  pitch: ["x", -1],
};

/** How far each axis turned, rad, as the angles, the gyroscope and gravity have it; NaN: not reported. */
export interface Turned {
  readonly angles: Readonly<Record<Axis, number>>;
  readonly rates: Readonly<Record<Axis, number>>;
  /** From the accelerometer. */
  readonly gravity: Readonly<Record<"roll" | "pitch", number>>;
}

export function turned(samples: Samples): Turned {
  const of = (name: string, measure: (samples: Samples, series: readonly number[]) => number): number => {
    const series = samples.series(name);
    return series === null || !series.some(Number.isFinite) ? Number.NaN : measure(samples, series);
  };
  const angle = (name: string): number => of(name, angleExcursion);
  const rate = (axis: Axis): number => of(channelName.angularVelocity(RATE_OF[axis]), integralExcursion);
  const tilt = (axis: "roll" | "pitch"): number => {
    const [along, sign] = GRAVITY_OF[axis];
    const share = of(channelName.acceleration(along), excursion) / GRAVITY;
    return sign * Math.asin(Math.max(-1, Math.min(1, share)));
  };
  return {
    angles: {
      roll: angle(channelName.roll),
      pitch: angle(channelName.pitch),
      yaw: angle(channelName.yaw),
    },
    rates: { roll: rate("roll"), pitch: rate("pitch"), yaw: rate("yaw") },
    gravity: { roll: tilt("roll"), pitch: tilt("pitch") },
  };
}

/** Level and still: what the accelerometer reads, m/s². */
export function levelFindings(samples: Samples): Finding[] {
  const at = (axis: "x" | "y" | "z"): number => mean(samples.series(channelName.acceleration(axis)) ?? []);
  const [x, y, z] = [at("x"), at("y"), at("z")];
  if (![x, y, z].every(Number.isFinite))
    return [found("gravity", "warning", "the robot reports no acceleration: gravity cannot be compared")];
  const size = Math.hypot(x, y, z);
  const words = `${figure(x, "")}, ${figure(y, "")}, ${figure(z, "m/s²")} forward, left, up`;
  const more = { value: z, unit: "m/s²" };
  if (Math.abs(size - GRAVITY) > 0.1 * GRAVITY)
    return [
      found("gravity", "missing", `${words}: ${figure(size, "m/s²")} in all, not ${GRAVITY}`, {
        ...more,
        remedy: "Check the unit (g or m/s²) and the range of the accelerometer.",
      }),
    ];
  if (z > 0.9 * size) return [found("gravity", "ok", words, more)];
  const sides = { x, y, z };
  const [axis] = (["x", "y", "z"] as const).toSorted((a, b) => Math.abs(sides[b]) - Math.abs(sides[a]));
  const remedy = "Mount or map the inertial unit so that z is up; a robot at rest reads +9.81 m/s² there.";
  const what = axis === "z" ? "z points down" : `${sides[axis!] < 0 ? "−" : ""}${axis} is up`;
  return [found("gravity", "missing", `${words}: ${what}`, { ...more, remedy })];
}

/** What a tilt says of the angle, the gyroscope and gravity along its axis. */
export function tiltFindings(kind: TiltKind, { angles, rates, gravity }: Turned): Finding[] {
  const { axis, sign } = EXPECTED[kind];
  const findings = [sensorFinding(kind, "angle", angles), sensorFinding(kind, "gyroscope", rates)];
  if (axis !== "yaw") findings.push(sensorFinding(kind, "gravity", { ...gravity, yaw: Number.NaN }));
  const told = findings.filter((one): one is Finding => one !== null);
  if (told.length === 0)
    return [
      found(kind, "warning", `the robot reports no ${axis}: nothing to compare`, {
        remedy: "Report roll, pitch and angular velocity.",
      }),
    ];
  if (told.some(({ result }) => result === "missing")) return told;
  const known = (
    [
      ["gyroscope", rates[axis]],
      ["gravity", axis === "yaw" ? Number.NaN : gravity[axis]],
    ] as const
  ).filter(([, value]) => Number.isFinite(value));
  const angle = angles[axis];
  for (const [sensor, value] of known) {
    if (!Number.isFinite(angle) || Math.abs(value - angle) <= SLACK + AGREEMENT * Math.abs(angle)) continue;
    told.push(
      found(
        `${kind}, ${sensor}`,
        "missing",
        `${figure(sign * value, "rad")} where the angle says ${figure(sign * angle, "rad")}`,
        {
          value: sign * value,
          unit: "rad",
          remedy: `Check unit and scale of the ${sensor === "gravity" ? "accelerometer" : sensor} and of ${axis}.`,
        },
      ),
    );
  }
  return told;
}

/** Which axis of a sensor turned most, and which way. */
function sensorFinding(
  kind: TiltKind,
  sensor: "angle" | "gyroscope" | "gravity",
  by: Readonly<Record<Axis, number>>,
): Finding | null {
  const { axis, sign } = EXPECTED[kind];
  const own = by[axis];
  if (!Number.isFinite(own)) return null;
  const item = `${kind}, ${sensor}`;
  const name = sensor === "angle" ? axis : `${sensor} along ${axis}`;
  const along = sign * own;
  const more = { value: along, unit: "rad" };
  const others = (["roll", "pitch", "yaw"] as const).filter(
    (one) => one !== axis && Number.isFinite(by[one]),
  );
  const [largest] = others.toSorted((a, b) => Math.abs(by[b]) - Math.abs(by[a]));
  const other = largest === undefined ? 0 : by[largest];
  if (Math.abs(own) < LEAST_TILT && Math.abs(other) < LEAST_TILT)
    return found(
      item,
      "missing",
      `nothing turned by more than ${figure(Math.max(Math.abs(own), Math.abs(other)), "rad")}`,
      {
        ...more,
        remedy: "Tilt it further, about 30 degrees; if nothing shows then, the sensor is dead.",
      },
    );
  if (Math.abs(own) > MOST_TILT || Math.abs(other) > MOST_TILT)
    return found(item, "missing", `turned by ${figure(own, "")}: these are no radians`, {
      ...more,
      remedy: `Check the unit of ${sensor === "angle" ? "the angles" : `the ${sensor}`}.`,
    });
  if (Math.abs(other) > Math.abs(own))
    return found(
      item,
      "missing",
      `swapped: ${largest} turned by ${figure(other, "rad")}, ${axis} by ${figure(own, "rad")}`,
      {
        ...more,
        remedy: `The inertial unit is mounted or mapped with ${largest} and ${axis} exchanged: mend it where its axes are assigned.`,
      },
    );
  if (along < 0)
    return found(
      item,
      "missing",
      `reversed: ${name} turned by ${figure(own, "rad")}, it should be ${sign > 0 ? "positive" : "negative"}`,
      {
        ...more,
        remedy: `Turn the sign of ${name} round where the inertial unit's axes are assigned (x forward, y left, z up).`,
      },
    );
  return found(item, "ok", `${name} turned by ${figure(own, "rad")}`, more);
}
