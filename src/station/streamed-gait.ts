/**
 * The robot only follows joint targets: the station rises, walks and ramps out for it. `stage`, `commit` and `start` stay
 * here, yet the gate judges them as if they were sent.
 */
import { asGaitsmithError, GaitsmithError } from "../errors.ts";
import type { BodyGeometry, Gait } from "../gait/gait.ts";
import { GaitMotion } from "../gait/gait-motion.ts";
import { parameterHash } from "../robot/parameters.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { TargetFacts } from "../safety/target-limits.ts";
import type { CommandSender } from "./command-sender.ts";
import { type StreamParts, TargetStreamer } from "./target-streamer.ts";
import type { WalkStart } from "./walk-start.ts";
import type { Walker } from "./walker.ts";

/** Rising takes this long at least, s, and no joint's target moves faster than this, rad/s. */
const SHORTEST_RISE = 0.4;
const RISE_SPEED = 1.5;
/** A blend that starts and ends at rest is at its fastest so many times as fast as on average. */
const PEAK_OVER_MEAN = 1.5;

export interface StreamedGaitParts extends Omit<StreamParts, "next"> {
  readonly commands: CommandSender;
  readonly gait: Gait;
  readonly body: BodyGeometry;
  readonly layout: ChannelLayout;
  /** In the order of targets. */
  readonly joints: readonly string[];
  /** s */
  readonly rampOut: number;
  /** The gate said no to what would otherwise have been sent, or a joint's position is not known. */
  readonly failed: (error: GaitsmithError) => void;
}

export class StreamedGait implements Walker {
  readonly #parts: StreamedGaitParts;
  readonly #motion: GaitMotion;
  readonly #neutral: Float64Array;
  readonly #streamer: TargetStreamer;
  readonly #channels: readonly number[];
  /** Newest plausible joint positions, rad; NaN until there is one. */
  readonly #measured: Float64Array;

  constructor(parts: StreamedGaitParts) {
    this.#parts = parts;
    const { gait, body, layout, joints, streaming } = parts;
    this.#neutral = gait.neutral(body);
    this.#motion = new GaitMotion(this.#neutral);
    this.#channels = joints.map((joint) => layout.indexOf(channelName.jointPosition(joint)));
    // A joint that never says where it is, is taken to be in the neutral stance: it goes there as fast as it can.
    this.#measured = this.#neutral.map((angle, joint) => (this.#channels[joint]! < 0 ? angle : Number.NaN));
    this.#streamer = new TargetStreamer({
      ...parts,
      next: (periods) => {
        for (let period = 0; period < periods; period++) this.#motion.step(1 / streaming.rate);
        return this.#motion.targets;
      },
    });
  }

  get underway(): Promise<void> | null {
    return this.#parts.commands.underway ?? this.#streamer.underway;
  }

  get targets(): TargetFacts {
    return this.#streamer.facts;
  }

  arm(armed: () => void): void {
    this.#parts.commands.send({ kind: "arm" }, () => {
      armed();
      this.#rise();
    });
  }

  start(walk: WalkStart): void {
    const { gate, gait, body } = this.#parts;
    const { parameters, rampIn, rampOut } = walk;
    if (this.#motion.state !== "standing") {
      const answer = { accepted: false, reason: `cannot start while ${this.#motion.state}` };
      if (!walk.mayRefuse(answer))
        walk.failed(
          new GaitsmithError("ROBOT_REFUSED", { what: answer.reason, remedy: "Look at the robot." }),
        );
      return;
    }
    try {
      gate.clear({ kind: "stage", parameters, rampIn, rampOut });
      gate.clear({ kind: "commit", hash: parameterHash(parameters) });
      gate.clear({ kind: "start" });
    } catch (error) {
      walk.failed(asGaitsmithError(error));
      return;
    }
    this.#motion.walk(gait.start(Object.fromEntries(parameters.values), body), rampIn);
    walk.started();
  }

  rampOut(): void {
    this.#motion.rampOut(this.#parts.rampOut);
  }

  disarm(disarmed: () => void, refused: () => boolean): void {
    this.#streamer.halt();
    this.#parts.commands.send({ kind: "disarm" }, disarmed, refused);
  }

  onFrame({ tRobot, values }: TelemetryFrame): void {
    this.#channels.forEach((channel, joint) => {
      const position = values[channel];
      if (Number.isFinite(position)) this.#measured[joint] = position!;
    });
    this.#streamer.onFrame(tRobot);
  }

  halt(): void {
    this.#streamer.halt();
  }

  /** From where the joints are, slowly. */
  #rise(): void {
    const { limits, joints, failed } = this.#parts;
    const unknown = joints.filter((_, joint) => Number.isNaN(this.#measured[joint]!));
    if (unknown.length > 0) {
      failed(
        new GaitsmithError("PREFLIGHT_REFUSED", {
          what: `the robot cannot rise: where ${unknown.join(", ")} is, is not known`,
          remedy: "Check the joint's cable and supply.",
        }),
      );
      return;
    }
    // An encoder may read a little beyond the limit; a target may not be there.
    const from = this.#measured.map((angle, joint) =>
      Math.min(limits.high[joint]!, Math.max(limits.low[joint]!, angle)),
    );
    const farthest = Math.max(...from.map((angle, joint) => Math.abs(angle - this.#neutral[joint]!)));
    this.#motion.rise(from, Math.max(SHORTEST_RISE, (PEAK_OVER_MEAN * farthest) / RISE_SPEED));
    this.#streamer.start(this.#measured);
  }
}
