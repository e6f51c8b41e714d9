/** Which telemetry is asked for, and whether it fits the line. */
import { longestEncoding } from "../../../firmware-protocol/codec/cobs.ts";
import { CRC_LENGTH, HEADER_LENGTH } from "../../../firmware-protocol/codec/frame.ts";
import { samplesLength } from "../../../firmware-protocol/codec/samples.ts";
import { fail } from "../../errors.ts";
import type { Channel } from "../../robot/telemetry-frame.ts";

/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/** Answers, events and repetitions need room as well. */
const LARGEST_SHARE = 0.8;
/** `telemetry` without its samples: number, time, challenge, set, state, length. */
const FIELDS = 4 + 8 + 2 + 2 + 1 + 2;

export interface DescribedChannel {
  readonly channel: Channel;
  readonly group: number;
  /** Step of its 16-bit samples, 0 for binary32. */
  readonly resolution: number;
}

export interface TelemetryWish {
  /** Bits per second; Infinity where the line takes no time (lockstep). */
  readonly baud: number;
  /** Hz */
  readonly rate?: number | undefined;
  readonly groups?: readonly number[] | undefined;
}

export interface TelemetryPlan {
  readonly channels: readonly DescribedChannel[];
  /** Hz */
  readonly rate: number;
  /** Bit g stands for group g. */
  readonly groups: number;
  /** It is what the robot sends unasked. */
  readonly isDefault: boolean;
  /** Share of the line that it takes. */
  readonly share: number;
}

/**
 * @param rate the robot's own, Hz
 * @throws ROBOT_MISMATCH when a group is not the robot's, LINK_TOO_SLOW with what fits
 */
export function planTelemetry(
  described: readonly DescribedChannel[],
  rate: number,
  wish: TelemetryWish,
): TelemetryPlan {
  const present = [...new Set(described.map(({ group }) => group))].sort((a, b) => a - b);
  const missing = wish.groups?.filter((group) => !present.includes(group)) ?? [];
  if (missing.length > 0)
    fail("ROBOT_MISMATCH", {
      what: `the robot has no channels of group ${missing.join(", ")}; it has ${present.join(", ")}`,
      where: "link.telemetry_groups",
      remedy: "Name groups that it has.",
    });
  const wanted = wish.groups ?? present;
  const channels = described.filter(({ group }) => wanted.includes(group));
  const asked = wish.rate ?? rate;
  const share = shareOf(channels, asked, wish.baud);
  if (share > LARGEST_SHARE) tooSlow(described, present, wanted, asked, wish.baud);
  return {
    channels,
    rate: asked,
    groups: wanted.reduce((mask, group) => mask | (1 << group), 0) >>> 0,
    isDefault: asked === rate && channels.length === described.length,
    share,
  };
}

/**
 * The robot sends another rate than it was asked for: a whole number of its control periods lies between two frames.
 *
 * @param usual what it sends unasked, a rate that it can; all in Hz
 * @throws ROBOT_MISMATCH naming rates near the one asked for
 */
export function rateRefused(asked: number, sent: number, usual: number): never {
  const around = [Math.floor(usual / asked), Math.ceil(usual / asked)].filter((divisor) => divisor >= 1);
  const near = [sent, ...around.map((divisor) => usual / divisor)].sort((a, b) => b - a).map(hertz);
  return fail("ROBOT_MISMATCH", {
    what: `the robot cannot send telemetry at ${hertz(asked)}: its control rate is no multiple of that, it sends ${hertz(sent)}`,
    where: "link.telemetry_rate",
    remedy: `Choose a rate that divides it, for example ${[...new Set(near)].join(" or ")}.`,
  });
}

function hertz(rate: number): string {
  return `${Number(rate.toPrecision(4))} Hz`;
}

/** Bytes of a telemetry frame on the wire, at most. */
export function wireBytes(channels: readonly DescribedChannel[]): number {
  const samples = samplesLength(channels.map(({ resolution }) => resolution));
  return longestEncoding(HEADER_LENGTH + FIELDS + samples + CRC_LENGTH) + 1;
}

function shareOf(channels: readonly DescribedChannel[], rate: number, baud: number): number {
  return (wireBytes(channels) * BITS_PER_BYTE * rate) / baud;
}

function tooSlow(
  described: readonly DescribedChannel[],
  present: readonly number[],
  wanted: readonly number[],
  rate: number,
  baud: number,
): never {
  const of = (groups: readonly number[]): DescribedChannel[] =>
    described.filter(({ group }) => groups.includes(group));
  const channels = of(wanted);
  const fastest = (some: readonly DescribedChannel[]): number =>
    Math.floor((LARGEST_SHARE * baud) / (BITS_PER_BYTE * wireBytes(some)));
  const needed = Math.ceil((BITS_PER_BYTE * wireBytes(channels) * rate) / LARGEST_SHARE);
  const fits = [
    `these at ${fastest(channels)} Hz`,
    ...(present.length > 1
      ? present.map((group) => `group ${group} alone at ${fastest(of([group]))} Hz`)
      : []),
  ];
  return fail("LINK_TOO_SLOW", {
    what:
      `${channels.length} channels at ${rate} Hz take ${Math.round(100 * shareOf(channels, rate, baud))} % of ` +
      `${baud} Bd (at most ${100 * LARGEST_SHARE} %); what fits: ${fits.join(", ")}`,
    where: "link.baud",
    remedy: `Choose link.telemetry_rate or link.telemetry_groups so that it fits, or ${needed} Bd and more.`,
  });
}
