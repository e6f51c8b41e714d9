/**
 * What the person at the robot is asked, on top of the page. Not a modal dialogue: the e-stop stays where it is, and Space and
 * Escape stay with it. So nothing here needs a space: the distance is a number, its unit a choice. Enter operates. One field takes
 * spaces: what was checked on a latched robot, which has been stopped already; Escape stops also there.
 */
import type { PromptState } from "../../service/live-events.ts";
import { answerPrompt } from "./api.ts";
import { byId, element, setText } from "./element.ts";
import { ensureSeat, leaseToken } from "./seat.ts";

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
    const checked = prompt.kind === "clear-latch" ? checkedFields(prompt.latch) : null;
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
          type: word === "continue" || word === "cleared" ? "submit" : "button",
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
      if (checked?.field.reportValidity() === false) return;
      setDisabled(true);
      this.#answered = prompt.number;
      const answer = {
        answer: word,
        ...(length === null ? {} : { distance: length }),
        ...(word === "continue" || note.value === "" ? {} : { note: note.value }),
        ...checked?.written(),
      };
      const problem = (await ensureSeat()) ?? (await answerPrompt(prompt, answer, leaseToken()));
      if (problem === null) return;
      this.#answered = null;
      setText(refused, problem);
      setDisabled(false);
    };
    const form = element(
      "form",
      {},
      ...(distance?.elements ?? []),
      ...(checked?.elements ?? []),
      element("div", { class: "answers" }, ...buttons),
      ...(prompt.answers.length > 1 && checked === null
        ? [element("label", { class: "note", for: "prompt-note" }, "Because ", note)]
        : []),
      refused,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (buttons.every((button) => !button.disabled))
        void send(checked === null ? "continue" : "cleared", distance?.written() ?? null);
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
    setText(this.#told, closedWords(by, words, how));
    this.#told.hidden = false;
    setTimeout(() => {
      this.#told.hidden = true;
    }, TOLD_MS);
  }
}

function closedWords(by: NonNullable<PromptState["closed"]>["by"], words: string, how: string): string {
  switch (by) {
    case "stop":
      return `A stop closed the prompt${how}.`;
    case "robot":
      return `Nothing is to be done any more: ${words}.`;
    case "clear":
      return `Cleared by ${words}.`;
    default:
      return `Answered ${PLACES[by]}: ${words}`;
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

/** What is latched, and what a person says they looked at. */
function checkedFields(latch: Extract<Prompt, { kind: "clear-latch" }>["latch"]) {
  const field = element("input", {
    id: "prompt-checked",
    "data-testid": "prompt-checked",
    "data-space-types": true,
    type: "text",
    required: true,
    maxlength: 500,
    autocomplete: "off",
    placeholder: "e.g. legs free, cables in place, nobody near",
  });
  const when = latch.at === "" ? "unknown" : new Date(latch.at).toLocaleString();
  const facts = [
    ["Latch", latch.id],
    ["Stopped", when],
    ["By", latch.code],
  ] as const;
  const elements = [
    element(
      "dl",
      { class: "latch", "data-testid": "prompt-latch" },
      ...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    ),
    element("label", { for: "prompt-checked", class: "checked" }, "What you checked ", field),
    element("p", { class: "hint" }, "Space types in this field; Escape is the e-stop, here too."),
  ];
  return { field, elements, written: () => ({ checked: field.value, latch: latch.id }) };
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
    case "cleared":
      return prompt.kind === "clear-latch" && prompt.walked !== null
        ? "Clear: the walk stays as it ended"
        : "Clear";
    case "skip":
      return prompt.kind === "exercise-e-stop" ? "Leave it out" : `Give trial ${prompt.trial} up`;
    case "redo":
      return `${clearing(prompt)}Walk trial ${walked} again: it was not the gait`;
    case "abandon":
      return `${clearing(prompt)}Discard trial ${walked}`;
  }
}

function clearing({ kind }: Prompt): string {
  return kind === "clear-latch" ? "Clear. " : "";
}
