/** The door to MuJoCo: loads the WebAssembly module once per process and compiles models. */
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { fail } from "../src/errors.ts";

export type { MainModule, MjData, MjModel };

let module: Promise<MainModule> | null = null;

/** The module is shared: MuJoCo keeps no state outside of models and data. */
export function loadMujoco(): Promise<MainModule> {
  module ??= import("@mujoco/mujoco").then(({ default: load }) => load());
  return module;
}

/** @throws INTERNAL when MuJoCo rejects the model: we wrote it */
export function compileModel(mujoco: MainModule, xml: string): MjModel {
  try {
    return mujoco.MjModel.from_xml_string(xml);
  } catch (cause) {
    return fail("INTERNAL", {
      what: `MuJoCo rejects the model: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: "sim/mjcf.ts",
      cause,
    });
  }
}
