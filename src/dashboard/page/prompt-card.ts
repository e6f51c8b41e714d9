/**
 * What the person at the robot is asked, on top of the page. Not a modal dialogue: the e-stop stays where it is, and Space and
 * Escape stay with it. So nothing here needs a space: the distance is a number, its unit a choice. Enter operates.
 */
import type { PromptState } from "../../service/live-events.ts";
import { answerPrompt } from "./api.ts";
import { byId, element, setText } from "./element.ts";

type Prompt = NonNullable<PromptState["open"]>;
type Word = Prompt["answers"][number];

/** A prompt takes no answer for so long, ms: a double click on the one before is not meant for it. */
const UNREAD_MS = 500;
/** How long it is told who answered elsewhere, ms. */
const TOLD_MS = 8000;

export class PromptCard {
  readonly #card = byId("prompt");
  readonly #told = byId("prompt-told");
  #shown: number | null = null;
  /** Whether this page sent the answer. */
  #answered: number | null = null;

  draw({ open, closed }: PromptState): void {
    if ((open?.number ?? null) === this.#shown) return;
    if (open === null) {
      this.#shown = null;
      this.#card.hidden = true;
      this.#card.replaceChildren();
      if (closed !== null && closed.number !== this.#answered) this.#tell(closed);
    } else this.#ask(open);
  }

  #ask(prompt: Prompt): void {
    this.#shown = prompt.number;
    this.#told.hidden = true;
    const distance = prompt.kind === "distance-walked" ? distanceFields() : null;
    const note = element(
      "select",
      { id: "prompt-note", "data-testid": "prompt-note" },
      ...["", ...NOTES].map((text) => element("option", { value: text }, text)),
    );
    const refused = element("p", { class: "refused", role: "alert", "data-testid": "prompt-refused" });
    const buttons = prompt.answers.map((word) =>
      element(
        "button",
        {
          type: word === "continue" ? "submit" : "button",
          "data-testid": `prompt-${word}`,
          class: word,
          disabled: true,
        },
        label(prompt, word),
      ),
    );
    const setDisabled = (disabled: boolean): void => {
      for (const button of buttons) button.disabled = disabled;
    };
    const send = async (word: Word, length: string | null): Promise<void> => {
      setDisabled(true);
      this.#answered = prompt.number;
      const problem = await answerPrompt(prompt, {
        answer: word,
        ...(length === null ? {} : { distance: length }),
        ...(word === "continue" || note.value === "" ? {} : { note: note.value }),
      });
      if (problem === null) return;
      this.#answered = null;
      setText(refused, problem);
      setDisabled(false);
    };
    const form = element(
      "form",
      {},
      ...(distance?.elements ?? []),
      element("div", { class: "answers" }, ...buttons),
      ...(prompt.answers.length > 1
        ? [element("label", { class: "note", for: "prompt-note" }, "Because ", note)]
        : []),
      refused,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (buttons.every((button) => !button.disabled)) void send("continue", distance?.written() ?? null);
    });
    prompt.answers.forEach((word, index) => {
      const button = buttons[index];
      if (button?.type === "button") button.addEventListener("click", () => void send(word, null));
    });
    distance?.unknown.addEventListener("click", () => void send("continue", "unknown"));
    if (distance !== null) buttons.push(distance.unknown);
    this.#card.replaceChildren(
      element("h2", { id: "prompt-words", "data-testid": "prompt-words" }, prompt.words),
      form,
    );
    this.#card.hidden = false;
    // A stray Enter must not set a robot walking, so no button gets the focus by itself; a field does no harm.
    if (document.activeElement === document.body) distance?.field.focus({ preventScroll: true });
    setTimeout(() => setDisabled(false), UNREAD_MS);
  }

  #tell({ by, words }: NonNullable<PromptState["closed"]>): void {
    const how = words === "stopped" ? "" : ` (${words})`;
    const who =
      by === "stop"
        ? `A stop closed the prompt${how}.`
        : by === "robot"
          ? `Nothing is to be done any more: ${words}.`
          : `Answered ${PLACES[by]}: ${words}`;
    setText(this.#told, who);
    this.#told.hidden = false;
    setTimeout(() => {
      this.#told.hidden = true;
    }, TOLD_MS);
  }
}

/** To be chosen, since a typed note has spaces; free text is the command line's and the API's. */
const NOTES = [
  "something touched it",
  "a cable caught",
  "it slipped",
  "it started askew",
  "the ground was uneven",
  "the battery was low",
] as const;

const PLACES = { cli: "on the command line", page: "on another page" } as const;

function distanceFields() {
  const field = element("input", {
    id: "prompt-distance",
    "data-testid": "prompt-distance",
    type: "number",
    step: "any",
    required: true,
    inputmode: "decimal",
    autocomplete: "off",
  });
  const unit = element(
    "select",
    { id: "prompt-unit", "data-testid": "prompt-unit", "aria-label": "Unit" },
    ...["m", "cm", "mm"].map((name) => element("option", { value: name }, name)),
  );
  const unknown = element(
    "button",
    { type: "button", class: "unknown", "data-testid": "prompt-unknown", disabled: true },
    "Nobody knows",
  );
  const elements = [
    element("label", { for: "prompt-distance" }, "Distance"),
    element("span", { class: "quantity" }, field, unit),
    unknown,
    element("p", { class: "hint" }, "Space is the e-stop, here too: type the number alone."),
  ];
  return { field, unknown, elements, written: () => `${field.value} ${unit.value}` };
}

function label(prompt: Prompt, word: Word): string {
  const walked = "walked" in prompt ? prompt.walked : prompt.trial;
  switch (word) {
    case "continue":
      return prompt.kind === "distance-walked"
        ? "That far"
        : prompt.kind === "confirm-next"
          ? "Walk"
          : prompt.kind === "resume"
            ? "Resume"
            : "Done";
    case "skip":
      return prompt.kind === "exercise-e-stop" ? "Leave it out" : `Give trial ${prompt.trial} up`;
    case "redo":
      return `Walk trial ${walked} again: it was not the gait`;
    case "abandon":
      return `Discard trial ${walked}`;
  }
}
