/** The steps of a first day, in their order. */
import { AIR_STEP } from "./air-step.ts";
import { ENCODER_STEP } from "./encoder-step.ts";
import { GROUND_STEP } from "./ground-step.ts";
import { IMU_STEP } from "./imu-step.ts";
import { JOG_STEP } from "./jog-step.ts";
import { LINK_STEP } from "./link-step.ts";
import { ODOMETRY_STEP } from "./odometry-step.ts";
import type { Step } from "./step.ts";

export const STEPS: readonly Step[] = [
  LINK_STEP,
  ENCODER_STEP,
  JOG_STEP,
  IMU_STEP,
  AIR_STEP,
  GROUND_STEP,
  ODOMETRY_STEP,
];
