/** The page in a real browser, against the real HTTP service. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type ListeningApp, listen } from "../../src/service/http/app.ts";
import { ScriptedDoor } from "../service/scripted-door.ts";
import { launchBrowser } from "./launch-browser.ts";

const WAIT = 10_000;

describe("page", { timeout: 60_000 }, () => {
  let browser: Browser;
  let door: ScriptedDoor;
  let app: ListeningApp;
  let page: Page;
  let complaints: string[];

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  beforeEach(() => {
    complaints = [];
  });
  afterEach(async () => {
    await page?.close();
    await app?.close();
  });

  /** Opens the page on a study of so many trials, and waits until it is drawn. */
  async function open(trials: number, options: Parameters<Browser["newPage"]>[0] = {}): Promise<void> {
    door = new ScriptedDoor(trials);
    app = await listen(door, { port: 0 });
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, ...options });
    page.setDefaultTimeout(WAIT);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // Counting pixels, as this test does, is not what the page does.
      if (message.text().startsWith("Canvas2D: Multiple readback")) return;
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.goto(app.address);
    await has("connection", /Live/);
    await has("study", /trot-speed/);
    await page.getByTestId("trials").locator("tbody tr").first().waitFor();
  }

  /** Waits until an element holds words. */
  async function has(testId: string, words: RegExp): Promise<void> {
    try {
      await page.getByTestId(testId).filter({ hasText: words }).waitFor();
    } catch {
      const text = await page.getByTestId(testId).textContent();
      assert.fail(`${testId} says "${text}", not ${words}`);
    }
  }

  async function confirmed(): Promise<void> {
    await page.locator('[data-testid="estop"][data-state="taken"]').waitFor();
  }

  const ANY = [-1, -1, -1] as const;
  /** `--aborted` of the light scheme. */
  const RED = [0xc9, 0x3a, 0x12] as const;

  /** Number of opaque canvas pixels of a colour: proof that something was drawn. */
  function ink(testId: string, color: readonly [number, number, number] = ANY): Promise<number> {
    return page.getByTestId(testId).evaluate((box, [r, g, b]) => {
      const canvas = (box as never as { querySelector(name: string): unknown }).querySelector("canvas") as {
        width: number;
        height: number;
        getContext(kind: "2d"): {
          getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array };
        };
      };
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let k = 0; k < data.length; k += 4) {
        const same = r < 0 || (data[k] === r && data[k + 1] === g && data[k + 2] === b);
        if (same && (data[k + 3] ?? 0) > 128) count++;
      }
      return count;
    }, color);
  }

  it("shows the preflight: a line when all was well, the whole table when not", async () => {
    await open(3);
    assert.equal(await page.getByTestId("preflight").isVisible(), false, "a study without one has no card");
    const item = (name: string, result: "ok" | "warning" | "missing", words: string, remedy = "") => {
      return { group: "robot", item: name, value: null, result, words, remedy };
    };
    const tell = (at: string, ...items: ReturnType<typeof item>[]): void => {
      door.study = { ...door.study, preflight: { at, items } };
      door.emit({ kind: "preflight", study: door.study.study });
    };
    tell("2030-01-02T03:04:05Z", item("battery", "ok", "12.3 V"), item("disk", "ok", "78 GB free"));
    await has("preflight-words", /^2 items ok at /);
    assert.equal(await page.getByTestId("preflight-items").isVisible(), false);
    tell(
      "2030-01-02T03:05:06Z",
      item("battery", "missing", "the battery is at 9.0 V", "Change it."),
      item("disk", "warning", "900 MB free", "Make room."),
    );
    await has("preflight-words", /^1 refuses, 1 warning at /);
    assert.equal(await page.getByTestId("preflight-items").isVisible(), true);
    await has("preflight-items", /refuses.*battery.*at 9\.0 V.*Change it\..*warning.*disk.*Make room\./);
    assert.deepEqual(complaints, []);
  });

  it("shows the study: status, history, champion and every trial's reason", async () => {
    await open(44);
    await has("progress", /^44 of 60$/);
    await has("time-left", /^4 min 14 s$/);
    await has("phase", /^measure$/);
    await has(
      "history-legend",
      /completed 29.*pruned 9.*aborted 4.*champion 0\.312 ± 0\.021.*baseline 0\.200/s,
    );
    await has("champion", /step length.*mm/s);
    await has("gain", /\+56 %.*better/s);
    const rows = page.getByTestId("trials").locator("tbody tr");
    assert.equal(await rows.count(), 44);
    assert.match((await rows.first().textContent()) ?? "", /^champion 43completed/, "newest first");
    await has("trial-38", /aborted.*tilt 0\.83 rad > 0\.785 rad at 2\.14 s/s);
    assert.ok((await ink("history")) > 5000);
    await page.getByTestId("trial-38").click();
    await has("details-38", /tilt1\.7 breached.*step 1/s);
    await page.getByTestId("trial-38").press("Enter");
    await page.getByTestId("details-38").waitFor({ state: "detached" });
    assert.ok((await page.screenshot()).length > 50_000);
    assert.deepEqual(complaints, []);
  });

  it("follows the walk: threshold, limits, strips, a new trial", async () => {
    await open(12);
    const before = await ink("walk", RED);
    door.walk(12, 5);
    await has("walk-hint", /Trial 12, step 5: reward 0\.\d+, the pruner wants 0\.200/);
    await page.getByTestId("trial-12").filter({ hasText: "running" }).waitFor();
    assert.ok((await ink("walk", RED)) > before + 50, "the pruner's threshold is drawn");
    door.frame(1);
    const tilt = page.getByTestId("limit-tilt");
    await page.locator('[data-testid="limit-tilt"][aria-valuenow="0"]').waitFor();
    door.frame(2, { tilt: 0.7 });
    await page.locator('[data-testid="limit-tilt"][data-nearness="near"]').waitFor();
    assert.equal(await tilt.getAttribute("aria-valuenow"), "87");
    door.frame(2.1, { tilt: 0.9 });
    await page.locator('[data-testid="limit-tilt"][data-nearness="over"]').waitFor();
    await has("limit-tilt", /OVER/);
    door.frame(2.2, { tilt: null, "motor-torque": Number.NaN });
    await page.locator('[data-testid="limit-tilt"][data-nearness="unknown"]').waitFor();
    for (let k = 0; k < 60; k++) door.frame(2.3 + k / 30);
    await has("strip-battery-voltage", /11\.\d V/);
    assert.ok((await ink("strip-height")) > 300);
    assert.deepEqual(complaints, []);
  });

  it("stops the robot once per press, by button and by key, and shows that it was taken", async () => {
    await open(3);
    await page.getByTestId("estop").click();
    await has("estop-state", /E-STOP TAKEN .* stays latched/);
    await has("latched", /Latched: operator e-stop.*clear --robot simulated-elastic-quadruped/);
    await has("phase", /LATCHED/);
    assert.equal(door.stops.length, 1);
    await page.keyboard.press("Escape");
    await confirmed();
    assert.equal(door.stops.length, 2);
    await page.getByTestId("trial-1").focus();
    await page.keyboard.press("Space");
    await confirmed();
    await page.getByTestId("estop").focus();
    await page.keyboard.press("Space");
    await confirmed();
    await page.keyboard.press("Enter");
    await confirmed();
    assert.deepEqual(
      door.stops.map((stop) => stop.reason.replace(/.*\(|\)/g, "")),
      ["button", "Escape", "Space", "Space", "button"],
    );
    assert.deepEqual(complaints, []);
  });

  it("says NOT CONFIRMED when the station does not take the stop", async () => {
    await open(3);
    door.onStop = async () => ({ taken: false, words: "the station did not answer" });
    await page.keyboard.press("Escape");
    await has("estop-state", /NOT CONFIRMED .*the station did not answer.*power switch NOW/);
    assert.equal(door.stops.length, 1);
  });

  it("stops the robot even when the charts cannot be loaded", async () => {
    door = new ScriptedDoor(3);
    app = await listen(door, { port: 0 });
    page = await browser.newPage();
    await page.route("**/page/uplot.js", (route) => route.abort());
    await page.goto(app.address);
    await page.keyboard.press("Escape");
    await has("estop-state", /E-STOP TAKEN/);
    assert.equal(door.stops.length, 1);
  });

  it("says that its data are old when the service is gone, and comes back by itself", async () => {
    await open(5);
    const { port } = new URL(app.address);
    await app.close();
    await has("connection-lost", /Connection lost since .* shows old data/);
    await page.keyboard.press("Escape");
    await has("estop-state", /NOT CONFIRMED .*the service did not answer.*power switch NOW/);
    door = new ScriptedDoor(7);
    app = await listen(door, { port: Number(port) });
    await has("connection", /Live/);
    await page.getByTestId("trial-6").waitFor();
    await page.getByTestId("connection-lost").waitFor({ state: "hidden" });
  });

  it("bears an empty study, and a thousand trials in the dark on a phone", async () => {
    await open(0);
    await has("trials", /No trial yet/);
    await has("champion", /No champion yet/);
    await has("walk-hint", /No walk yet/);
    assert.deepEqual(complaints, []);
    await page.close();
    await app.close();

    await open(1000, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    assert.equal(await page.getByTestId("trials").locator("tbody tr").count(), 50);
    await page.getByRole("button", { name: "Show all 1000 trials" }).click();
    assert.equal(await page.getByTestId("trials").locator("tbody tr").count(), 1000);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390, "nothing sticks out");
    assert.ok(await page.getByTestId("estop").isVisible());
    const stop = await page.getByTestId("estop").boundingBox();
    assert.ok(stop !== null && stop.y + stop.height <= 844 && stop.width > 300);
    assert.deepEqual(complaints, []);
  });
});
