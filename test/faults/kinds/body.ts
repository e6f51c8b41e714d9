/** What befalls the robot itself: its motors, its battery, and hands. */
import { ABORTED, befalls, everywhere, type Fault, INTERRUPTED } from "../fault.ts";

const SIX_OF_EIGHT = 5;
/** Limits that a robot crosses which falls, or is held. */
const FALLS = ["tilt", "height", "lateral-distance", "joint-position", "joint-speed", "motor-torque"];

export const BODY_FAULTS: readonly Fault[] = [
  {
    id: "motor-overheats",
    group: "body",
    words: "a motor overheats and its drive cuts out",
    strike: everywhere(befalls(() => ({ kind: "heated", motor: SIX_OF_EIGHT, temperature: 90 }))),
    promise: { by: ["motor-temperature"], within: 0.35, ...ABORTED },
  },
  {
    id: "battery-sags",
    group: "body",
    words: "the battery sags below its cut-off",
    strike: everywhere(befalls(() => ({ kind: "drained", charge: 0.04 }))),
    promise: { by: ["battery-voltage", "robot-rebooted", "robot-fault"], within: 1.3, ...INTERRUPTED },
    note: "the mean over 1 s: a walk's peaks are no empty battery",
  },
  {
    id: "battery-collapses",
    group: "body",
    words: "the battery collapses: the robot's computer resets",
    strike: everywhere(befalls(() => ({ kind: "drained", charge: 0 }))),
    promise: {
      by: ["robot-rebooted", "battery-voltage", "link-lost", "robot-fault", "frame-age", "frame-gap"],
      within: 0.6,
      ...INTERRUPTED,
    },
  },
  {
    id: "robot-reboots",
    group: "body",
    words: "the robot's computer resets",
    strike: everywhere(befalls(() => ({ kind: "reboot" }))),
    promise: {
      by: ["robot-rebooted", "link-lost", "frame-age", "frame-gap"],
      within: 0.15,
      ...INTERRUPTED,
    },
  },
  {
    id: "leg-lame",
    group: "body",
    words: "a leg's motors lose their torque",
    strike: everywhere(befalls(({ random }) => ({ kind: "lame", leg: Math.floor(4 * random.uniform()) }))),
    promise: {
      by: ["finished", ...FALLS],
      within: null,
      end: ["completed", "aborted"],
      latched: false,
    },
    note: "not detected by itself: bounded by the limits of tilt, height and place, which stop it when it falls; a walk that limps to its end is a poor one",
  },
  {
    id: "joint-jammed",
    group: "body",
    words: "a gear seizes: one joint moves no more",
    strike: everywhere(
      befalls(({ random }) => ({ kind: "jammed", motor: Math.floor(8 * random.uniform()) })),
    ),
    promise: {
      by: ["finished", "frozen", ...FALLS],
      within: null,
      end: ["completed", "aborted", "interrupted"],
      latched: false,
    },
    note: "seen as a frozen encoder where the link stands still too; behind a spring the leg still moves, and it is bounded by the limits of torque, tilt and height",
  },
  {
    id: "robot-lifted",
    group: "body",
    words: "somebody picks it up",
    strike: everywhere(befalls(() => ({ kind: "lifted", height: 0.4 }))),
    promise: { by: ["height"], within: 0.6, ...ABORTED },
    note: "cut: anything else would drive legs in somebody's hands. 0.2 s of it is the way from the ground to the limit",
  },
  {
    id: "robot-turned-over",
    group: "body",
    words: "somebody throws it onto its back",
    strike: everywhere(befalls(() => ({ kind: "shove", velocity: [0, 0, 2], spin: [8, 0, 0] }))),
    promise: { by: ["tilt", "height"], within: 0.4, ...ABORTED },
    note: "cut",
  },
  {
    id: "robot-pushed",
    group: "body",
    words: "somebody bumps into it (0.3 m/s)",
    strike: everywhere(
      befalls(({ random }) => ({ kind: "shove", velocity: [0, random.uniform() < 0.5 ? 0.3 : -0.3, 0] })),
    ),
    promise: { by: ["finished", ...FALLS], within: null, end: ["completed", "aborted"], latched: false },
    note: "no fault that is to be seen; one that falls of it is stopped by its limits, and the operator says that it was not the gait",
  },
  {
    id: "robot-knocked-down",
    group: "body",
    words: "somebody knocks it over (2.5 m/s)",
    strike: everywhere(befalls(() => ({ kind: "shove", velocity: [0, 2.5, 0.5] }))),
    promise: { by: FALLS, within: 0.8, ...ABORTED },
  },
];
