/**
 * The large red button, and the keys that stand for it. A press acts when the finger goes down, not when it comes
 * up, and says what became of it: taken, or not confirmed. A script of its own, so that it works when a chart does
 * not.
 */
import { emergencyStop } from "./api.ts";
import { byId, element } from "./element.ts";

function wireEmergencyStop(): void {
  const button = byId<HTMLButtonElement>("estop");
  const cut = byId<HTMLButtonElement>("estop-cut");
  const banner = byId("estop-state");
  let underway = false;

  const stop = async (how: string, level: "settle" | "cut"): Promise<void> => {
    if (underway) return;
    underway = true;
    show("sending", "Sending the e-stop…", "");
    const { taken, words } = await emergencyStop(`e-stop from the page (${how})`, level);
    underway = false;
    const time = new Date().toLocaleTimeString();
    if (taken) show("taken", `E-STOP TAKEN ${time}`, words);
    else
      show("failed", `NOT CONFIRMED ${time}`, `${words}. Use the robot's own stop or its power switch NOW.`);
  };

  const show = (state: "sending" | "taken" | "failed", title: string, words: string): void => {
    button.dataset["state"] = state;
    banner.dataset["state"] = state;
    banner.hidden = false;
    banner.replaceChildren(element("strong", {}, title), words === "" ? "" : ` — ${words}`);
  };

  const wire = (one: HTMLButtonElement, how: string, level: "settle" | "cut"): void => {
    /** The click that follows a pointer's press is the same press. */
    let pressed = false;
    one.addEventListener("pointerdown", () => {
      pressed = true;
      void stop(how, level);
    });
    one.addEventListener("click", (event) => {
      const same = pressed && event.detail !== 0;
      pressed = false;
      if (!same) void stop(how, level);
    });
  };
  wire(button, "button", "settle");
  wire(cut, "cut button", "cut");

  // Space on any control stops too: whoever hits it in a fright does not look where the focus is. Enter operates
  // the controls. There is one field in which Space types: what was checked on a robot that is latched already.
  const types = ({ target }: Event): boolean =>
    target instanceof Element && target.matches("[data-space-types]");
  const isStopKey = (event: KeyboardEvent): boolean =>
    (event.key === "Escape" || (event.key === " " && !types(event))) &&
    !event.ctrlKey &&
    !event.altKey &&
    !event.metaKey;
  addEventListener(
    "keydown",
    (event) => {
      if (!isStopKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat) return;
      const key = event.key === " " ? "Space" : "Escape";
      if (event.shiftKey) void stop(`Shift ${key}`, "cut");
      else void stop(key, "settle");
    },
    { capture: true },
  );
  // Some browsers click a focused button when Space comes up.
  addEventListener(
    "keyup",
    (event) => {
      if (event.key === " " && !types(event)) event.preventDefault();
    },
    { capture: true },
  );
}

wireEmergencyStop();
