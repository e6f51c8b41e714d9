#!/usr/bin/env node
// The package's command. Plain JavaScript that even an old Node can parse: it finds the code (src/ in a checkout,
// dist/ when installed) and a Node that can run it.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src", "cli", "main.ts");
const built = join(root, "dist", "src", "cli", "main.js");

if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  const own = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(own)) {
    console.error(
      `gaitsmith needs Node ${NEEDED} or newer; this is ${process.versions.node}.\n` +
        `  In a checkout, run "npm install" once: it brings the right Node along. Otherwise install Node ${NEEDED}.`,
    );
    process.exit(1);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; the child stops the robot first and decides the exit status.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT") child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
} else {
  // Compiled code is kept between commands: the next one starts in two thirds of the time.
  nodeModule.enableCompileCache();
  await import(pathToFileURL(existsSync(source) ? source : built).href);
}
