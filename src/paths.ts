/**
 * Where entries and assets are, in a checkout (`src/*.ts`) and when installed (`dist/src/*.js`). Nothing else in
 * the project computes a path from its own location.
 */
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** The folder that holds package.json. */
export const packageRoot = extension === ".ts" ? dirname(here) : dirname(dirname(here));

/** The folder that mirrors the checkout's top level: the checkout itself, or `dist/`. */
const codeRoot = dirname(here);

/** The file of a process or worker entry in `src/processes/`. */
export function entryPath(name: "service" | "station" | "sampler" | "recorder"): string {
  return join(codeRoot, "src", "processes", name + extension);
}

/** A data file of the simulated robot, relative to `sim/`. */
export function simAssetPath(relative: string): string {
  return join(codeRoot, "sim", relative);
}

/** The folder of the built web page, relative file inside it. */
export function pageAssetPath(relative: string): string {
  return join(codeRoot, "src", "dashboard", "page", relative);
}

/** A file of `hardware-configs/` that ships with the package. */
export function hardwareConfigPath(relative: string): string {
  return join(packageRoot, "hardware-configs", relative);
}

/** A file of the C library for robots, relative to `firmware-protocol/c/`; its sources ship with the package. */
export function firmwareSourcePath(relative: string): string {
  return join(packageRoot, "firmware-protocol", "c", relative);
}

/** What can be made again at any time: `GAITSMITH_CACHE_DIR`, or the XDG location. */
export function cacheDir(): string {
  return (
    process.env["GAITSMITH_CACHE_DIR"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gaitsmith")
  );
}

/** A file of another package in node_modules, for assets that the page needs. */
export function dependencyPath(packageName: string, relative: string): string {
  for (let folder = packageRoot; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", packageName, relative);
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) throw new Error(`${packageName}/${relative} is not installed`);
  }
}

/**
 * Where a robot's lock, latch and e-stop socket live, so that every program on this machine meets there.
 * `GAITSMITH_STATE_DIR` overrides the XDG location (tests, several users sharing one robot).
 */
export function robotStateDir(robotId: string): string {
  return join(robotStateDirs(), robotId);
}

/** The folder with one such folder per robot. */
export function robotStateDirs(): string {
  return join(stateBase(), "robots");
}

/** Where the lock of a device lies, by which two robots of different names cannot be driven over one cable. */
export function deviceStateDir(device: string): string {
  return join(stateBase(), "devices", device.replaceAll(/[^\w.-]+/g, "_"));
}

function stateBase(): string {
  return (
    process.env["GAITSMITH_STATE_DIR"] ??
    join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "gaitsmith")
  );
}

/**
 * Makes a folder and those above it, one by one from the nearest one that is there. Node's own `recursive` never returns
 * where the system calls a folder missing that it does not let anybody make, as in /proc.
 *
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const one of missing.reverse()) {
    try {
      mkdirSync(one);
    } catch (error) {
      // Another program may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
