/** What a jog says: whether the joint that was told to move is the one that moved, the right way and about as far. */
import type { JoggedJoint, JogOutcome } from "../../station/messages.ts";
import { type Finding, figure, found } from "./finding.ts";

/** Shares of the amplitude: below the first a joint has not moved; outside the others it moved too little or too far. */
const STILL = 0.25;
const LITTLE = 0.5;
const FAR = 1.6;

/**
 * All jogs together. Where another joint moved instead of the jogged one although that other one has a motor of its own that works,
 * the legs are coupled (a knee driven through rods along the thigh) and the jogged joint's motor is dead, not exchanged.
 */
export function jogFindings(
  outcomes: readonly JogOutcome[],
  fields: { readonly order: string; readonly sign: string },
): Finding[] {
  return outcomes.map((outcome) => {
    const finding = jogFinding(outcome, fields);
    const instead = movedInstead(outcome);
    const own = outcomes.find(({ joint }) => joint === instead);
    if (instead === null || own === undefined || jogFinding(own, fields).result === "missing") return finding;
    const { joint } = outcome;
    return {
      ...finding,
      words: `no motion of its own; ${instead}, whose motor works, moved along`,
      remedy: noMotion(joint),
    };
  });
}

/** The joint that moved while the jogged one did not, or null. */
function movedInstead({ joint, amplitude, joints, reason }: JogOutcome): string | null {
  const own = joints.find((one) => one.joint === joint);
  const other = farthestOther(joints, joint);
  if (own === undefined || other === undefined || reason.code === "jog-too-much") return null;
  const size = Math.abs(amplitude);
  return reach(own) < STILL * size && reach(other) > LITTLE * size ? other.joint : null;
}

function noMotion(joint: string): string {
  return `Check the motor of ${joint}, its cable, its supply and its address, and that its encoder reads (encoders by hand).`;
}

/** @param fields where the config or the firmware says which motor is which and which way it turns */
export function jogFinding(
  outcome: JogOutcome,
  fields: { readonly order: string; readonly sign: string },
): Finding {
  const { joint, amplitude, joints, reason } = outcome;
  const own = joints.find((one) => one.joint === joint);
  const other = farthestOther(joints, joint);
  if (own === undefined) return found(joint, "missing", `not jogged: ${reason.words}`);
  const more = { value: own.moved, unit: "rad" };
  const asked = figure(amplitude, "rad");
  const size = Math.abs(amplitude);
  switch (reason.code) {
    case "jog-too-much": {
      const ran = [...joints].sort((a, b) => reach(b) - reach(a))[0]!;
      // Before any joint was moved all of them were held: whoever runs off then does not fit its own encoder.
      const held = joints.every(({ farthest }) => farthest === 0);
      const when = held ? " as soon as it had power" : "";
      return found(
        joint,
        "missing",
        `${ran.joint} ran off by ${figure(farther(ran), "rad")}${when}, stopped at once`,
        {
          ...more,
          remedy:
            held || ran.joint === joint
              ? `Motor and encoder of ${ran.joint} do not agree: compare direction (${fields.sign}), zero, unit and order (${fields.order}).`
              : `The motor of ${ran.joint} obeys ${joint}: compare the order in ${fields.order}.`,
        },
      );
    }
    case "jog-wrong-way":
      return reversed(farther(own));
    case "jog-wrong-joint":
      return instead(other);
  }
  if (outcome.end !== "completed") return found(joint, "missing", `stopped: ${reason.words}`, more);
  if (Math.abs(own.moved) < STILL * size) {
    if (Math.abs(other?.moved ?? 0) > LITTLE * size) return instead(other);
    return found(joint, "missing", `no motion: ${figure(own.moved, "rad")} of ${asked}`, {
      ...more,
      remedy: noMotion(joint),
    });
  }
  if (own.moved * Math.sign(amplitude) < 0) return reversed(own.moved);
  const share = Math.abs(own.moved) / size;
  if (share < LITTLE || share > FAR)
    return found(joint, "warning", `moved by ${figure(own.moved, "rad")} of ${asked}`, {
      ...more,
      remedy:
        "Compare gear ratio and unit of target and encoder; a soft spring that carries weight moves less.",
    });
  if (Math.abs(own.left) > LITTLE * size)
    return found(
      joint,
      "warning",
      `moved by ${figure(own.moved, "rad")} and did not come back: ${figure(own.left, "rad")} left`,
      {
        ...more,
        remedy: "Look for friction, a loose horn or a slipping gear.",
      },
    );
  const along =
    other !== undefined && Math.abs(other.moved) > LITTLE * size
      ? `; ${other.joint} moved along, by ${figure(other.moved, "rad")}`
      : "";
  return found(
    joint,
    along === "" ? "ok" : "warning",
    `moved by ${figure(own.moved, "rad")} of ${asked}${along}`,
    {
      ...more,
      ...(along === "" ? {} : { remedy: "Coupled legs do so; otherwise two motors obey one target." }),
    },
  );

  function reversed(by: number): Finding {
    return found(joint, "missing", `wrong sign: it moved by ${figure(by, "rad")} instead of ${asked}`, {
      ...more,
      remedy: `Turn the sign of ${joint} round in ${fields.sign}.`,
    });
  }

  function instead(moved: JoggedJoint | undefined): Finding {
    const name = moved?.joint ?? "another joint";
    return found(joint, "missing", `wrong joint: ${name} moved by ${figure(farther(moved), "rad")} instead`, {
      ...more,
      remedy: `Exchange the motors of ${joint} and ${name} in ${fields.order}.`,
    });
  }
}

function farthestOther(joints: readonly JoggedJoint[], joint: string): JoggedJoint | undefined {
  return joints.filter((one) => one.joint !== joint).sort((a, b) => reach(b) - reach(a))[0];
}

function reach(one: JoggedJoint): number {
  return Math.abs(farther(one));
}

/** Where a joint was at its farthest, rad: while it was held, or on its way there. */
function farther(one: JoggedJoint | undefined): number {
  if (one === undefined) return Number.NaN;
  return Math.abs(one.farthest) >= Math.abs(one.moved) || Number.isNaN(one.moved) ? one.farthest : one.moved;
}
