/** What a person does, in every state of a trial. */
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { TRIAL_PHASES, type TrialPhase } from "../../../src/station/messages.ts";
import { everywhere, type Fault, type Promised, type Scene, type Strike } from "../fault.ts";

/** Phases that last, s: the e-stop comes at a random moment of them. */
const LASTS: Partial<Readonly<Record<TrialPhase, number>>> = {
  preflight: 0.15,
  stand: 0.15,
  "ramp-in": 0.25,
  settle: 0.15,
  measure: 3.5,
  "ramp-out": 0.25,
  "stand-down": 0.15,
};
/** It has walked: what was seen of the gait counts. */
const WALKED: readonly TrialPhase[] = ["ramp-in", "settle", "measure", "ramp-out", "stand-down"];
const WORDS = "the test presses it";

const press = ({ strikes, study }: Scene): void => {
  strikes();
  study.eStop(WORDS);
};

const pressIn =
  (phase: TrialPhase): Strike =>
  (scene) => {
    const { onPhase, later, random } = scene;
    onPhase(phase, () => later((LASTS[phase] ?? 0) * random.uniform(), () => press(scene)));
    return undefined;
  };

/** Something else has brought it to rest, or is about to. */
const pressAfterFault = (phase: TrialPhase): Strike =>
  everywhereElse((scene) => {
    scene.onPhase("measure", () =>
      scene.body.befall({ kind: "not-a-number", channel: channelName.pitch, duration: 60 }),
    );
    scene.onPhase(phase, () => press(scene));
  });

function everywhereElse(strike: (scene: Scene) => void): Strike {
  return (scene) => {
    strike(scene);
    return undefined;
  };
}

const ABORTED: Promised = { by: ["operator-stop"], within: 0.05, end: ["aborted"], latched: true };

function promised(phase: TrialPhase): Promised {
  if (WALKED.includes(phase)) return ABORTED;
  if (phase === "done") return { ...ABORTED, by: ["finished"], end: ["completed"] };
  if (phase === "safe-stop") return { ...ABORTED, by: ["not-a-number"], end: ["interrupted"] };
  // Before the walk it says nothing about the gait: it is walked when the latch is open.
  return { ...ABORTED, by: ["operator-stop", "finished"], end: ["interrupted", "completed"] };
}

const NOTES: Partial<Readonly<Record<TrialPhase, string>>> = {
  idle: "before any walk: no trial is spent on it",
  "ramp-out": "it still walks: an e-stop is one against this walk",
  done: "the walk is over, and counts",
  "safe-stop": "the first cause is kept, and the robot is latched besides",
};

/** Where a person is asked something there is no trial, and when it is latched there is nothing left to stop: tests of their own. */
const ELSEWHERE: readonly TrialPhase[] = ["awaiting-operator", "latched"];

export const OPERATOR_FAULTS: readonly Fault[] = [
  ...TRIAL_PHASES.filter((phase) => !ELSEWHERE.includes(phase)).map((phase): Fault => {
    const note = NOTES[phase];
    return {
      id: `e-stop-in-${phase}`,
      group: "operator",
      words: `e-stop in the phase ${phase}`,
      at: "open",
      strike: everywhere(phase === "safe-stop" ? pressAfterFault(phase) : pressIn(phase)),
      promise: promised(phase),
      ...(note === undefined ? {} : { note }),
    };
  }),
  {
    id: "e-stop-when-latched",
    group: "operator",
    words: "e-stop of a robot that is latched already",
    at: "open",
    strike: everywhere((scene) => {
      scene.onPhase("measure", () => press(scene));
      scene.onPhase("latched", () => scene.study.eStop("once more"));
      return undefined;
    }),
    promise: ABORTED,
    note: "the first reason is kept",
  },
  {
    id: "ctrl-c",
    group: "operator",
    words: "Ctrl-C, once",
    strike: everywhere(({ study }) => {
      study.stop("Ctrl-C");
      return undefined;
    }),
    promise: { by: ["operator-stop"], within: 0.8, end: ["interrupted"], latched: false },
    note: "it ramps out, stands and disarms; the same command walks it again, and it never counts against the gait",
  },
  {
    id: "ctrl-c-twice",
    group: "operator",
    words: "Ctrl-C, and once more while it ramps out",
    strike: everywhere(({ study, later, random }) => {
      study.stop("Ctrl-C");
      later(0.25 * random.uniform(), () => study.eStop("e-stop by Ctrl-C"));
      return undefined;
    }),
    promise: { ...ABORTED, within: 0.35 },
  },
];
