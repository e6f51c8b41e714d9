/**
 * Walks a parameter set and measures what really happened, without sensors, links or limits: for judging champions,
 * for plots and for tests.
 */
import type { GaitParameters } from "../src/gait/gait.ts";
import { gaitNamed } from "../src/gait/gaits.ts";
import { parameterHash } from "../src/robot/parameters.ts";
import { type Conditions, NOMINAL_CONDITIONS } from "./conditions.ts";
import { CONTROL_PERIOD, Firmware } from "./firmware.ts";
import { GRAVITY, PHYSICS_STEP } from "./mjcf.ts";
import { Plant, type PlantResidue } from "./plant.ts";
import { trueState } from "./true-state.ts";
import { VARIANTS, type VariantName } from "./variants.ts";

/** Where and how a walk is judged. */
export interface World {
  readonly name: string;
  readonly variant: VariantName;
  readonly conditions: Conditions;
  /** Of the battery, 0 … 1. */
  readonly charge: number;
}

export interface WalkPlan {
  /** Name in the gait catalogue. */
  readonly gait: string;
  readonly parameters: GaitParameters;
  /** Rising and standing (0.4 s at least), ramp-in and settling before, s. Default 1 each. */
  readonly stand?: number;
  readonly rampIn?: number;
  readonly settle?: number;
  /** Measured time, s. Default 10. */
  readonly measure?: number;
}

export interface TrueWalk {
  /** Forward along the heading at the start of measuring, m. Up to the fall, when it fell. */
  readonly displacement: number;
  /** To the left, m. */
  readonly lateral: number;
  /** rad */
  readonly turned: number;
  /** displacement over the measured time, m/s; of a walk that fell, over the time it lasted. */
  readonly speed: number;
  readonly fell: boolean;
  /** Measured time, s; shorter when it fell. */
  readonly duration: number;
  /** rad */
  readonly tiltPeak: number;
  readonly heightLeast: number;
  /** Link side and motor side, rad/s. */
  readonly jointSpeedPeak: number;
  readonly motorSpeedPeak: number;
  /** N·m */
  readonly torquePeak: number;
  readonly torqueRms: number;
  /** Positive mechanical work and heat in the windings while measuring, J. */
  readonly mechanicalEnergy: number;
  readonly jouleEnergy: number;
  /** Energy over weight times distance; Infinity when it did not get forward. */
  readonly costOfTransport: number;
}

/** It has fallen when the trunk leans more than this, or its centre is lower than that. */
export const FALL = { tilt: Math.PI / 4, height: 0.06 } as const;

export const NOMINAL_WORLD: World = {
  name: "nominal",
  variant: "nominal",
  conditions: NOMINAL_CONDITIONS,
  charge: 1,
};

/** A place to walk in, kept from walk to walk because compiling it costs more than walking. */
export class Walkway {
  readonly #plant: Plant;
  readonly #firmware: Firmware;

  static async open(variant: VariantName): Promise<Walkway> {
    const { robot, ground } = VARIANTS[variant];
    return new Walkway(await Plant.load(robot, ground));
  }

  private constructor(plant: Plant) {
    this.#plant = plant;
    this.#firmware = new Firmware(plant);
  }

  /** @throws RangeError when the gait refuses the parameters */
  walk(plan: WalkPlan, conditions: Conditions = NOMINAL_CONDITIONS, charge = 1): TrueWalk {
    const { stand = 1, rampIn = 1, settle = 1, measure = 10 } = plan;
    const fresh: PlantResidue = { charge, temperatures: [] };
    this.#plant.reset(conditions, fresh);
    this.#firmware.reset();
    this.#order({ kind: "arm" });
    this.#run(stand);
    this.#startGait(plan, rampIn);
    const fellEarly = this.#run(rampIn + settle);
    return this.#measure(fellEarly ? 0 : measure, fellEarly);
  }

  /** Frees the physics. */
  close(): void {
    this.#plant.close();
  }

  #startGait(plan: WalkPlan, rampIn: number): void {
    const gait = gaitNamed(plan.gait);
    const parameters = {
      gait: gait.name,
      values: gait.parameters.map(({ name }) => [name, plan.parameters[name] ?? Number.NaN] as const),
    };
    this.#order({ kind: "stage", parameters, rampIn, rampOut: 0 });
    this.#order({ kind: "commit", hash: parameterHash(parameters) });
    this.#order({ kind: "start" });
  }

  #order(command: Parameters<Firmware["execute"]>[0]): void {
    const { accepted, reason } = this.#firmware.execute(command);
    if (!accepted) throw new RangeError(`the robot refuses to ${command.kind}: ${reason}`);
  }

  /** @returns whether it fell */
  #run(seconds: number, observe: () => void = () => {}): boolean {
    const ticks = Math.round(seconds / CONTROL_PERIOD);
    const { physics } = this.#plant;
    for (let tick = 0; tick < ticks; tick++) {
      this.#firmware.tick();
      for (let step = 0; step < STEPS_PER_TICK; step++) {
        this.#plant.step();
        observe();
      }
      const { tilt, height } = trueState(physics);
      // Written so that a state that is no number counts as a fall.
      if (!(tilt < FALL.tilt && height > FALL.height)) return true;
    }
    return false;
  }

  #measure(seconds: number, fellEarly: boolean): TrueWalk {
    const { physics } = this.#plant;
    const start = trueState(physics);
    const energyAtStart = this.#plant.energy;
    const peaks = { tilt: start.tilt, height: start.height, joint: 0, motor: 0, torque: 0 };
    let torqueSquares = 0;
    let samples = 0;
    const fell = this.#run(seconds, () => {
      samples++;
      for (let index = 0; index < physics.joints; index++) {
        const torque = Math.abs(physics.motorTorque(index));
        torqueSquares += torque * torque;
        peaks.torque = Math.max(peaks.torque, torque);
        peaks.joint = Math.max(peaks.joint, Math.abs(physics.jointVelocity(index)));
        peaks.motor = Math.max(peaks.motor, Math.abs(physics.motorVelocity(index)));
      }
      const state = trueState(physics);
      peaks.tilt = Math.max(peaks.tilt, state.tilt);
      peaks.height = Math.min(peaks.height, state.height);
    });
    const end = trueState(physics);
    const [dx, dy] = [end.x - start.x, end.y - start.y];
    const displacement = dx * Math.cos(start.yaw) + dy * Math.sin(start.yaw);
    const duration = end.time - start.time;
    const mechanicalEnergy = this.#plant.energy.mechanical - energyAtStart.mechanical;
    const jouleEnergy = this.#plant.energy.joule - energyAtStart.joule;
    const work = physics.mass * GRAVITY * displacement;
    return {
      displacement,
      lateral: dy * Math.cos(start.yaw) - dx * Math.sin(start.yaw),
      turned: Math.atan2(Math.sin(end.yaw - start.yaw), Math.cos(end.yaw - start.yaw)),
      speed: duration > 0 ? displacement / duration : 0,
      fell: fellEarly || fell,
      duration,
      tiltPeak: peaks.tilt,
      heightLeast: peaks.height,
      jointSpeedPeak: peaks.joint,
      motorSpeedPeak: peaks.motor,
      torquePeak: peaks.torque,
      torqueRms: samples > 0 ? Math.sqrt(torqueSquares / samples / physics.joints) : 0,
      mechanicalEnergy,
      jouleEnergy,
      costOfTransport: work > 0 ? (mechanicalEnergy + jouleEnergy) / work : Number.POSITIVE_INFINITY,
    };
  }
}

const STEPS_PER_TICK = Math.round(CONTROL_PERIOD / PHYSICS_STEP);

/** One walk in one world, for callers with no need to keep the world. */
export async function trueWalk(plan: WalkPlan, world: World = NOMINAL_WORLD): Promise<TrueWalk> {
  const walkway = await Walkway.open(world.variant);
  try {
    return walkway.walk(plan, world.conditions, world.charge);
  } finally {
    walkway.close();
  }
}

/** The judge's score of a walk: true displacement, m; a fall scores 0. */
export function score(walk: TrueWalk): number {
  return walk.fell ? 0 : walk.displacement;
}
