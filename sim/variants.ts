/** The named bodies and grounds of the simulated robot. */
import { fail } from "../src/errors.ts";
import { type Ground, NOMINAL_GROUND, NOMINAL_ROBOT, type RobotModel } from "./robot-model.ts";

export interface Variant {
  readonly description: string;
  readonly robot: RobotModel;
  readonly ground: Ground;
}

const springs = (stiffness: number, damping = NOMINAL_ROBOT.spring.damping): RobotModel => ({
  ...NOMINAL_ROBOT,
  spring: { stiffness, damping },
});

const body = (description: string, robot: RobotModel): Variant => ({
  description,
  robot,
  ground: NOMINAL_GROUND,
});

const ground = (description: string, edit: Partial<Ground>): Variant => ({
  description,
  robot: NOMINAL_ROBOT,
  ground: { ...NOMINAL_GROUND, ...edit },
});

const SLOPE = (3 * Math.PI) / 180;

export const VARIANTS = {
  nominal: body("springs of 2.75 N·m/rad on a level floor, friction 0.8", NOMINAL_ROBOT),
  soft: body("springs of 2.0 N·m/rad", springs(2)),
  stiff: body("springs of 4.0 N·m/rad", springs(4)),
  // Undamped, stiff springs ring at 25–48 rad/s; at 0.45 N·m·s/rad they are near-critically damped.
  rigid: body("springs of 50 N·m/rad, near-critically damped: a robot without elasticity", springs(50, 0.45)),
  payload: body("1 kg on its back", { ...NOMINAL_ROBOT, payload: 1 }),
  "weak-motor": body("motors of 2 N·m", {
    ...NOMINAL_ROBOT,
    motor: { ...NOMINAL_ROBOT.motor, torqueLimit: 2 },
  }),
  lame: body("the front right leg's springs and motors at 30 %", {
    ...NOMINAL_ROBOT,
    lameness: { FR: 0.3 },
  }),
  slippery: ground("friction 0.4", { friction: 0.4 }),
  grippy: ground("friction 1.2", { friction: 1.2 }),
  tilt: ground("3° uphill", { slope: SLOPE }),
  "tilt-down": ground("3° downhill", { slope: -SLOPE }),
  gravel: ground("bumps of ±5 mm", { roughness: 0.005 }),
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;

export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly VariantName[];

/** @throws CONFIG_INVALID when there is no variant of that name */
export function variantNamed(name: string): Variant {
  if (Object.hasOwn(VARIANTS, name)) return VARIANTS[name as VariantName];
  return fail("CONFIG_INVALID", {
    what: `the simulated robot has no variant "${name}"`,
    where: "link.variant",
    remedy: `Choose one of ${VARIANT_NAMES.join(", ")}.`,
  });
}
