/**
 * What a person at the robot is asked between walks, and what can be answered. A robot that people own cannot get back to
 * its start line, change its battery or measure how far it came: somebody does, and says so.
 *
 * What an answer does to the walk that has just been (`redo`, `abandon`) is what DESIGN calls an operator's "not the gait"
 * and "discard": it is heard for as long as that walk has not been told, which is until the next one begins.
 */
import { readQuantity } from "../config/units.ts";
import type { ParameterValue } from "../optimizer/search-space.ts";

/**
 * Which answers each prompt takes.
 *
 * - `continue`: it has been done.
 * - `skip`: the suggestion about to be walked is given up; its trial is abandoned. Of an exercise: it is left out.
 * - `redo`: something other than the gait spoilt the walk that has just been; it is interrupted, and walked again.
 * - `abandon`: that walk is discarded for good, and not walked again.
 * - `cleared`: the robot may move again, and the walk before stays what it was: an e-stop in it is held against its gait. `redo`
 *   and `abandon` clear a latch too.
 */
export const ANSWERS = {
  "place-on-start-line": ["continue", "skip", "redo", "abandon"],
  "distance-walked": ["continue", "redo", "abandon"],
  "swap-battery": ["continue", "skip"],
  "let-motors-cool": ["continue", "skip"],
  "clear-fault": ["continue", "skip"],
  "confirm-next": ["continue", "skip"],
  "clear-latch": ["cleared", "redo", "abandon"],
  resume: ["continue"],
  "exercise-e-stop": ["skip"],
} as const;

export type PromptKind = keyof typeof ANSWERS;
export type AnswerWord<Kind extends PromptKind = PromptKind> = (typeof ANSWERS)[Kind][number];

/** An e-stop's latch, while it is closed. */
export interface ClosedLatch {
  /** Quoted by whoever opens it. */
  readonly id: string;
  readonly code: string;
  readonly words: string;
  /** ISO 8601; "" when nobody knows. */
  readonly at: string;
}

/** What a refused preflight asks a person to do. */
export type MendKind = "swap-battery" | "let-motors-cool" | "clear-fault";

/** A prompt as the study runner raises it. */
export type PromptRequest =
  | {
      readonly kind: "place-on-start-line";
      /** The trial that is walked next. */
      readonly trial: number;
      /** The walk that has just been, while it may still be walked again or discarded; else null. */
      readonly walked: number | null;
    }
  | {
      readonly kind: "distance-walked";
      /** The trial that has just been walked. */
      readonly trial: number;
      /** A distance beyond this is taken for a slip of the unit, m. */
      readonly longest: number;
    }
  | {
      readonly kind: MendKind;
      /** The trial that is walked once it has been done. */
      readonly trial: number;
      /** What refused, with its figures. */
      readonly reason: string;
      /** It refused before the study's first walk: there is no trial to be given up. */
      readonly beforeStudy?: true;
    }
  | {
      /** Closes by itself when an e-stop has come, by whatever way. */
      readonly kind: "exercise-e-stop";
      readonly trial: number;
    }
  | {
      readonly kind: "clear-latch";
      /** The trial that was stopped, or that is walked next. */
      readonly trial: number;
      /** The walk that has just been, while it may still be judged; else null. */
      readonly walked: number | null;
      readonly latch: ClosedLatch;
      /** Why the answer before did not open it, or "". */
      readonly refused: string;
    }
  | {
      /** The study is paused. */
      readonly kind: "resume";
      /** The trial that is walked then. */
      readonly trial: number;
      /** Why it is paused. */
      readonly reason: string;
    }
  | {
      readonly kind: "confirm-next";
      readonly trial: number;
      /** The sampler's words on the suggestion. */
      readonly note: string;
      readonly parameters: readonly {
        readonly name: string;
        readonly value: ParameterValue;
        readonly unit: string;
      }[];
    };

/** A prompt that is open. */
export type Prompt = PromptRequest & {
  /** Names this prompt in answers; grows, also from one service to the next. */
  readonly number: number;
  readonly robot: string;
  /** What is to be done, in a sentence. */
  readonly words: string;
  readonly answers: readonly AnswerWord[];
};

export type AnsweredBy = "cli" | "page";

/** What became of the prompt before: answered by somebody, or overtaken by a stop or by what it asks for being done. */
export interface ClosedPrompt {
  readonly number: number;
  /** `robot`: it has come about by itself; `clear`: `gaitsmith clear`. */
  readonly by: AnsweredBy | "stop" | "robot" | "clear";
  /** In words, e.g. `continue`. */
  readonly words: string;
}

/** The answer to a prompt of a kind. */
export type AnswerTo<Kind extends PromptKind> = {
  [Word in AnswerWord<Kind>]: Noted<Word> &
    (Kind extends "distance-walked" ? (Word extends "continue" ? Walked : unknown) : unknown) &
    (Kind extends "clear-latch" ? Checked : unknown);
}[AnswerWord<Kind>];

interface Noted<Word> {
  readonly answer: Word;
  /** What the person has to say about it; "" for nothing. */
  readonly note: string;
}

interface Walked {
  /** m along the walkway from the start line, negative behind it, finite; or nobody knows. */
  readonly distance: number | "unknown";
}

interface Checked {
  /** What the person looked at, in their words; not empty. */
  readonly checked: string;
  /** Who they are. */
  readonly person: string;
}

export type Answer = { [Kind in PromptKind]: AnswerTo<Kind> }[PromptKind];

/** An answer as a person or a program wrote it. */
export interface WrittenAnswer {
  readonly answer: string;
  /** With unit, as in config files: `1.23 m`, `123 cm`; or `unknown`. */
  readonly distance?: string | undefined;
  readonly note?: string | undefined;
  /** Of `clear-latch`: what was looked at, and the id of the latch that it was shown with. */
  readonly checked?: string | undefined;
  readonly latch?: string | undefined;
  /** Who answers, where it is recorded. */
  readonly person?: string | undefined;
}

export type AnswerReading =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly what: string; readonly remedy: string };

export const LONGEST_NOTE = 500;

/** A walk that is told already cannot be judged any more. */
export function answersTo(request: PromptRequest): readonly AnswerWord[] {
  const all: readonly AnswerWord[] = ANSWERS[request.kind];
  if ("beforeStudy" in request && request.beforeStudy === true) return ["continue"];
  const judges = !("walked" in request) || request.walked !== null;
  return judges ? all : all.filter((word) => word !== "redo" && word !== "abandon");
}

/** What is to be done, in a sentence, the same wherever it is shown. */
export function promptWords(request: PromptRequest): string {
  const { trial } = request;
  switch (request.kind) {
    case "place-on-start-line":
      return `Put the robot on its start line for trial ${trial}.`;
    case "distance-walked":
      return `How far did the robot come in trial ${trial}, from the start line straight ahead?`;
    case "swap-battery":
      return `Change or charge the battery before trial ${trial}: ${request.reason}.`;
    case "let-motors-cool":
      return `Let the motors cool down before trial ${trial}: ${request.reason}.`;
    case "clear-fault":
      return `Clear the fault before trial ${trial}: ${request.reason}.`;
    case "clear-latch":
      return (
        `${request.refused === "" ? "" : `${request.refused} `}The robot was stopped and latched ` +
        `(${request.walked === null ? "before" : "in or after"} trial ${trial}): ${request.latch.words}. Look at it, then say what you checked.`
      );
    case "resume":
      return `The study is paused before trial ${trial}: ${request.reason}. Resume it?`;
    case "exercise-e-stop":
      return `Before trial ${trial} press the e-stop you would use, on page, terminal or robot. The robot has no power, and nothing latches.`;
    case "confirm-next":
      return `Trial ${trial} is next: ${request.parameters.map(parameterWords).join(", ")}.`;
  }
}

/** Reads what somebody answered to an open prompt. */
export function readAnswer(prompt: Prompt, written: WrittenAnswer): AnswerReading {
  const word = prompt.answers.find((one) => one === written.answer);
  const note = (written.note ?? "").trim().slice(0, LONGEST_NOTE);
  if (word === undefined)
    return refused(
      `\`${written.answer}\` is no answer to this prompt`,
      `Answer one of: ${prompt.answers.join(", ")}.`,
    );
  if (prompt.kind === "clear-latch") return readClearance(prompt.latch, word, note, written);
  if (prompt.kind !== "distance-walked" || word !== "continue") {
    if (written.distance === undefined) return { ok: true, answer: { answer: word, note } as Answer };
    return refused("a distance is not asked for", "Leave it out.");
  }
  const distance = (written.distance ?? "").trim();
  if (distance === "unknown") return { ok: true, answer: { answer: word, note, distance } };
  const reading = readQuantity(distance, "m");
  if (!reading.ok) return reading;
  if (Math.abs(reading.value) > prompt.longest)
    return refused(
      `\`${distance}\` is farther than this robot can have come (${prompt.longest} m)`,
      "Check the unit.",
    );
  return { ok: true, answer: { answer: word, note, distance: reading.value } };
}

/** Nobody opens another latch than the one they looked at, or without having looked. */
function readClearance(
  latch: ClosedLatch,
  answer: AnswerWord,
  note: string,
  written: WrittenAnswer,
): AnswerReading {
  const checked = (written.checked ?? "").trim().slice(0, LONGEST_NOTE);
  if (checked === "")
    return refused("nobody said what they checked", "Say what you looked at, in `checked`.");
  if (written.latch !== latch.id)
    return refused(
      `the latch is ${latch.id}, not ${written.latch ?? "named"}`,
      "Look at the robot, and give this latch's id in `latch`.",
    );
  const person = (written.person ?? "").trim().slice(0, LONGEST_NOTE) || "somebody on the page";
  return { ok: true, answer: { answer, note, checked, person } as Answer };
}

function refused(what: string, remedy: string): AnswerReading {
  return { ok: false, what, remedy };
}

function parameterWords({
  name,
  value,
  unit,
}: {
  name: string;
  value: ParameterValue;
  unit: string;
}): string {
  const figure = typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
  return `${name} ${figure} ${unit}`.trimEnd();
}
