/**
 * What the joints do while one of them is jogged, and when that is not what was asked for. Judged on every frame, because a motor
 * that turns the wrong way in a wrong loop does not come back by itself.
 */
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";
import type { JogPart } from "./jog-motion.ts";
import type { JoggedJoint, JogPlan } from "./messages.ts";

/** Before it has settled a joint may sag under its weight by this much, rad. */
export const MOST_SAG = 0.35;
/** More than so many amplitudes is too much, of any joint: springs overshoot, motors do not. */
const MOST_AMPLITUDES = 2.5;
/** Moving the other way by more than this share of the amplitude is the wrong way. */
const WRONG_WAY = 0.6;
/** Another joint that moves by this share of the amplitude while the jogged one is below that share, moves instead of it. */
const INSTEAD = 0.6;
const STILL = 0.25;
/** A frame that says so may be noise; so many in a row are not. */
const FRAMES = 3;

export interface JogTrouble {
  readonly code: "jog-too-much" | "jog-wrong-way" | "jog-wrong-joint";
  readonly words: string;
}

export class JogWatch {
  readonly #plan: JogPlan;
  readonly #joints: readonly Tracked[];
  readonly #jogged: Tracked;
  #suspicion = 0;

  /** @throws RangeError when the robot has no such joint */
  constructor(plan: JogPlan, joints: readonly string[], layout: ChannelLayout) {
    this.#plan = plan;
    this.#joints = joints.map((joint) => new Tracked(joint, layout));
    const jogged = this.#joints[joints.indexOf(plan.joint)];
    if (jogged === undefined) throw new RangeError(`there is no joint ${plan.joint}`);
    this.#jogged = jogged;
  }

  /** @returns what is wrong, or null */
  take(values: Float64Array, part: JogPart): JogTrouble | null {
    for (const joint of this.#joints) joint.take(values, part);
    const trouble = this.#trouble(part);
    this.#suspicion = trouble === null ? 0 : this.#suspicion + 1;
    return this.#suspicion >= FRAMES ? trouble : null;
  }

  read(): JoggedJoint[] {
    return this.#joints.map((joint) => joint.read());
  }

  #trouble(part: JogPart): JogTrouble | null {
    const { amplitude, joint } = this.#plan;
    const most = part === "settle" ? MOST_SAG : MOST_AMPLITUDES * Math.abs(amplitude);
    for (const { name, offset } of this.#joints)
      if (Math.abs(offset) > most)
        return {
          code: "jog-too-much",
          words: `${name} moved by ${offset.toFixed(3)} rad while ${joint} was to move by ${amplitude} rad`,
        };
    const along = this.#jogged.offset * Math.sign(amplitude);
    if (part !== "settle" && along < -WRONG_WAY * Math.abs(amplitude))
      return {
        code: "jog-wrong-way",
        words: `${joint} moved by ${this.#jogged.offset.toFixed(3)} rad instead of ${amplitude} rad`,
      };
    if ((part === "out" || part === "hold") && Math.abs(along) < STILL * Math.abs(amplitude))
      for (const { name, offset } of this.#joints)
        if (Math.abs(offset) > INSTEAD * Math.abs(amplitude))
          return {
            code: "jog-wrong-joint",
            words: `${name} moved by ${offset.toFixed(3)} rad instead of ${joint}`,
          };
    return null;
  }
}

/** One joint against where it rested. */
class Tracked {
  readonly name: string;
  readonly #channel: number;
  #first = Number.NaN;
  #newest = Number.NaN;
  #farthest = 0;
  readonly #rest = new Mean();
  readonly #held = new Mean();
  readonly #left = new Mean();

  constructor(name: string, layout: ChannelLayout) {
    this.name = name;
    const link = layout.indexOf(channelName.jointPosition(name));
    this.#channel = link >= 0 ? link : layout.indexOf(channelName.motorPosition(name));
  }

  /** rad from where it rested; while it finds its weight, from where it was first */
  get offset(): number {
    return this.#newest - (this.#rest.known ? this.#rest.value : this.#first);
  }

  take(values: Float64Array, part: JogPart): void {
    const value = values[this.#channel] ?? Number.NaN;
    if (!Number.isFinite(value)) return;
    this.#newest = value;
    if (Number.isNaN(this.#first)) this.#first = value;
    // Of settling only the end counts: a mean that forgets does it.
    if (part === "settle") this.#rest.follow(value);
    else {
      if (Math.abs(this.offset) > Math.abs(this.#farthest)) this.#farthest = this.offset;
      if (part === "hold") this.#held.follow(value);
      else if (part === "rest") this.#left.follow(value);
    }
  }

  read(): JoggedJoint {
    const rest = this.#rest.value;
    return {
      joint: this.name,
      moved: (this.#held.known ? this.#held.value : this.#newest) - rest,
      farthest: this.#farthest,
      left: this.#left.value - rest,
    };
  }
}

/** A mean that follows: of the newest so many values, about. */
class Mean {
  static readonly #LENGTH = 12;
  value = Number.NaN;
  #count = 0;

  get known(): boolean {
    return this.#count > 0;
  }

  follow(value: number): void {
    this.#count = Math.min(Mean.#LENGTH, this.#count + 1);
    this.value = this.#count === 1 ? value : this.value + (value - this.value) / this.#count;
  }
}
