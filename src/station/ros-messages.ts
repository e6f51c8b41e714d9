/** The one door to ROS message definitions and their serialisation (ROS 1 encoding, which MCAP tools read everywhere). */
import { parse, stringify } from "@foxglove/rosmsg";
import { ros1 } from "@foxglove/rosmsg-msgs-common";
import { MessageReader, MessageWriter } from "@foxglove/rosmsg-serialization";

type Definitions = ReturnType<typeof parse>;

/** Our own types, for what ROS has no message for. */
const OWN: Readonly<Record<string, string>> = {
  // Every channel of the robot as it came, in the order of the channel's metadata `channels`.
  "gaitsmith_msgs/Frame": "uint32 seq\nfloat64 t_robot\nfloat64 t_arrival\nfloat64[] values\n",
  "gaitsmith_msgs/Outcome": "string json\n",
};

export interface RosType {
  readonly name: string;
  /** The definition with all it depends on. */
  readonly text: string;
  write(message: unknown): Uint8Array;
}

export function rosType(name: string): RosType {
  const definitions = definitionsOf(name);
  const writer = new MessageWriter(definitions);
  return { name, text: stringify(definitions), write: (message) => writer.writeMessage(message) };
}

/** Reads messages whose definition came with a file. */
export function rosReader(text: string): (data: Uint8Array) => unknown {
  const reader = new MessageReader(parse(text));
  return (data) => reader.readMessage(data);
}

function definitionsOf(name: string): Definitions {
  const own = OWN[name];
  if (own !== undefined) return parse(own).map((definition) => ({ ...definition, name: undefined }) as never);
  const found: Definitions = [];
  const seen = new Set<string>();
  const visit = (type: string): void => {
    if (seen.has(type)) return;
    seen.add(type);
    const definition = (ros1 as Readonly<Record<string, Definitions[number]>>)[type];
    if (definition === undefined) throw new RangeError(`ROS has no message ${type}`);
    // The first definition is the message itself and goes without a name.
    found.push(found.length === 0 ? { definitions: definition.definitions } : definition);
    for (const field of definition.definitions) if (field.isComplex === true) visit(field.type);
  };
  visit(name);
  return found;
}
