/** Two tabs and one robot in a real browser: who holds it, taking over, a holder that is gone, and clearing a latch. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type ListeningApp, listen } from "../../src/service/http/app.ts";
import { RELOAD_GRACE } from "../../src/service/seat.ts";
import { ScriptedDoor } from "../service/scripted-door.ts";
import { launchBrowser } from "./launch-browser.ts";

const never = new AbortController().signal;
const ROBOT = "simulated-elastic-quadruped";
const LATCH = {
  id: "4711-2026-01-02T03:04:05Z",
  code: "operator-stop",
  words: "e-stop from the page (button)",
  at: "2026-01-02T03:04:05Z",
};

// Each waits most of its time.
describe("tabs that share a robot", { timeout: 120_000, concurrency: true }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  async function serve(t: TestContext) {
    const door = new ScriptedDoor(12);
    const app: ListeningApp = await listen(door, { port: 0 });
    const pages: Page[] = [];
    t.after(async () => {
      for (const page of pages) await page.close();
      await app.close();
    });
    const tab = async (): Promise<Page> => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
      pages.push(page);
      page.setDefaultTimeout(15_000);
      await page.goto(app.address);
      await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
      return page;
    };
    const ask = (trial: number) =>
      door.desk.ask({ kind: "confirm-next", trial, note: "", parameters: [] }, never);
    return { door, tab, ask };
  }

  const held = (page: Page, who: string) => page.getByTestId("seat").filter({ hasText: who }).waitFor();
  const answer = async (page: Page) => {
    await page.locator('[data-testid="prompt-continue"]:not([disabled])').waitFor();
    await page.getByTestId("prompt-continue").click({ noWaitAfter: true });
  };

  it("the first that acts takes it; the other may only look and stop, until it takes over", async (t) => {
    const { door, tab, ask } = await serve(t);
    const [one, two] = [await tab(), await tab()];
    await held(one, "the terminal only");
    const first = ask(12);
    await answer(one);
    await first;
    await held(one, "this tab");
    await held(two, "another tab");
    const second = ask(13);
    await answer(two);
    await two.getByTestId("prompt-refused").filter({ hasText: "Another tab holds the robot" }).waitFor();
    assert.notEqual(door.desk.open, null);
    await two.keyboard.press("Escape");
    await two.getByTestId("estop-state").filter({ hasText: "E-STOP TAKEN" }).waitFor();
    await two.getByTestId("estop-cut").click();
    for (let k = 0; k < 100 && door.stops.length < 2; k++) await two.waitForTimeout(20);
    assert.deepEqual(
      door.stops.map(({ level }) => level),
      ["settle", "cut"],
    );
    await two.getByTestId("seat-take").click();
    await two.keyboard.type("rex");
    await two.keyboard.press("Enter");
    await two
      .getByTestId("seat-refused")
      .filter({ hasText: `not ${ROBOT}` })
      .waitFor();
    await two.getByTestId("seat-id").fill(ROBOT);
    await two.keyboard.press("Enter");
    await held(two, "this tab");
    await held(one, "another tab");
    await answer(one);
    await one.getByTestId("prompt-refused").filter({ hasText: "Another tab" }).waitFor();
    await answer(two);
    await second;
    // Given back, it is anybody's again.
    await two.getByTestId("seat-release").click();
    await held(one, "the terminal only");
  });

  it("is kept over a reload, and its closing is told; a page that only looked is missed by nobody", async (t) => {
    const { door, tab, ask } = await serve(t);
    const [holder, onlooker] = [await tab(), await tab()];
    const asked = ask(12);
    await answer(holder);
    await asked;
    await held(onlooker, "another tab");
    await holder.reload();
    await held(holder, "this tab");
    await onlooker.close();
    await holder.waitForTimeout(1000 * RELOAD_GRACE + 1500);
    await held(holder, "this tab");
    assert.deepEqual(door.gone, [], "the holder is back, and who only looked has not held it");
    await holder.close();
    for (let k = 0; k < 200 && door.gone.length === 0; k++) await new Promise((done) => setTimeout(done, 50));
    assert.deepEqual(door.gone, [ROBOT]);
  });

  it("clears a latch with words of what was checked, in a field in which Space types and Escape stops", async (t) => {
    const { door, tab } = await serve(t);
    const page = await tab();
    door.latch(LATCH.words);
    const asked = door.desk.ask<"clear-latch">(
      { kind: "clear-latch", trial: 11, walked: 11, latch: LATCH, refused: "" },
      never,
    );
    await page.getByTestId("prompt-words").filter({ hasText: "stopped and latched" }).waitFor();
    const facts = await page.getByTestId("prompt-latch").innerText();
    assert.match(facts, /4711-2026-01-02T03:04:05Z/);
    assert.match(facts, /operator-stop/);
    await page.locator('[data-testid="prompt-redo"]:not([disabled])').waitFor();
    // Nothing is cleared without having been looked at.
    await page.getByTestId("prompt-redo").click();
    await page.waitForTimeout(200);
    assert.notEqual(door.desk.open, null);
    await page.getByTestId("prompt-checked").focus();
    await page.keyboard.type("legs free, nobody near");
    assert.equal(await page.getByTestId("prompt-checked").inputValue(), "legs free, nobody near");
    assert.equal(door.stops.length, 0);
    await page.keyboard.press("Escape");
    for (let k = 0; k < 100 && door.stops.length === 0; k++) await page.waitForTimeout(20);
    assert.equal(door.stops.length, 1);
    if (process.env["SCREENSHOT"] !== undefined) await page.screenshot({ path: process.env["SCREENSHOT"] });
    await page.getByTestId("prompt-redo").click();
    const { answer: word, checked, person } = (await asked) ?? { answer: "", checked: "", person: "" };
    assert.deepEqual([word, checked, person], ["redo", "legs free, nobody near", "somebody on the page"]);
    await page.getByTestId("prompt").waitFor({ state: "hidden" });
    await page.keyboard.press("Space");
    for (let k = 0; k < 100 && door.stops.length === 1; k++) await page.waitForTimeout(20);
    assert.equal(door.stops.length, 2, "Space is the e-stop again");
  });
});
