/** The house keeps its shape: imports go along the table of ARCHITECTURE.md, and each third party has one door. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, it } from "node:test";
import { packageRoot } from "../src/paths.ts";

const ANY = "*";
/** room → rooms it may import. `src/errors.ts`, `src/clock.ts` and `src/paths.ts` are open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/errors.ts": [],
  "src/clock.ts": [],
  "src/paths.ts": [],
  "src/optimizer": [],
  "src/gait": [],
  "src/robot": [],
  "src/safety": ["src/robot"],
  "src/config": ["src/optimizer", "src/gait", "src/robot", "src/safety"],
  "src/links": ["src/robot", "src/config", "firmware-protocol"],
  "src/station": ["src/robot", "src/gait", "src/safety", "src/config"],
  "src/study": ["src/optimizer", "src/config"],
  "src/service": [
    "src/study",
    "src/optimizer",
    "src/config",
    "src/gait",
    "src/robot",
    "src/station/messages.ts",
  ],
  "src/dashboard": [
    "src/service/live-events.ts",
    "src/study/study-document.ts",
    "src/safety/limit.ts",
    "src/station/messages.ts",
  ],
  "src/processes": [ANY],
  "src/cli": [ANY],
  "src/conformance": [ANY],
  "firmware-protocol": [],
  sim: ["src/robot", "src/gait", "src/config", "firmware-protocol"],
};

/** Types may come from here as well: they vanish when the code runs. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  "src/service": ["src/safety/limit.ts"],
};

const SHARED = ["src/errors.ts", "src/clock.ts", "src/paths.ts"];

const DOORS: Readonly<Record<string, readonly string[]>> = {
  serialport: ["src/links"],
  roslib: ["src/links"],
  kysely: ["src/study"],
  pg: ["src/study"],
  "node:sqlite": ["src/study"],
  mathjs: ["src/study"],
  fastify: ["src/service"],
  pino: ["src/service"],
  "@mujoco/mujoco": ["sim"],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(packageRoot, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name)) yield path;
  }
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(packageRoot, file), "utf8");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? "";
    const target = specifier.startsWith(".")
      ? relative(packageRoot, resolve(packageRoot, dirname(file), specifier))
      : specifier;
    return { file, target, typeOnly: match[1] !== undefined };
  });
}

function roomOf(path: string): string {
  return Object.keys(MAY_IMPORT).find((room) => path === room || path.startsWith(`${room}/`)) ?? path;
}

const imports = ["src", "sim", "firmware-protocol"]
  .flatMap((folder) => [...sources(folder)])
  .flatMap(importsOf);

describe("architecture", () => {
  it("finds the imports it judges", () => {
    assert.ok(imports.length > 100, `only ${imports.length} imports found`);
  });

  it("lets rooms import only what the table allows", () => {
    const wrong = imports.filter(({ file, target, typeOnly }) => {
      if (!/^(src|sim|firmware-protocol|test)\b/.test(target)) return false;
      const room = roomOf(file);
      const allowed = [...(MAY_IMPORT[room] ?? []), ...(typeOnly ? (MAY_IMPORT_TYPES[room] ?? []) : [])];
      if (roomOf(target) === room || SHARED.includes(target) || allowed.includes(ANY)) return false;
      return !allowed.some((one) => target === one || target.startsWith(`${one}/`));
    });
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} imports ${target}`),
      [],
    );
  });

  it("gives every third party one door", () => {
    const wrong = imports.filter(({ file, target }) => {
      const rooms = Object.entries(DOORS).find(
        ([name]) => target === name || target.startsWith(`${name}/`),
      )?.[1];
      return rooms !== undefined && !rooms.some((room) => file.startsWith(`${room}/`));
    });
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} imports ${target}`),
      [],
    );
  });

  it("lets only the gate make a cleared command", () => {
    const makers = imports.map(({ file }) => file).filter((file, index, all) => all.indexOf(file) === index);
    const casting = makers.filter((file) =>
      /as (unknown as )?Cleared</.test(readFileSync(join(packageRoot, file), "utf8")),
    );
    assert.deepEqual(casting, ["src/safety/gate.ts"]);
  });

  it("keeps the pure rooms free of clocks and global randomness", () => {
    const impure = [...sources("src/optimizer"), ...sources("src/gait"), ...sources("src/safety")].filter(
      (file) =>
        /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.(?:env|pid|hrtime|cwd|argv)|setTimeout)\b/.test(
          readFileSync(join(packageRoot, file), "utf8"),
        ),
    );
    assert.deepEqual(impure, []);
  });
});
