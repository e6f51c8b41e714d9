/**
 * What a single walk shows of the robot itself: how its joints follow their targets, and how far its sensors say it came. For
 * walks outside a study only; it keeps the frames of the measured part.
 */
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { ObservedJoint, WalkObservation } from "./messages.ts";

/** A motor that follows later than this does not follow, s. */
const LONGEST_LAG = 0.3;

export class WalkObserver {
  readonly #joints: readonly JointSeries[];
  readonly #odometry: Travel;
  readonly #pose: Travel;
  readonly #times: number[] = [];

  constructor(layout: ChannelLayout, joints: readonly string[]) {
    this.#joints = joints.map((joint) => new JointSeries(layout, joint));
    const travel = (x: string, y: string, yaw: string): Travel =>
      new Travel(layout.indexOf(x), layout.indexOf(y), layout.indexOf(yaw));
    this.#odometry = travel(channelName.odometryX, channelName.odometryY, channelName.odometryYaw);
    this.#pose = travel(channelName.poseX, channelName.poseY, channelName.poseYaw);
  }

  /** It stands before its walk. */
  stand({ values }: TelemetryFrame): void {
    this.#odometry.before(values);
    this.#pose.before(values);
  }

  /** It walks and is measured. */
  measure({ values, tRobot }: TelemetryFrame): void {
    this.#times.push(tRobot);
    for (const joint of this.#joints) joint.add(values);
  }

  /** It stands after its walk. */
  standDown({ values }: TelemetryFrame): void {
    this.#odometry.after(values);
    this.#pose.after(values);
  }

  read(): WalkObservation {
    const { length } = this.#times;
    const period = (this.#times[length - 1]! - this.#times[0]!) / (length - 1);
    return {
      joints: this.#joints.map((joint) => joint.read(period)),
      distance: { odometry: this.#odometry.forward, pose: this.#pose.forward },
    };
  }
}

/** One joint's channels, frame by frame. */
class JointSeries {
  readonly #joint: string;
  readonly #layout: ChannelLayout;
  readonly #position: number[] = [];
  readonly #motor: number[] = [];
  readonly #target: number[] = [];
  readonly #torque: number[] = [];
  readonly #channels: readonly (readonly [number, number[]])[];

  constructor(layout: ChannelLayout, joint: string) {
    this.#joint = joint;
    this.#layout = layout;
    const index = (name: string): number => layout.indexOf(name);
    this.#channels = [
      [index(channelName.jointPosition(joint)), this.#position],
      [index(channelName.motorPosition(joint)), this.#motor],
      [index(channelName.motorTarget(joint)), this.#target],
      [index(channelName.motorTorque(joint)), this.#torque],
    ];
  }

  add(values: Float64Array): void {
    for (const [index, series] of this.#channels) series.push(index < 0 ? Number.NaN : values[index]!);
  }

  read(period: number): ObservedJoint {
    const hasLink = this.#layout.has(channelName.jointPosition(this.#joint));
    const hasMotor = this.#layout.has(channelName.motorPosition(this.#joint));
    const follower = hasMotor ? this.#motor : this.#position;
    const squares = this.#torque.filter(Number.isFinite).map((torque) => torque * torque);
    const sum = squares.reduce((a, b) => a + b, 0);
    return {
      joint: this.#joint,
      amplitude: amplitudeOf(hasLink ? this.#position : this.#motor),
      motorAmplitude: amplitudeOf(this.#motor),
      targetAmplitude: amplitudeOf(this.#target),
      lag: lagOf(this.#target, follower, period),
      torque: Math.sqrt(sum / squares.length),
    };
  }
}

/** From standing to standing, along the heading at the start. */
class Travel {
  readonly #channels: readonly [number, number, number];
  readonly #start = [0, 0, 0, 0];
  readonly #end = [0, 0];
  #starts = 0;
  #ends = 0;

  constructor(x: number, y: number, yaw: number) {
    this.#channels = [x, y, yaw];
  }

  before(values: Float64Array): void {
    const [x, y, yaw] = this.#channels.map((channel) => values[channel] ?? Number.NaN);
    if (![x, y, yaw].every(Number.isFinite)) return;
    [x!, y!, Math.cos(yaw!), Math.sin(yaw!)].forEach((value, index) => {
      this.#start[index]! += value;
    });
    this.#starts++;
  }

  after(values: Float64Array): void {
    const [x, y] = this.#channels.map((channel) => values[channel] ?? Number.NaN);
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    this.#end[0]! += x!;
    this.#end[1]! += y!;
    this.#ends++;
  }

  /** m; NaN where it is not known. */
  get forward(): number {
    const [x, y, cosine, sine] = this.#start as [number, number, number, number];
    const norm = Math.hypot(cosine, sine);
    const dx = this.#end[0]! / this.#ends - x / this.#starts;
    const dy = this.#end[1]! / this.#ends - y / this.#starts;
    return (dx * cosine + dy * sine) / norm;
  }
}

/** Half of the way from the lowest to the highest; NaN when nothing is known. */
function amplitudeOf(series: readonly number[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of series) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high < low ? Number.NaN : (high - low) / 2;
}

/**
 * By how much a series follows later than its wish, s: where their cross-correlation is highest, between two frames by a
 * parabola. NaN when one of them is not known or stands still.
 */
export function lagOf(wish: readonly number[], series: readonly number[], period: number): number {
  if (wish.length < 3 || !wish.every(Number.isFinite) || !series.every(Number.isFinite)) return Number.NaN;
  const most = Math.min(wish.length - 3, Math.ceil(LONGEST_LAG / period));
  const scores = Array.from({ length: most + 1 }, (_, shift) => correlation(wish, series, shift));
  const best = scores.reduce((winner, score, shift) => (score > scores[winner]! ? shift : winner), 0);
  if (!Number.isFinite(scores[best])) return Number.NaN;
  const [before, at, after] = [scores[best - 1], scores[best]!, scores[best + 1]];
  if (before === undefined || after === undefined) return best * period;
  const curvature = before - 2 * at + after;
  return (best + (curvature < 0 ? (before - after) / (2 * curvature) : 0)) * period;
}

function correlation(wish: readonly number[], series: readonly number[], shift: number): number {
  const count = wish.length - shift;
  const mean = (values: readonly number[], from: number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += values[from + index]!;
    return sum / count;
  };
  const [wished, done] = [mean(wish, 0), mean(series, shift)];
  let [both, one, other] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const [a, b] = [wish[index]! - wished, series[index + shift]! - done];
    both += a * b;
    one += a * a;
    other += b * b;
  }
  return both / Math.sqrt(one * other);
}
