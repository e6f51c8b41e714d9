/** Commands of the `Robot` interface as messages of the serial protocol. */
import { LONGEST_PAYLOAD } from "../../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import type { Command } from "../../robot/command.ts";

/** In the order in which they are to be sent; each is answered, and the last answer is the command's. */
export function messagesOf(command: Command): readonly Message[] {
  switch (command.kind) {
    case "stage":
      return stageInParts(command);
    case "commit":
      return [{ kind: "commit", hash: Number.parseInt(command.hash, 16) }];
    case "targets":
      return [{ kind: "targets", positions: command.positions }];
    default:
      return [{ kind: command.kind }];
  }
}

/** Gait, ramps, part numbers and lengths of one `stage`, bytes, without its values. */
const STAGE_OVERHEAD = 1 + 8 + 8 + 1 + 1 + 1;

function stageInParts({ parameters, rampIn, rampOut }: Extract<Command, { kind: "stage" }>): Message[] {
  const { gait } = parameters;
  const bytes = new TextEncoder();
  const room = LONGEST_PAYLOAD - STAGE_OVERHEAD - bytes.encode(gait).length;
  const parts: (readonly [string, number])[][] = [[]];
  let used = 0;
  for (const value of parameters.values) {
    const size = 1 + bytes.encode(value[0]).length + 8;
    if (used + size > room) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)!.push(value);
    used += size;
  }
  return parts.map(
    (values, part): MessageOf<"stage"> => ({
      kind: "stage",
      gait,
      rampIn,
      rampOut,
      part,
      parts: parts.length,
      values,
    }),
  );
}
