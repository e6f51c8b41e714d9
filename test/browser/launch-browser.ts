/** A Chromium for tests: the machine's own where `CHROMIUM_PATH` names it, else the one from the npm registry. */
import { setTimeout as pause } from "node:timers/promises";
import packaged from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const PATIENCE_MS = 60_000;

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? (await packaged.executablePath());
  for (const until = Date.now() + PATIENCE_MS; ; await pause(250)) {
    try {
      // Root, as in a container, has no sandbox.
      return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    } catch (error) {
      // On a fresh machine another test file may be unpacking the browser at this moment.
      if (!String(error).includes("ETXTBSY") || Date.now() > until) throw error;
    }
  }
}
