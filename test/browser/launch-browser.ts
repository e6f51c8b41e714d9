/** A Chromium for tests: the machine's own where `CHROMIUM_PATH` names it, else the one from the npm registry. */
import packaged from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? (await packaged.executablePath());
  // Root, as in a container, has no sandbox.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
