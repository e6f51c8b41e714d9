/** The page over a real study: real command, station and simulated robot; a press of the button stops and latches it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { SIMULATED, start, workFolder } from "../cli/gaitsmith.ts";
import { launchBrowser } from "./launch-browser.ts";

describe("page over a real study", { timeout: 90_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  it("shows walks as they come, and its e-stop ends the study with the robot latched", async (t) => {
    const folder = workFolder(t);
    const command = start(
      folder,
      "tune",
      SIMULATED,
      "--trials",
      "200",
      "--sampler",
      "random",
      "--store",
      "page.db",
    );
    t.after(() => command.process.kill("SIGKILL"));
    const seen: string[] = [];
    command.process.stderr?.on("data", (chunk) => seen.push(String(chunk)));
    await command.saw(/http:\/\/127\.0\.0\.1:\d+/);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(seen.join(""))?.[0] ?? "";

    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(40_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    await page.getByTestId("robot").filter({ hasText: "Simulated elastic quadruped" }).waitFor();
    await page.getByTestId("trial-1").filter({ hasText: "completed" }).waitFor();
    await page
      .getByTestId("progress")
      .filter({ hasText: /\d+ of 200/ })
      .waitFor();
    await page
      .getByTestId("strip-battery-voltage")
      .filter({ hasText: /1\d\.\d V/ })
      .waitFor();
    await page.locator('[data-testid="limit-tilt"]:not([data-nearness="unknown"])').waitFor();

    await page.getByTestId("estop").click();
    await page.getByTestId("estop-state").filter({ hasText: "E-STOP TAKEN" }).waitFor();
    const { status } = await command.finished;
    assert.equal(status, 3, "the robot is left latched");
    await page.getByTestId("connection-lost").waitFor();
    assert.deepEqual(complaints, []);
    await page.close();

    const again = await start(
      folder,
      "tune",
      SIMULATED,
      "--trials",
      "200",
      "--sampler",
      "random",
      "--store",
      "page.db",
      "--no-dashboard",
    ).finished;
    assert.equal(again.status, 3, "a latched robot does not walk");
  });
});
