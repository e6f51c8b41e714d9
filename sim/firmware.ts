/**
 * The robot's own program: holds the parameter sets, runs the gait, blends in and out of the neutral stance, and
 * stops. It behaves as the specification asks of any robot, and knows nothing but its own encoders, battery and clock.
 */

import type { BodyGeometry } from "../src/gait/gait.ts";
import { GaitMotion } from "../src/gait/gait-motion.ts";
import { findGait } from "../src/gait/gaits.ts";
import { neutralStance } from "../src/gait/neutral-stance.ts";
import type { Command } from "../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../src/robot/parameters.ts";
import type { Acknowledgement, RobotEvent, StopLevel } from "../src/robot/robot.ts";
import type { Plant } from "./plant.ts";
import { bodyGeometry } from "./robot-model.ts";

/** Control rate: targets are computed and telemetry is sampled this often, Hz. */
export const CONTROL_RATE = 100;
/** s */
export const CONTROL_PERIOD = 1 / CONTROL_RATE;
/** Rising takes this long at least, s, and is never faster than this, rad/s. */
const SHORTEST_RISE = 0.4;
const RISE_SPEED = 1.5;
/** How long `settle` damps before it cuts, s. */
const SETTLE_SECONDS = 0.5;
/** A battery below this share of its charge does not arm. */
const EMPTY = 0.02;
/** The supply must be below the brown-out voltage this long for the computer to reset, s. */
const BROWN_OUT_SECONDS = 0.05;

/** `off` has no torque; `settling` is damped on its way to `off`. A streamed robot follows its targets while `standing`. */
export type FirmwareState = "off" | "rising" | "standing" | "walking" | "ramping-out" | "settling";

interface StagedSet {
  readonly parameters: ParameterSetOnWire;
  readonly hash: string;
  readonly rampIn: number;
  readonly rampOut: number;
}

export interface FirmwareOptions {
  /** How the motors are wired: joint targets as wished to those that are driven. Absent: as wished. */
  readonly wired?: (targets: Float64Array) => Float64Array;
  /** Silence after which an armed robot settles by itself, s; null in lockstep, where silence cannot be. */
  readonly deadMan: number | null;
  /** Runs no gait but follows joint targets, and settles by itself when none comes for `timeout` s; null: runs gaits. */
  readonly streamed: { readonly timeout: number } | null;
}

export class Firmware {
  readonly #plant: Plant;
  readonly #body: BodyGeometry;
  readonly #options: FirmwareOptions;
  readonly #neutral: Float64Array;
  readonly #motion: GaitMotion;
  /** Joint targets of a streamed robot, rad. */
  readonly #taken: Float64Array;
  #state: FirmwareState = "off";
  /** Time in the present state, s. */
  #elapsed = 0;
  #silence = 0;
  /** Since the newest target of a streamed robot came, s. */
  #withoutTarget = 0;
  #underVoltage = 0;
  #staged: StagedSet | null = null;
  #active: StagedSet | null = null;
  #buttonPressed = false;
  #onEvent: (event: RobotEvent) => void = () => {};

  constructor(plant: Plant, options: FirmwareOptions = { deadMan: null, streamed: null }) {
    this.#plant = plant;
    this.#options = options;
    this.#body = bodyGeometry(plant.physics.robot);
    this.#neutral = neutralStance(this.#body);
    this.#motion = new GaitMotion(this.#neutral);
    this.#taken = new Float64Array(this.#neutral.length);
  }

  get state(): FirmwareState {
    return this.#state;
  }

  /** The committed set; null: none. */
  get active(): ParameterSetOnWire | null {
    return this.#active?.parameters ?? null;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
  }

  /** As after power-on: torque off, nothing staged. */
  reset(): void {
    this.#enter("off");
    this.#forget();
    this.#silence = 0;
    this.#underVoltage = 0;
  }

  /** The computer resets: no torque, and everything it was told is forgotten. */
  reboot(reason: string): void {
    this.#enter("off");
    this.#forget();
    this.#onEvent({ kind: "rebooted", reason });
  }

  /** The station was heard: the dead-man's silence starts anew. */
  heard(): void {
    this.#silence = 0;
  }

  execute(command: Command): Acknowledgement {
    this.heard();
    switch (command.kind) {
      case "arm":
        return this.#arm();
      case "disarm":
        return this.#disarm();
      case "targets":
        return this.#follow(command.positions);
    }
    if (this.#isStreamed) return refused("this robot runs no gait: it takes joint targets");
    switch (command.kind) {
      case "stage":
        return this.#stage(command.parameters, command.rampIn, command.rampOut);
      case "commit":
        return this.#commit(command.hash);
      case "store":
        return { ...refused("this robot has no memory that outlives its power"), unsupported: true };
      case "start":
        return this.#start();
    }
  }

  /** Takes effect at once. A milder level never softens a harder one. */
  stop(level: StopLevel): void {
    this.heard();
    if (this.#state === "off") return;
    if (level === "cut") this.#enter("off");
    else if (level === "settle") {
      if (this.#state !== "settling") this.#enter("settling");
    } else if (this.#state === "walking") {
      this.#motion.rampOut(this.#active?.rampOut ?? 0);
      this.#enter("ramping-out");
    }
  }

  /** The button on the robot's back: while pressed there is no torque, whatever the station wants. */
  pressButton(pressed: boolean): void {
    this.#buttonPressed = pressed;
    if (pressed) this.stop("cut");
  }

  get buttonPressed(): boolean {
    return this.#buttonPressed;
  }

  /** One control period: moves the state on and hands the drives their targets. */
  tick(): void {
    this.#watchSupply();
    this.#watchSilence();
    this.#watchTargets();
    this.#elapsed += CONTROL_PERIOD;
    if (this.#state === "off") return;
    if (this.#state === "settling") {
      if (this.#elapsed >= SETTLE_SECONDS - 1e-9) this.#enter("off");
      return;
    }
    if (!this.#isStreamed) {
      this.#motion.step(CONTROL_PERIOD);
      if (this.#motion.state !== this.#state) this.#enter(this.#motion.state);
    }
    const targets = this.#isStreamed ? this.#taken : this.#motion.targets;
    this.#plant.setTargets(this.#options.wired?.(targets) ?? targets);
  }

  get #isStreamed(): boolean {
    return this.#options.streamed !== null;
  }

  #arm(): Acknowledgement {
    if (this.#state !== "off") return refused(`cannot arm while ${this.#state}`);
    if (this.#buttonPressed) return refused("its stop button is pressed");
    if (this.#plant.battery.charge < EMPTY || this.#underVoltage > 0)
      return refused(`the battery is empty (${this.#plant.battery.voltage.toFixed(1)} V)`);
    const hot = this.#hottestCutOut();
    if (hot !== null) return refused(`a motor is cut out at ${hot.toFixed(0)} °C`);
    const present = this.#jointAngles();
    if (this.#isStreamed) {
      // It holds still until it is told where to go.
      this.#taken.set(present);
      this.#withoutTarget = 0;
      this.#enter("standing");
      return ACCEPTED;
    }
    const farthest = Math.max(...present.map((angle, joint) => Math.abs(angle - this.#neutral[joint]!)));
    this.#motion.rise(present, Math.max(SHORTEST_RISE, farthest / RISE_SPEED));
    this.#enter("rising");
    return ACCEPTED;
  }

  #disarm(): Acknowledgement {
    if (this.#state === "off") return ACCEPTED;
    if (this.#state !== "standing") return refused(`cannot disarm while ${this.#state}`);
    this.#enter("off");
    return ACCEPTED;
  }

  #stage(parameters: ParameterSetOnWire, rampIn: number, rampOut: number): Acknowledgement {
    const gait = findGait(parameters.gait);
    if (gait === undefined) return refused(`no gait "${parameters.gait}" on this robot`);
    if (!(rampIn >= 0 && rampOut >= 0)) return refused("ramps must last 0 s or longer");
    const known = new Set(gait.parameters.map((spec) => spec.name));
    const unknown = parameters.values.find(([name]) => !known.has(name));
    if (unknown !== undefined) return refused(`gait ${gait.name} has no parameter "${unknown[0]}"`);
    const { feasible, reasons } = gait.check(Object.fromEntries(parameters.values), this.#body);
    if (!feasible) return refused(reasons.join("; "));
    const hash = parameterHash(parameters);
    this.#staged = { parameters, hash, rampIn, rampOut };
    return { accepted: true, reason: "", hash };
  }

  #commit(hash: string): Acknowledgement {
    if (this.#staged === null) return refused("nothing is staged");
    if (hash !== this.#staged.hash)
      return refused(`the staged set's hash is ${this.#staged.hash}, not ${hash}`);
    if (this.#state === "walking" || this.#state === "ramping-out")
      return refused("cannot change the gait during a walk");
    this.#active = this.#staged;
    this.#staged = null;
    return ACCEPTED;
  }

  #start(): Acknowledgement {
    if (this.#active === null) return refused("no parameter set is committed");
    if (this.#state !== "standing") return refused(`cannot start while ${this.#state}`);
    const gait = findGait(this.#active.parameters.gait);
    if (gait === undefined) return refused(`no gait "${this.#active.parameters.gait}" on this robot`);
    const { parameters, rampIn } = this.#active;
    this.#motion.walk(gait.start(Object.fromEntries(parameters.values), this.#body), rampIn);
    this.#enter("walking");
    return ACCEPTED;
  }

  /** Whether these joint targets would be taken now. @param positions rad */
  judgeTargets(positions: Float64Array): Acknowledgement {
    if (!this.#isStreamed) return refused("this robot runs the gait by itself and takes no targets");
    if (this.#state !== "standing") return refused(`takes no targets while ${this.#state}`);
    if (positions.length !== this.#taken.length)
      return refused(`${this.#taken.length} targets are needed, not ${positions.length}`);
    const { hipRange, kneeRange } = this.#body.leg;
    for (let joint = 0; joint < positions.length; joint++) {
      const [low, high] = joint % 2 === 0 ? hipRange : kneeRange;
      if (!(positions[joint]! >= low && positions[joint]! <= high))
        return refused(`target ${joint} (${positions[joint]} rad) is out of the joint's range`);
    }
    return ACCEPTED;
  }

  #follow(positions: Float64Array): Acknowledgement {
    const answer = this.judgeTargets(positions);
    if (!answer.accepted) return answer;
    this.#taken.set(positions);
    this.#withoutTarget = 0;
    return answer;
  }

  #enter(state: FirmwareState): void {
    this.#state = state;
    this.#elapsed = 0;
    this.#plant.mode = state === "off" ? "off" : state === "settling" ? "damp" : "follow";
  }

  #forget(): void {
    this.#staged = null;
    this.#active = null;
  }

  /** Where the motors hold the joints, rad: hip, knee, leg by leg. */
  #jointAngles(): Float64Array {
    const { physics } = this.#plant;
    return this.#neutral.map((_, joint) => {
      const hip = joint % 2 === 1 ? physics.motorPosition(joint - 1) : 0;
      return physics.motorPosition(joint) - hip;
    });
  }

  #hottestCutOut(): number | null {
    const { heat } = this.#plant;
    const cutOut = heat.temperatures.filter((_, motor) => heat.isCutOut(motor));
    return cutOut.length === 0 ? null : Math.max(...cutOut);
  }

  #watchSupply(): void {
    const { battery } = this.#plant;
    if (battery.voltage >= battery.model.brownOut) {
      this.#underVoltage = 0;
      return;
    }
    const before = this.#underVoltage;
    this.#underVoltage += CONTROL_PERIOD;
    if (before < BROWN_OUT_SECONDS && this.#underVoltage >= BROWN_OUT_SECONDS) {
      this.reboot(`the supply fell to ${battery.voltage.toFixed(1)} V`);
    }
  }

  #watchSilence(): void {
    if (this.#options.deadMan === null || this.#state === "off" || this.#state === "settling") return;
    this.#silence += CONTROL_PERIOD;
    if (this.#silence < this.#options.deadMan) return;
    this.#onEvent({
      kind: "fault",
      code: "DEAD_MAN",
      reason: `nothing heard for ${this.#silence.toFixed(2)} s`,
    });
    this.#enter("settling");
  }

  #watchTargets(): void {
    const { streamed } = this.#options;
    if (streamed === null || this.#state !== "standing") return;
    this.#withoutTarget += CONTROL_PERIOD;
    if (this.#withoutTarget < streamed.timeout - 1e-9) return;
    this.#onEvent({
      kind: "fault",
      code: "TARGETS_MISSING",
      reason: `no joint target for ${this.#withoutTarget.toFixed(2)} s`,
    });
    this.#enter("settling");
  }
}

const ACCEPTED: Acknowledgement = { accepted: true, reason: "" };

function refused(reason: string): Acknowledgement {
  return { accepted: false, reason };
}
