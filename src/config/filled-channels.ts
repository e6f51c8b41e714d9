/** Which field of which topic fills each channel, and whether forward speed may come from there. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import type { SpeedSource } from "./hardware-config.ts";

interface Filled {
  readonly source: "measured" | "commanded";
  /** The file says which of the two. */
  readonly said: boolean;
  /** Where it says so, or where the channel is. */
  readonly path: FieldPath;
  readonly where: string;
}

export class FilledChannels {
  readonly #source: ConfigSource;
  readonly #filled = new Map<string, Filled>();

  constructor(source: ConfigSource) {
    this.#source = source;
  }

  /** Nobody else may fill it after this. @param path of the field in the config */
  add(name: string, path: FieldPath, filled: Omit<Filled, "where">): void {
    const where = `${this.#source.placeOf(path)}, ${pathText(path)}`;
    const before = this.#filled.get(name);
    if (before === undefined) {
      this.#filled.set(name, { ...filled, where });
    } else if (before.where !== where) {
      this.#report(
        path,
        `${name} is filled already, at ${before.where}`,
        "Let one field fill each channel.",
        true,
      );
    }
  }

  /** Where forward speed comes from must be there, and must be measured. */
  checkSpeedSource(speedSource: SpeedSource): void {
    if (speedSource !== "pose" && speedSource !== "odometry") return;
    const needed = ["x", "y", "yaw"].map((axis) => `${speedSource}.${axis}`);
    const missing = needed.filter((name) => !this.#filled.has(name));
    if (missing.length > 0)
      this.#report(
        ["telemetry", "speed_source"],
        `it is ${speedSource}, but no topic fills ${missing.join(", ")}`,
        `Map ${missing.join(", ")} in link.telemetry.topics, or name another source.`,
      );
    for (const name of needed) {
      const filled = this.#filled.get(name);
      if (filled?.source === "commanded") {
        this.#report(
          filled.path,
          `${name} is commanded, and forward speed is to come from it: computed from what the robot was told, it says ` +
            "where the robot was asked to go, and the optimiser would maximise its own wish",
          "Map odometry from encoders behind the springs or an external pose; or let telemetry.speed_source be `robot` or `operator`.",
        );
        return;
      }
      if (speedSource === "odometry" && filled?.said === false) {
        this.#report(
          filled.path,
          `nothing says whether ${name} is measured, and forward speed is to come from it; many robots compute their odometry from what they were told`,
          "Find out, and add `source: measured` or `source: commanded` to the topic.",
        );
        return;
      }
    }
  }

  #report(path: FieldPath, what: string, remedy: string, atKey = false): void {
    this.#source.report({ path, what, remedy, atKey });
  }
}
