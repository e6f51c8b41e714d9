/** What the firmware does with its servos: postures, cycles of the gait, and the reports of its IMU in between. */
import type { Battery } from "./battery.ts";
import type { CpgNumbers, PetoiBody } from "./body.ts";
import type { PetoiFaults } from "./faults.ts";
import type { Life } from "./life.ts";
import type { Printer } from "./printer.ts";

/** Moving between postures takes this long per degree of the joint that moves farthest, ms: (16 joints)/2. */
const PER_DEGREE = 8;
/** Degrees of the eight leg joints: shoulders, then knees. */
const POSTURES: Readonly<Record<string, readonly number[]>> = {
  rest: [75, 75, 75, 75, -55, -55, -55, -55],
  up: [30, 30, 30, 30, 30, 30, 30, 30],
  balance: [30, 30, 30, 30, 30, 30, 30, 30],
};

export interface MotionOptions {
  readonly body: PetoiBody;
  readonly battery: Battery;
  readonly printer: Printer;
  readonly faults: PetoiFaults;
  /** The board's reset line. @throws PowerCut */
  readonly reset: () => never;
}

export class Motion {
  /** Servos are driven. */
  powered = false;
  readonly #options: MotionOptions;
  #joints: readonly number[] = POSTURES["rest"]!;

  constructor(options: MotionOptions) {
    this.#options = options;
  }

  /** Of the eight leg joints, degrees. */
  get joints(): readonly number[] {
    return this.#joints;
  }

  /** Lies where it is, without torque. */
  drop(): void {
    this.#joints = POSTURES["rest"]!;
    this.#options.printer.line("rest");
    this.powered = false;
  }

  /** One turn of what it is busy with. */
  async turn(life: Life): Promise<void> {
    if (life.token === "k") {
      // A posture is written to the servos on every turn, also when a pause has just switched them off.
      this.#drive();
      await life.pass(2);
    } else if (life.token === "r" && life.gait !== null) await this.#cycle(life, life.gait);
    else await life.pass(1);
  }

  /** @returns whether there is such a posture */
  async posture(life: Life, name: string): Promise<boolean> {
    const { printer } = this.#options;
    const target = POSTURES[name];
    if (target === undefined) {
      printer.line(`?${name}?`);
      return false;
    }
    printer.line(name);
    const farthest = Math.max(...target.map((angle, joint) => Math.abs(angle - this.#joints[joint]!)));
    this.#drive();
    const steps = Math.round(farthest);
    for (let step = 0; step <= steps; step++) {
      if (life.printing) this.report();
      await printer.room(life);
      await life.pass(PER_DEGREE);
    }
    this.#joints = target;
    return true;
  }

  /** Prints what the IMU feels. */
  report(): void {
    const { acceleration, yaw, pitch, roll } = this.#options.body.imu();
    const numbers = [
      ...acceleration.map((value) => fixed(value, 6)),
      ...[yaw, pitch, roll].map((value) => fixed(value, 7)),
    ];
    this.#options.printer.line(`ICM:${numbers.join("")}\t`);
  }

  /** A whole cycle, during which nothing is heard and nothing said. */
  async #cycle(life: Life, gait: CpgNumbers): Promise<void> {
    const { printer, battery, body, faults, reset } = this.#options;
    const { sideRatio } = gait;
    const left = sideRatio > 0 ? 1 : (10 + sideRatio) / 10;
    const right = sideRatio > 0 ? (10 - sideRatio) / 10 : 1;
    printer.line(`${left.toFixed(2)}\t${right.toFixed(2)}`);
    const seconds = (life.samples * gait.loopDelay) / 1000;
    this.#drive();
    await life.pass(1000 * seconds);
    if (this.powered) body.walk(gait, seconds);
    this.#joints = [0, 1, 2, 3]
      .map((leg) => gait.amplitude + (leg < 2 ? gait.shiftFront : gait.shiftBack))
      .concat(this.#joints.slice(4));
    const before = life.walked;
    life.walked += seconds;
    battery.voltage -= faults.drain * seconds;
    if (passes(faults.imuStops, before, life.walked)) life.printing = false;
    if (passes(faults.reboot, before, life.walked)) reset();
  }

  #drive(): void {
    this.powered = !this.#options.battery.low;
  }
}

function passes(moment: number, before: number, after: number): boolean {
  return moment > 0 && before < moment && after >= moment;
}

/** `%6.1f` */
function fixed(value: number, width: number): string {
  return value.toFixed(1).padStart(width);
}
