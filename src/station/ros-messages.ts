/** The one door to ROS message definitions and their serialisation (ROS 1 encoding, which MCAP tools read everywhere). */
import { parse, stringify } from "@foxglove/rosmsg";
import { ros1 } from "@foxglove/rosmsg-msgs-common";
import { MessageReader, MessageWriter } from "@foxglove/rosmsg-serialization";
import { METRICS } from "../config/metrics.ts";

type Definitions = ReturnType<typeof parse>;

/**
 * Our own types, for what ROS has no message for. `t_robot`: the robot's clock, s, the time in a trial. `t_station`: the
 * station's clock, s.
 */
const OWN: Readonly<Record<string, string>> = {
  // Every channel of the robot as it came, in the order of the channel's metadata `channels`.
  "gaitsmith_msgs/Frame": "uint32 seq\nfloat64 t_robot\nfloat64 t_arrival\nfloat64[] values\n",
  "gaitsmith_msgs/Trial": `string robot
uint32 trial
uint32 attempt
string config
string[] parameter_names
float64[] parameter_values
float64 station_start
`,
  "gaitsmith_msgs/Limits": `gaitsmith_msgs/Limit[] limits
================================================================================
MSG: gaitsmith_msgs/Limit
string name
string joint
string unit
float64 low
float64 high
float64 nominal
float64 soft_low
float64 soft_high
string debounce
string action
string outcome
string unwatched
`,
  // The debounced value of each limit, that of the worst joint, in the order of the limits without a joint; NaN: not watched.
  "gaitsmith_msgs/Margins": "float64 t_robot\nfloat64[] values\n",
  // `names` and `values`: what goes with it as numbers; `words`: the level of a stop, the hash of a commit.
  "gaitsmith_msgs/Command": `uint32 id
string kind
string words
string[] names
float64[] values
float64 t_robot
float64 t_station
`,
  "gaitsmith_msgs/Acknowledgement": `uint32 id
string kind
bool accepted
string words
float64 latency
float64 t_robot
`,
  "gaitsmith_msgs/Report": `uint32 step
float64 t_robot
float64 time
${METRICS.map(({ name }) => `float64 ${name}\n`).join("")}`,
  // The reward of the report and what it had to reach; NaN where there is none.
  "gaitsmith_msgs/Decision": "uint32 step\nstring verdict\nstring reason\nfloat64 value\nfloat64 threshold\n",
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

/** Reads messages whose definition came with a file. @throws when the text is no definition */
export function rosReader(text: string): (data: Uint8Array) => unknown {
  const reader = new MessageReader(parse(text));
  return (data) => reader.readMessage(data);
}

function definitionsOf(name: string): Definitions {
  const own = OWN[name];
  // The first definition is the message itself and goes without a name.
  if (own !== undefined) return parse(own);
  const found: Definitions = [];
  const seen = new Set<string>();
  const visit = (type: string): void => {
    if (seen.has(type)) return;
    seen.add(type);
    const definition = (ros1 as Readonly<Record<string, Definitions[number]>>)[type];
    if (definition === undefined) throw new RangeError(`ROS has no message ${type}`);
    found.push(found.length === 0 ? { definitions: definition.definitions } : definition);
    for (const field of definition.definitions) if (field.isComplex === true) visit(field.type);
  };
  visit(name);
  return found;
}
