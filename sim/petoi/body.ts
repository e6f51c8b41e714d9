/**
 * The body of the pretended Petoi robot: a plausible speed and a trunk that sways, without physics. It is there so that what
 * the firmware says changes with what it is told; nobody should learn from it how a Bittle walks.
 */
import { type RandomStream, randomStream } from "../random.ts";

/** The twelve numbers of the firmware's gait generator, in its order (`src/motion.h` of OpenCatEsp32). */
export interface CpgNumbers {
  /** Degrees. */
  readonly amplitude: number;
  /** Tenths by which one side swings less; positive: the right one. */
  readonly sideRatio: number;
  readonly switchAngle: number;
  readonly shiftFront: number;
  readonly shiftBack: number;
  /** Per sample, ms. */
  readonly loopDelay: number;
  readonly skipSupport: number;
  readonly skipSwing: number;
  /** Hundredths of a cycle: left front, right front, right back, left back. */
  readonly phases: readonly [number, number, number, number];
}

/** What the IMU feels: m/s² on a scale where gravity is 10, degrees. */
export interface ImuReading {
  readonly acceleration: readonly [number, number, number];
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** From the shoulder to the ground, m. */
const LEG = 0.09;
const GRAVITY = 10;

export class PetoiBody {
  /** Along and across where it was put down, m; heading, degrees. */
  x = 0;
  y = 0;
  heading = 0;
  readonly #noise: RandomStream;
  #sway = 0;
  #tipped = 0;

  constructor(seed: number) {
    this.#noise = randomStream("petoi body", seed);
  }

  /** Degrees it is tipped over by, as a shove would. */
  tip(degrees: number): void {
    this.#tipped = degrees;
  }

  /** One cycle of the gait. @param seconds it took */
  walk(gait: CpgNumbers, seconds: number): void {
    const { amplitude, sideRatio, phases } = gait;
    const [leftFront, rightFront, rightBack, leftBack] = phases.map((phase) => (2 * Math.PI * phase) / 100);
    // Diagonal legs together and the other pair opposite carry it; anything else only shuffles.
    const together =
      (Math.cos(leftFront! - rightBack!) +
        Math.cos(rightFront! - leftBack!) -
        Math.cos(leftFront! - rightFront!)) /
      3;
    const sweep = 2 * LEG * Math.sin((Math.PI / 180) * amplitude);
    const slip = Math.exp(-((0.35 / Math.max(seconds, 0.05)) ** 2));
    const stride = sweep * Math.max(0.05, together) * slip * (1 - 0.05 * Math.abs(sideRatio));
    const turn = (Math.PI / 180) * this.heading;
    this.x += stride * Math.cos(turn);
    this.y += stride * Math.sin(turn);
    this.heading -= 2 * sideRatio + this.#noise.normal();
    this.#sway = 0.25 * amplitude * (1.2 - together);
  }

  rest(): void {
    this.#sway = 0;
  }

  imu(): ImuReading {
    const { normal } = this.#noise;
    const roll = this.#tipped + this.#sway * normal() * 0.5 + 0.1 * normal();
    const pitch = this.#sway * normal() * 0.5 + 0.1 * normal();
    const [r, p] = [(Math.PI / 180) * roll, (Math.PI / 180) * pitch];
    return {
      acceleration: [
        -GRAVITY * Math.sin(p) + 0.1 * normal(),
        GRAVITY * Math.sin(r) * Math.cos(p) + 0.1 * normal(),
        GRAVITY * Math.cos(r) * Math.cos(p) + 0.1 * normal(),
      ],
      yaw: wrapped(this.heading + 0.1 * normal()),
      pitch,
      roll: wrapped(roll),
    };
  }
}

/** Degrees, −180 to 180. */
function wrapped(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}
