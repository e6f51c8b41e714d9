/** Robots and programs that are not what they say, or not the only ones. */
import { setTimeout as delay } from "node:timers/promises";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import type { Capabilities } from "../../../src/robot/robot.ts";
import { type Fault, INTERRUPTED, type Promised, type Strike } from "../fault.ts";
import { tamper } from "./line.ts";

const REFUSED: Promised = {
  by: ["finished"],
  within: null,
  end: ["completed"],
  latched: false,
  refused: "ROBOT_MISMATCH",
};

/** It says something else of itself, until it has been refused. */
const disguised = (change: (capabilities: Capabilities) => Capabilities): Strike => {
  return ({ robot, strikes }) => {
    strikes();
    robot!.disguise = change;
    return () => {
      robot!.disguise = (capabilities) => capabilities;
    };
  };
};

const wide = (config: HardwareConfig): HardwareConfig => ({
  ...config,
  envelope: {
    ...config.envelope,
    tilt: { ...config.envelope.tilt, high: Number.NaN },
  },
});

export const IDENTITY_FAULTS: readonly Fault[] = [
  {
    id: "other-firmware",
    group: "identity",
    words: "the firmware speaks another version of the protocol, or has other joints",
    at: "open",
    strike: {
      "in process": disguised((capabilities) => ({
        ...capabilities,
        joints: capabilities.joints.toReversed(),
      })),
      serial: ({ peer, strikes }) => {
        strikes();
        return tamper(peer!, (message) =>
          message.kind === "hello-reply" ? { ...message, protocol: message.protocol + 1 } : null,
        );
      },
    },
    promise: REFUSED,
  },
  {
    id: "other-robot",
    group: "identity",
    words: "another robot is at the other end",
    at: "open",
    strike: {
      serial: ({ peer, strikes }) => {
        strikes();
        return tamper(peer!, (message) =>
          message.kind === "hello-reply" ? { ...message, robotId: "somebody-else" } : null,
        );
      },
    },
    promise: REFUSED,
  },
  {
    id: "limit-not-a-number",
    group: "identity",
    words: "the config's limit of tilt is no number",
    at: "open",
    config: wide,
    strike: {
      "in process": ({ strikes }) => {
        strikes();
        return undefined;
      },
    },
    promise: { ...REFUSED, refused: "CONFIG_INVALID" },
    note: "a robot with an unset limit cannot be armed",
  },
  {
    id: "parameters-not-echoed",
    group: "identity",
    words: "the robot understood other parameters than were sent",
    at: "open",
    strike: {
      "in process": ({ robot, strikes }) => {
        strikes();
        robot!.answer = ({ kind }) =>
          kind === "stage" ? { accepted: true, reason: "", hash: "deadbeef" } : null;
        return () => {
          robot!.answer = () => null;
        };
      },
      serial: ({ peer, strikes }) => {
        strikes();
        return tamper(peer!, (message) =>
          message.kind === "staged" ? { ...message, hash: (message.hash ^ 1) >>> 0 } : null,
        );
      },
    },
    promise: REFUSED,
    note: "compared by hash before it is committed: it never walks with them",
  },
  {
    id: "old-session-replayed",
    group: "identity",
    words:
      "the cable is pulled, and everything that was sent in this session is played to the robot once more",
    at: "open",
    clock: "realtime",
    strike: {
      serial: ({ peer, strikes, onPhase, later, random }) => {
        const recorded: Uint8Array[] = [];
        peer!.tap.toRobot = (bytes) => {
          recorded.push(Uint8Array.from(bytes));
          return bytes;
        };
        onPhase("measure", () =>
          later(3 * random.uniform(), () => {
            strikes();
            peer!.unplug();
            peer!.tap.toRobot = undefined;
          }),
        );
        return async () => {
          // It lies without power, and its lease has not lapsed.
          for (const bytes of recorded) {
            peer!.inject(bytes);
            await delay(2);
          }
          await delay(500);
          await peer!.replug();
        };
      },
    },
    promise: { by: ["link-lost"], within: 0.3, ...INTERRUPTED },
    note: "requests are carried out once, and answers to old challenges feed no dead-man: it stays where it lies",
  },
];
