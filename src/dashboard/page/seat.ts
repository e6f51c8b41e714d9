/**
 * Which tab holds the robot. The first thing that is done here takes it when nobody has it; from another tab a person takes it
 * over, and says so. The token outlives a reload, not the tab.
 */
import { giveBackLease, takeLease } from "./api.ts";
import { byId, element, setText } from "./element.ts";

interface Kept {
  readonly robot: string;
  readonly token: string;
  readonly holder: string;
}

const KEY = "gaitsmith-lease";

/** Tells the live connection whose tab it is. */
let announce: (token: string) => void = () => {};
let robot: string | null = null;
let holder: string | null = null;
let drawn = "";

/** The token of this tab, or null. */
export function leaseToken(): string | null {
  return kept()?.token ?? null;
}

export function onLease(listener: (token: string) => void): void {
  announce = listener;
}

/** Whether this tab holds the robot it shows. */
function isOurs(): boolean {
  return holder !== null && kept()?.holder === holder;
}

/** Before anything is done from here. @returns why it may not be, or null */
export async function ensureSeat(): Promise<string | null> {
  if (robot === null || isOurs()) return null;
  if (holder !== null) return "Another tab holds the robot. Take over first, at the top of the page.";
  return sit(false);
}

async function sit(take: boolean): Promise<string | null> {
  if (robot === null) return "There is no robot here.";
  const answer = await takeLease(robot, leaseToken(), take);
  if (typeof answer === "string") return answer;
  sessionStorage.setItem(KEY, JSON.stringify({ robot, ...answer } satisfies Kept));
  holder = answer.holder;
  announce(answer.token);
  draw();
  return null;
}

/** @param shown the robot on the page, or null; @param by the tab that holds it, by name */
export function drawSeat(shown: string | null, by: string | null): void {
  robot = shown;
  holder = by;
  draw();
}

function draw(): void {
  const who = holder === null ? "free" : isOurs() ? "ours" : "other";
  if (who === drawn) return;
  drawn = who;
  const tile = byId("seat");
  tile.dataset["holder"] = who;
  setText(tile, { free: "the terminal only", ours: "this tab", other: "another tab" }[who]);
  const box = byId("seat-actions");
  box.replaceChildren(...(who === "free" ? [] : [who === "ours" ? giveBackButton() : takeOverButton(box)]));
}

function giveBackButton(): HTMLElement {
  const button = element("button", { type: "button", "data-testid": "seat-release" }, "Give back");
  button.addEventListener("click", () => {
    const token = leaseToken();
    if (robot !== null && token !== null) void giveBackLease(robot, token);
  });
  return button;
}

function takeOverButton(box: HTMLElement): HTMLElement {
  const button = element("button", { type: "button", "data-testid": "seat-take" }, "Take over");
  button.addEventListener("click", () => box.replaceChildren(confirmation()));
  return button;
}

/** Somebody is at work there: the robot's id is typed, as on the command line. */
function confirmation(): HTMLElement {
  const id = robot ?? "";
  const field = element("input", {
    id: "seat-id",
    "data-testid": "seat-id",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    required: true,
  });
  const refused = element("span", { class: "refused", role: "alert", "data-testid": "seat-refused" });
  const form = element(
    "form",
    { "data-testid": "seat-confirm" },
    element("label", { for: "seat-id" }, `Somebody may be at work there. Type ${id} to take over: `),
    field,
    element("button", { type: "submit", "data-testid": "seat-sure" }, "Take over"),
    refused,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() !== id) setText(refused, `That is not ${id}.`);
    else void sit(true).then((problem) => problem !== null && setText(refused, problem));
  });
  queueMicrotask(() => field.focus({ preventScroll: true }));
  return form;
}

function kept(): Kept | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    return found?.robot === robot || robot === null ? found : null;
  } catch {
    return null;
  }
}
