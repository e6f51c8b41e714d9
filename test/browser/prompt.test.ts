/** The page's prompt in a real browser: a person with a phone beside the robot, one hand near the e-stop. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type ListeningApp, listen } from "../../src/service/http/app.ts";
import { ScriptedDoor } from "../service/scripted-door.ts";
import { launchBrowser } from "./launch-browser.ts";

const never = new AbortController().signal;
const PHONE = { width: 390, height: 844 };

describe("prompts on the page", { timeout: 60_000 }, () => {
  let browser: Browser;
  let door: ScriptedDoor;
  let app: ListeningApp;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  afterEach(async () => {
    await page?.close();
    await app?.close();
  });

  async function open(viewport = { width: 1440, height: 1000 }): Promise<void> {
    door = new ScriptedDoor(12);
    app = await listen(door, { port: 0 });
    page = await browser.newPage({ viewport });
    page.setDefaultTimeout(10_000);
    await page.goto(app.address);
    await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
  }

  const prompt = () => page.getByTestId("prompt");

  it("asks for a distance with the keyboard alone, while Space and Escape still stop", async () => {
    await open();
    const asked = door.desk.ask({ kind: "distance-walked", trial: 11, longest: 9 }, never);
    await page
      .getByTestId("prompt-words")
      .filter({ hasText: "How far did the robot come in trial 11" })
      .waitFor();
    await page.getByTestId("phase").filter({ hasText: "waiting for you" }).waitFor();
    await page.locator('[data-testid="prompt-continue"]:not([disabled])').waitFor();
    await page.keyboard.type("123");
    assert.equal(await page.getByTestId("prompt-distance").inputValue(), "123", "the field has the focus");
    await page.keyboard.press("Space");
    await page.getByTestId("estop-state").filter({ hasText: "E-STOP TAKEN" }).waitFor();
    await page.keyboard.press("Escape");
    for (let k = 0; k < 100 && door.stops.length < 2; k++) await page.waitForTimeout(20);
    assert.deepEqual(
      door.stops.map(({ reason }) => /\((.*)\)/.exec(reason)?.[1]),
      ["Space", "Escape"],
    );
    assert.equal(await page.getByTestId("prompt-distance").inputValue(), "123", "and nothing else happened");
    // Metres: farther than it can have come.
    await page.keyboard.press("Enter");
    await page.getByTestId("prompt-refused").filter({ hasText: "farther than this robot" }).waitFor();
    await page.getByTestId("prompt-unit").selectOption("cm");
    await page.getByTestId("prompt-distance").press("Enter");
    assert.deepEqual(await asked, { answer: "continue", note: "", distance: 1.23 });
    await prompt().waitFor({ state: "hidden" });
  });

  it("is seen on a phone wherever it is scrolled, beside an e-stop that can be pressed", async () => {
    await open(PHONE);
    await page.evaluate("scrollTo(0, 1500)");
    const asked = door.desk.ask({ kind: "place-on-start-line", trial: 12, walked: 11 }, never);
    await prompt().waitFor();
    const [card, stop] = [await prompt().boundingBox(), await page.getByTestId("estop").boundingBox()];
    assert.ok(card !== null && stop !== null);
    assert.ok(card.y >= 0 && card.y + card.height <= stop.y, "above the e-stop, and whole");
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
    await page.getByTestId("estop").click();
    assert.equal(door.stops.length, 1);
    await page.getByTestId("prompt-note").selectOption("a cable caught");
    await page.getByTestId("prompt-redo").click();
    assert.deepEqual(await asked, { answer: "redo", note: "a cable caught" });
  });

  it("takes no press that was meant for the prompt before, and says who answered elsewhere", async () => {
    await open();
    let answered = false;
    void door.desk.ask({ kind: "confirm-next", trial: 12, note: "", parameters: [] }, never);
    await page.locator('[data-testid="prompt-continue"]:not([disabled])').waitFor();
    await page.getByTestId("prompt-continue").click({ noWaitAfter: true });
    await prompt().waitFor({ state: "hidden" });
    void door.desk
      .ask({ kind: "place-on-start-line", trial: 12, walked: 11 }, never)
      .then(() => (answered = true));
    await prompt().waitFor();
    await page
      .getByTestId("prompt-continue")
      .click({ force: true, timeout: 100 })
      .catch(() => {});
    await page.keyboard.press("Enter");
    assert.equal(answered, false);
    door.desk.answer(door.desk.open!.number, { answer: "abandon", note: "on carpet" }, "cli");
    await page
      .getByTestId("prompt-told")
      .filter({ hasText: "Answered on the command line: abandon (on carpet)" })
      .waitFor();
    await prompt().waitFor({ state: "hidden" });
    // A page that comes back finds what is open.
    void door.desk.ask({ kind: "clear-fault", trial: 12, reason: "FR_knee does not answer" }, never);
    await page.reload();
    await page.getByTestId("prompt-words").filter({ hasText: "FR_knee does not answer" }).waitFor();
  });

  it("pauses the study shown and resumes it, by Enter as well, and never by Space", async () => {
    await open();
    const button = page.getByTestId("pause");
    await button.filter({ hasText: "Pause" }).click();
    await button.filter({ hasText: "Resume" }).waitFor();
    assert.deepEqual(door.pauses, [{ words: "paused on the page", now: false }]);
    await page.waitForTimeout(600);
    await button.press("Space");
    await page.getByTestId("estop-state").filter({ hasText: "E-STOP TAKEN" }).waitFor();
    assert.notEqual(door.status.paused, undefined);
    await button.press("Enter");
    await button.filter({ hasText: "Pause" }).waitFor();
    assert.equal(door.status.paused, undefined);
  });
});
