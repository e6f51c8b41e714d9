/**
 * Which encoder is which, from joints that a person moved one by one. A leg's joints may be coupled: where the knee is driven
 * through rods along the thigh, turning the hip turns the knee as much the other way. So a movement alone does not say
 * which channel is meant; all of them together do.
 */
import { type Finding, figure, found } from "./finding.ts";

/** A joint that moved less than this was not moved, rad. */
export const LEAST_MOVEMENT = 0.1;
/** More than this in one movement is no leg's angle in radians, rad. */
const MOST_MOVEMENT = 6;

/** A person moved this joint in its positive direction. */
export interface HandMovement {
  readonly joint: string;
  /** How far each channel moved, rad, by the joint it is called after; NaN: the robot does not report it. */
  readonly moved: Readonly<Record<string, number>>;
}

export interface EncoderReading {
  readonly joint: string;
  /** The joint whose channel moved, or null: none did. */
  readonly channel: string | null;
  /** How far, rad, positive where it counts as it should. */
  readonly moved: number;
}

/**
 * Which channel each movement belongs to: no channel twice, and the clearest movement first.
 */
export function readEncoders(movements: readonly HandMovement[]): EncoderReading[] {
  const open = new Set(movements.map((_, index) => index));
  const taken = new Set<string>();
  const readings = new Map<number, EncoderReading>();
  while (open.size > 0) {
    const ranked = [...open].map((index) => ({ index, ...clearest(movements[index]!, taken) }));
    const next = ranked.reduce((best, one) => (one.margin > best.margin ? one : best));
    const { joint } = movements[next.index]!;
    const still = next.channel === null || Math.abs(next.moved) < LEAST_MOVEMENT;
    readings.set(next.index, {
      joint,
      channel: still ? null : next.channel,
      moved: still ? 0 : next.moved,
    });
    if (!still) taken.add(next.channel!);
    open.delete(next.index);
  }
  return movements.map((_, index) => readings.get(index)!);
}

/** The channel that moved most of those not taken yet, and by how much more than the next one. */
function clearest(
  { joint, moved }: HandMovement,
  taken: ReadonlySet<string>,
): { readonly channel: string | null; readonly moved: number; readonly margin: number } {
  const free = Object.entries(moved)
    .filter(([name, by]) => Number.isFinite(by) && !taken.has(name))
    // Of two that moved alike, the one that was meant.
    .sort(([a, x], [b, y]) => Math.abs(y) - Math.abs(x) || Number(b === joint) - Number(a === joint));
  const [first, second] = free;
  if (first === undefined) return { channel: null, moved: 0, margin: Number.NEGATIVE_INFINITY };
  const margin = Math.abs(first[1]) - Math.abs(second?.[1] ?? 0);
  // Coupled joints move about alike: which of them it was is left to the others' movements. Else the one that was meant, or
  // one that counts the right way: that a joint is exchanged and reversed as well is rarer than that it is exchanged.
  const alike = free.filter(([, by]) => Math.abs(by) > ALIKE * Math.abs(first[1]));
  const chosen = alike.find(([name]) => name === joint) ?? alike.find(([, by]) => by > 0) ?? first;
  return { channel: chosen[0], moved: chosen[1], margin: chosen === first ? margin : Math.min(margin, 0) };
}

/** Share of the farthest that counts as alike. */
const ALIKE = 0.75;

/** @param fields where the config or the firmware says which joint is which and how it counts */
export function encoderFindings(
  readings: readonly EncoderReading[],
  fields: { readonly order: string; readonly sign: string },
): Finding[] {
  return readings.map(({ joint, channel, moved }) => {
    const more = { value: moved, unit: "rad" };
    if (channel === null)
      return found(
        joint,
        "missing",
        "no channel of its own moved: its encoder is dead, or it was hardly moved",
        {
          ...more,
          remedy: `Check the encoder of ${joint} and its cable, and that the channel joint.${joint}.position is filled.`,
        },
      );
    if (Math.abs(moved) > MOST_MOVEMENT)
      return found(joint, "missing", `${channel} moved by ${figure(moved, "")}: these are no radians`, {
        ...more,
        remedy: `Check the unit of joint.${channel}.position.`,
      });
    const way = moved > 0 ? "" : ", and counts the other way";
    if (channel !== joint)
      return found(
        joint,
        "missing",
        `swapped: the channel of ${channel} moved by ${figure(moved, "rad")}${way}`,
        {
          ...more,
          remedy: `Exchange ${joint} and ${channel} in ${fields.order}${moved > 0 ? "" : `, and turn the sign round in ${fields.sign}`}.`,
        },
      );
    if (moved < 0)
      return found(joint, "missing", `reversed: it counts ${figure(moved, "rad")}`, {
        ...more,
        remedy: `Turn the sign of ${joint} round in ${fields.sign}.`,
      });
    return found(joint, "ok", `moved by ${figure(moved, "rad")}`, more);
  });
}
