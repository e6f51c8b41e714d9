/**
 * The control program of an mjbots quad, as far as its WebSocket shows it: modes and when they may change, faults, the stamps
 * and the whole state (mjbots/quad at 8ce3bc4, `mech/quadruped_control.cc`, `quadruped_trot.cc`, config of the A1). The body is
 * kinematics without forces: it goes where it is told, a little slower, and nobody should learn from it how a quad walks.
 *
 * Axes are x forward, y right, z down. Time comes in with `step`.
 */
import { quaternionOf } from "../../src/robot/orientation.ts";
import { type RandomStream, randomStream } from "../random.ts";
import type { QuadCommand, QuadMode } from "./quad-command.ts";

export const PERIOD = 0.0025;
const MIN_VOLTAGE = 16;
const VOLTAGE_FILTER = 1;
const COMMAND_TIMEOUT = 1;
const STAND_HEIGHT = 0.23;
const LYING_HEIGHT = 0.07;
/** From lying through its three stages of prepositioning, s, and up, m/s. */
const PREPOSITIONING = 1.2;
const RISING_SPEED = 0.2;
const ACCELERATION = 1.5;
const ANGULAR_ACCELERATION = 4;
const FASTEST = 1;
const SWING = 0.2;
const STEP = 0.45;
const TIPPING = 45;
const LEGS = [
  { x: 0.2, y: -0.16, shoulder: 3, femur: 1, tibia: 2 },
  { x: 0.2, y: 0.16, shoulder: 6, femur: 4, tibia: 5 },
  { x: -0.2, y: -0.16, shoulder: 9, femur: 7, tibia: 8 },
  { x: -0.2, y: 0.16, shoulder: 12, femur: 10, tibia: 11 },
] as const;
const DIAGONAL = [0, 1, 1, 0] as const;
const STANDING_DEG: readonly number[] = [45, -90, 0];
const LYING_DEG: readonly number[] = [80, -160, 30];

export class Quad {
  mode: QuadMode = "configuring";
  fault = "";
  /** Of its pack, V. */
  voltage = 19;
  /** Degrees it has been tipped over by. */
  tipped = 0;
  /** Id of a servo whose driver reports a fault, and the number of that fault; 0: none. */
  servoFault = { id: 0, fault: 0 };
  /** A number it reports as none. */
  blindServo = 0;
  /** Where it truly is: m, rad clockwise. */
  x = 0;
  y = 0;
  heading = 0;
  readonly #noise: RandomStream;
  #command: QuadCommand = { mode: "stopped" };
  #commandedAt = Number.NaN;
  #now = 0;
  #modeStart = 0;
  #filtered = 0;
  #configured = 0.3;
  #standing: "prepositioning" | "standing" | "done" = "prepositioning";
  #restDone = false;
  #height = LYING_HEIGHT;
  #v = [0, 0];
  #turn = 0;
  #phase = 0;
  #idleSteps = 0;
  #heat = 0;
  #controlled = false;

  constructor(seed = 0) {
    this.#noise = randomStream("mjbots quad", seed);
  }

  /** A command of lower priority than the present one is not heard until that is a second old. There is no other time-out. */
  take(command: QuadCommand): void {
    const stale = this.#now - this.#commandedAt > COMMAND_TIMEOUT;
    if ((command.priority ?? 0) < (this.#command.priority ?? 0) && !stale) return;
    this.#command = command;
    this.#commandedAt = this.#now;
  }

  /** One period of its control loop. @param now s */
  step(now: number): void {
    this.#now = now;
    this.#filtered =
      this.#filtered === 0
        ? this.voltage
        : this.#filtered + (1 - 0.5 ** (PERIOD / VOLTAGE_FILTER)) * (this.voltage - this.#filtered);
    if (this.mode !== "fault" && this.servoFault.id > 0)
      this.#fail(`servo ${this.servoFault.id} fault: ${this.servoFault.fault}`);
    if (this.#filtered < MIN_VOLTAGE) this.#fail(`Battery low: ${this.#filtered} < ${MIN_VOLTAGE}`);
    if (Math.abs(this.tipped) > TIPPING && this.mode !== "fault") this.#fail("Tipping over");
    if (this.#command.mode !== this.mode) this.#changeMode();
    this.#control();
  }

  #fail(words: string): void {
    this.mode = "fault";
    this.fault = words;
    this.#modeStart = this.#now;
  }

  #changeMode(): void {
    const before = this.mode;
    if (before === "configuring") {
      this.#configured -= PERIOD;
      this.fault = this.#configured > 0 ? "missing servos" : "";
      if (this.#configured > 0) return;
    }
    const wanted = this.#command.mode;
    switch (wanted) {
      case "stopped":
        this.mode = "stopped";
        break;
      case "zero_velocity":
        if (before !== "fault") this.mode = "zero_velocity";
        break;
      case "stand_up":
        if (before === "stopped" || before === "zero_velocity") this.#standUp();
        break;
      default:
        this.#changeToStanding(wanted);
    }
    if (this.mode === before) return;
    this.#modeStart = this.#now;
    this.#idleSteps = 0;
  }

  /** Rest, walk and jump are reached by standing up, and a walk is left only when it has come to a stand. */
  #changeToStanding(wanted: QuadMode): void {
    if (this.mode === "stopped" || this.mode === "zero_velocity") this.#standUp();
    else if (
      (this.mode === "rest" && this.#restDone) ||
      (this.mode === "stand_up" && this.#standing === "done")
    )
      this.mode = wanted;
    else if (this.mode === "walk") {
      if (this.#idleSteps >= 2) this.mode = wanted;
      else this.#command = { ...this.#command, v_R: [0, 0, 0], w_R: [0, 0, 0] };
    }
  }

  #standUp(): void {
    this.mode = "stand_up";
    this.#standing = "prepositioning";
    this.#restDone = false;
  }

  #control(): void {
    const { v_R: [forward, right] = [0, 0, 0], w_R: [, , turn] = [0, 0, 0] } = this.#command;
    const walks = this.mode === "walk";
    this.#controlled ||= this.mode === "stand_up";
    if (this.mode === "stopped") this.fault = "";
    if (
      this.mode === "stand_up" &&
      this.#standing === "prepositioning" &&
      this.#now - this.#modeStart > PREPOSITIONING
    )
      this.#standing = "standing";
    const rises =
      walks || this.mode === "rest" || (this.mode === "stand_up" && this.#standing !== "prepositioning");
    this.#height = toward(this.#height, rises ? STAND_HEIGHT : LYING_HEIGHT, RISING_SPEED * PERIOD);
    if (this.mode === "stand_up" && this.#height === STAND_HEIGHT) this.#standing = "done";
    if (this.mode === "rest") this.#restDone = this.#height === STAND_HEIGHT;
    if (!walks) {
      this.#v = [0, 0];
      this.#turn = 0;
      this.#phase = 0;
      this.#heat -= this.#heat * 0.02 * PERIOD;
      return;
    }
    this.#v = [forward!, right!].map((wish, axis) =>
      toward(this.#v[axis]!, Math.max(-FASTEST, Math.min(FASTEST, wish)), ACCELERATION * PERIOD),
    );
    this.#turn = toward(this.#turn, turn, ANGULAR_ACCELERATION * PERIOD);
    const { step_height = 1 } = this.#command.walk ?? {};
    // Feet that are lifted little catch on the ground, and those lifted high lose time.
    const held = 0.95 * Math.exp(-((step_height - 1.2) ** 2) / 2);
    const travelled = [this.#v[0]! * held * PERIOD, this.#v[1]! * held * PERIOD];
    this.x += travelled[0]! * Math.cos(this.heading) - travelled[1]! * Math.sin(this.heading);
    this.y += travelled[0]! * Math.sin(this.heading) + travelled[1]! * Math.cos(this.heading);
    this.heading += this.#turn * PERIOD;
    const phase = this.#phase + PERIOD / STEP;
    if (Math.floor(2 * phase) > Math.floor(2 * this.#phase))
      this.#idleSteps = this.#v.every((speed) => speed === 0) && this.#turn === 0 ? this.#idleSteps + 1 : 0;
    this.#phase = phase;
    this.#heat += 0.3 * PERIOD;
  }

  /** Its answer. @param date wall time, for its stamps */
  status(date: Date, microseconds: number): unknown {
    const { normal } = this.#noise;
    const walks = this.mode === "walk";
    const sway = walks ? 1.5 : 0;
    const roll = this.tipped + 0.05 * normal() + sway * Math.sin(4 * Math.PI * this.#phase);
    const pitch = 0.05 * normal() + sway * Math.cos(4 * Math.PI * this.#phase);
    const attitude = quaternionOf(radians(roll), radians(pitch), this.heading);
    const still = { so3: { x: 0, y: 0, z: 0, w: 1 }, translation: [0, 0, 0] };
    const relation = { pose: still, v: [0, 0, 0], w: [0, 0, 0] };
    const stamp = boostTime(date, microseconds);
    return {
      timestamp: stamp,
      mode: this.mode,
      mode_start: stamp,
      fault: this.fault,
      state: {
        joints: this.#joints(),
        legs_B: this.#legs(),
        robot: {
          desired_R: { pose: still, v: [...this.#v, 0], w: [0, 0, this.#turn] },
          frame_RB: relation,
          frame_MB: { ...relation, pose: { ...still, so3: quaternionOf(radians(roll), radians(pitch), 0) } },
          frame_AB: {
            pose: { so3: attitude, translation: [-0.015, 0, 0] },
            v: [0, 0, 0],
            w: [0.002 * normal(), 0.002 * normal(), this.#turn + 0.002 * normal()],
          },
          terrain_rad: [0, 0],
          tf_TA: {
            so3: { x: 0, y: 0, z: 0, w: 1 },
            translation: [0, 0, this.#controlled ? -this.#height + 0.0005 * normal() : 0],
          },
          voltage: this.#filtered,
        },
        stand_up: { mode: this.#standing, prepositioning_stage: 0 },
        rest: { done: this.#restDone },
        jump: { mode: "lowering", velocity: 0, acceleration: 0, command: { acceleration: 0, repeat: false } },
        walk: { idle_count: this.#idleSteps },
        backflip: { mode: "lowering", pitch_deg: 0, pitch_rate_dps: 0, pitch_accel_dps2: 0, velocity: 0 },
      },
      missing_replies: 0,
      timing: {
        query_s: 0.0012,
        status_s: 0.0001,
        control_s: 0.0002,
        command_s: 0.0004,
        cycle_s: 0.0019,
        delta_s: PERIOD,
      },
      performed_rezero: true,
    };
  }

  #joints(): unknown[] {
    const { normal } = this.#noise;
    const up = (this.#height - LYING_HEIGHT) / (STAND_HEIGHT - LYING_HEIGHT);
    const swing = this.mode === "walk" ? 2 * Math.PI * this.#phase : Number.NaN;
    const angles = LEGS.flatMap(({ shoulder, femur, tibia }, leg) =>
      [femur, tibia, shoulder].map((id, part) => {
        const lift = Number.isNaN(swing) ? 0 : 12 * Math.sin(swing + Math.PI * DIAGONAL[leg]!);
        const rate = Number.isNaN(swing)
          ? 0
          : (12 * 2 * Math.PI * Math.cos(swing + Math.PI * DIAGONAL[leg]!)) / STEP;
        const rest = LYING_DEG[part]! + up * (STANDING_DEG[part]! - LYING_DEG[part]!);
        return { id, angle: rest + (part < 2 ? lift : 0), rate: part < 2 ? rate : 0 };
      }),
    );
    const driven = this.mode !== "stopped" && this.mode !== "configuring";
    return angles
      .sort((a, b) => a.id - b.id)
      .map(({ id, angle, rate }) => ({
        id,
        // Written as null, as its JSON does with what is no number.
        angle_deg: id === this.blindServo ? Number.NaN : angle + 0.02 * normal(),
        velocity_dps: rate + 0.5 * normal(),
        torque_Nm: (driven ? 1 + 0.02 * Math.abs(rate) : 0) + 0.05 * normal(),
        temperature_C: 30 + this.#heat + 0.1 * normal(),
        voltage: this.voltage,
        mode: driven ? 10 : 0,
        fault: id === this.servoFault.id ? this.servoFault.fault : 0,
        kp_Nm: 0,
        ki_Nm: 0,
        kd_Nm: 0,
        feedforward_Nm: 0,
        command_Nm: 0,
      }));
  }

  #legs(): unknown[] {
    const walks = this.mode === "walk";
    const { step_height = 1 } = this.#command.walk ?? {};
    const held = 0.95 * Math.exp(-((step_height - 1.2) ** 2) / 2);
    return LEGS.map(({ x, y }, leg) => {
      const phase = (this.#phase + 0.5 * DIAGONAL[leg]!) % 1;
      const swings = walks && phase * STEP < SWING;
      // A foot on the ground stays where it is while the trunk passes over it.
      const velocity =
        walks && !swings
          ? [-this.#v[0]! * held + this.#turn * y, -this.#v[1]! * held - this.#turn * x, 0]
          : [0, 0, 0];
      return {
        leg,
        position: [
          x,
          y,
          this.#height - (swings ? 0.04 * step_height * Math.sin((Math.PI * phase * STEP) / SWING) : 0),
        ],
        velocity,
        force_N: [0, 0, swings || !this.#controlled ? 0 : 39],
        stance: swings ? 0 : 1,
      };
    });
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** As Boost writes times: `2026-Nov-25 19:59:27.123456`. */
function boostTime(date: Date, microseconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getUTCFullYear()}-${MONTHS[date.getUTCMonth()]}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return microseconds === 0 ? `${day} ${time}` : `${day} ${time}.${String(microseconds).padStart(6, "0")}`;
}

function radians(degrees: number): number {
  return (Math.PI / 180) * degrees;
}

function toward(value: number, goal: number, step: number): number {
  return Math.abs(goal - value) <= step ? goal : value + Math.sign(goal - value) * step;
}
