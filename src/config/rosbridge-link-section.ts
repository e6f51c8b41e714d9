/** The `link:` block of a robot behind a rosbridge server. */
import { dirname, resolve } from "node:path";
import type { ClockKind } from "../robot/robot.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { SpeedSource } from "./hardware-config.ts";
import { nearestName } from "./nearest-name.ts";
import { plainType } from "./plain-type.ts";
import { type ControlContext, readMappedControl } from "./rosbridge-control.ts";
import type { MappedControl, NodeControl, RosbridgeLinkConfig, Watchdog } from "./rosbridge-link.ts";
import type { WrittenRosbridgeLink } from "./rosbridge-schema.ts";
import { readTelemetry } from "./rosbridge-telemetry.ts";
import { readServerUrl } from "./server-address.ts";
import { toSi } from "./units.ts";

/** How long a study waits for a server that is gone, s. */
const USUAL_PATIENCE = 60;

/** What the rest of the config says. */
export interface RobotContext
  extends Pick<ControlContext, "joints" | "parameters" | "tuned" | "ownGait" | "planned"> {
  /** null: the gait names none. */
  readonly legs: readonly string[] | null;
  readonly speedSource: SpeedSource;
}

/** What is wrong is reported to the source, and the result is then meaningless. */
export function readRosbridgeLink(
  source: ConfigSource,
  written: WrittenRosbridgeLink,
  clock: ClockKind,
  robot: RobotContext,
): RosbridgeLinkConfig {
  const ownName = ownNames(source, written.joint_names ?? {}, robot.joints);
  const ros = written.ros ?? "auto";
  const definitions = readDefinitions(source, written.definitions ?? {});
  const reconnectWithin =
    written.reconnect_within === undefined ? USUAL_PATIENCE : toSi(written.reconnect_within, "s");
  if (reconnectWithin < 0)
    report(source, ["reconnect_within"], "it is below zero", "Write 0 s to end the study at once.");
  const control = readControl(source, written, { ...robot, ownName, ros });
  if (clock === "lockstep" && written.control.node === undefined)
    report(
      source,
      ["clock"],
      "the time of a robot that is told what to do through its own topics does not wait for the computer",
      "Write `realtime`; lockstep is for simulated robots behind gaitsmith's own node.",
    );
  checkDistance(source, control, robot.speedSource);
  return {
    kind: "rosbridge",
    clock,
    url: readServerUrl(source, ["link", "url"], written.url),
    ros,
    authorizationFrom: written.authorization_from ?? null,
    certificateAuthority: readAuthority(source, written),
    reconnectWithin,
    definitions,
    telemetry: readTelemetry(source, written.telemetry, { ...robot, ownName, definitions }),
    control,
    watchdog: readWatchdog(source, written),
  };
}

/** The robot's own name of each joint: ours where the file gives none. */
function ownNames(
  source: ConfigSource,
  written: Readonly<Record<string, string>>,
  joints: readonly string[],
): (joint: string) => string {
  for (const joint of Object.keys(written)) {
    if (joints.includes(joint)) continue;
    const near = nearestName(joint, joints);
    report(
      source,
      ["joint_names", joint],
      "no joint has this name",
      `${near === null ? "" : `Did you mean \`${near}\`? `}The joints are: ${joints.join(", ")}; the robot's own names stand behind the colon.`,
      true,
    );
  }
  const ownName = (joint: string): string => (Object.hasOwn(written, joint) ? written[joint]! : joint);
  const taken = new Map<string, string>();
  for (const joint of joints) {
    const other = taken.get(ownName(joint));
    if (other !== undefined)
      report(
        source,
        ["joint_names"],
        `the robot's \`${ownName(joint)}\` would be both ${other} and ${joint}`,
        "Give every joint a name of its own.",
      );
    taken.set(ownName(joint), joint);
  }
  return ownName;
}

function readAuthority(source: ConfigSource, written: WrittenRosbridgeLink): string | null {
  const file = written.certificate_authority;
  if (file === undefined) return null;
  if (!/^wss:/i.test(written.url))
    report(
      source,
      ["certificate_authority"],
      "a ws:// server shows no certificate",
      "Write the address with wss://, or remove this.",
      true,
    );
  return resolve(dirname(source.file), file);
}

function readDefinitions(
  source: ConfigSource,
  written: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const type of Object.keys(written)) {
    if (/^[A-Za-z]\w*\/(msg\/)?[A-Za-z]\w*$/.test(type)) continue;
    report(
      source,
      ["definitions", type],
      `\`${type}\` is not the name of a message type`,
      "Write package/Type, for example my_msgs/GaitState.",
      true,
    );
  }
  return Object.fromEntries(Object.entries(written).map(([type, text]) => [plainType(type), text]));
}

function readControl(
  source: ConfigSource,
  { control }: WrittenRosbridgeLink,
  context: ControlContext,
): NodeControl | MappedControl {
  const { node, ...operations } = control;
  const others = Object.keys(operations);
  const byNode: NodeControl = { kind: "node", namespace: node ?? "" };
  if (node === undefined) return readMappedControl(source, control, context) ?? byNode;
  if (others.length > 0)
    report(
      source,
      ["control", "node"],
      `the node takes all commands, and yet ${others.map((name) => `\`${name}\``).join(", ")} ${others.length === 1 ? "is" : "are"} described`,
      "Keep `node`, or the operations.",
      true,
    );
  return byNode;
}

function readWatchdog(source: ConfigSource, written: WrittenRosbridgeLink): Watchdog {
  const { node, own } = written.watchdog ?? {};
  const controlNode = written.control.node;
  if (node !== undefined && own !== undefined)
    report(source, ["watchdog", "own"], "`node` says already who watches", "Keep one of the two.", true);
  else if (node === undefined && own === undefined)
    report(
      source,
      written.watchdog === undefined ? [] : ["watchdog"],
      `\`watchdog\` ${written.watchdog === undefined ? "is missing" : "names none"}: rosbridge does not tell a robot that its client is gone, so a robot whose computer crashes or whose radio fails walks on until something on it stops it`,
      "Run gaitsmith's watchdog node on the robot and write `watchdog: { node: /gaitsmith }`; or, when the robot stops by itself, say how: `watchdog: { own: … }`.",
    );
  else if (controlNode !== undefined && own !== undefined)
    report(
      source,
      ["watchdog", "own"],
      "the node that takes the commands demands keep-alives by itself",
      `Write \`watchdog: { node: ${controlNode} }\`.`,
      true,
    );
  else if (controlNode !== undefined && node !== undefined && node !== controlNode)
    report(
      source,
      ["watchdog", "node"],
      `commands go to the node ${controlNode}, which demands keep-alives by itself`,
      `Write \`watchdog: { node: ${controlNode} }\`.`,
    );
  return own === undefined ? { kind: "node", namespace: node ?? "" } : { kind: "own", because: own.trim() };
}

/** A distance that the robot is to tell must be told by something, and one that is told is there to be used. */
function checkDistance(
  source: ConfigSource,
  control: NodeControl | MappedControl,
  speedSource: SpeedSource,
): void {
  if (speedSource !== "robot") return;
  if (control.kind === "mapped" && "distance" in control.start && control.start.distance !== null) return;
  source.report({
    path: ["telemetry", "speed_source"],
    what: "the robot is to say how far it came, but nothing in link.control.start tells the distance",
    remedy:
      "Add `distance:` (a field of the answer of the service or action that walks), or choose pose, odometry or operator.",
  });
}

function report(source: ConfigSource, field: FieldPath, what: string, remedy: string, atKey = false): void {
  source.report({ path: ["link", ...field], what, remedy, atKey });
}
