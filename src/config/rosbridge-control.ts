/** How a robot behind rosbridge is told what to do through its own topics, services, actions and parameters. */
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { KNOWN_PLACES } from "./message-template.ts";
import type { MappedControl } from "./rosbridge-link.ts";
import { type OperationContext, OperationReader, PLAIN } from "./rosbridge-operations.ts";
import type { WrittenRosbridgeLink } from "./rosbridge-schema.ts";
import { readTargets } from "./target-stream.ts";
import { TemplateReader } from "./template-reader.ts";

type WrittenControl = WrittenRosbridgeLink["control"];

/** What the rest of the config says. */
export interface ControlContext extends OperationContext {
  /** The gait's parameters, tuned and fixed, and their SI units. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly tuned: readonly string[];
  /** The robot's own gait: gaitsmith cannot compute its targets. */
  readonly ownGait: boolean;
  readonly joints: readonly string[];
  readonly ownName: (joint: string) => string;
}

/** What is wrong is reported to the source. */
export function readMappedControl(
  source: ConfigSource,
  written: WrittenControl,
  context: ControlContext,
): MappedControl | null {
  const templates = new TemplateReader(source, context.parameters);
  const reader = new OperationReader(source, context, templates);
  const missing = (["arm", "disarm", "start", "stop"] as const).filter((name) => written[name] === undefined);
  const { arm, disarm, start, stop } = written;
  if (arm === undefined || disarm === undefined || start === undefined || stop === undefined) {
    source.report({
      path: ["link", "control"],
      what: `${missing.map((name) => `\`${name}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      remedy:
        "Say how each is done, `{ nothing: why }` where nothing is to be done; or `node:` where gaitsmith's own node runs on the robot.",
    });
    return null;
  }
  for (const name of context.parameters.keys())
    if (Object.hasOwn(KNOWN_PLACES, name))
      source.report({
        path: ["gait", "parameters", name],
        what: `\`$${name}\` means something else in the messages of link.control`,
        remedy: `Call the parameter something else than ${Object.keys(KNOWN_PLACES).join(", ")}.`,
        atKey: true,
      });
  const harmless = "a robot that cannot be stopped must not be started";
  const operations = {
    arm: reader.read(["arm"], arm, PLAIN),
    disarm: reader.read(["disarm"], disarm, PLAIN),
    parameters:
      written.parameters === undefined
        ? null
        : reader.read(["parameters"], written.parameters, {
            sendsParameters: true,
            walks: false,
            needed: "the gait's parameters would not reach the robot",
          }),
    start: reader.read(["start"], start, { sendsParameters: true, walks: true, needed: null }),
    neutral: reader.read(["stop", "neutral"], stop.neutral, PLAIN),
    settle: reader.read(["stop", "settle"], stop.settle, { ...PLAIN, needed: harmless }),
    cut: reader.read(["stop", "cut"], stop.cut, { ...PLAIN, needed: harmless }),
  };
  const targets = written.targets === undefined ? null : readTargets(source, written.targets, context);
  checkParametersSent(source, written, templates, context);
  const { arm: armed, disarm: disarmed, parameters, start: started, neutral, settle, cut } = operations;
  if (armed === null || disarmed === null || started === null || neutral === null) return null;
  if (settle === null || cut === null) return null;
  return {
    kind: "mapped",
    arm: armed,
    disarm: disarmed,
    parameters,
    start: started,
    stop: { neutral, settle, cut },
    targets,
  };
}

/** A parameter that is tuned and not sent would be tuned in vain: the robot never sees it. */
function checkParametersSent(
  source: ConfigSource,
  written: WrittenControl,
  { used, misread }: Pick<TemplateReader, "used" | "misread">,
  { tuned, ownGait }: ControlContext,
): void {
  const path: FieldPath = ["link", "control"];
  const refuse = (at: FieldPath, what: string, remedy: string, atKey = false): void =>
    source.report({ path: at, what, remedy, atKey });
  if (written.targets !== undefined) {
    if (written.parameters !== undefined)
      refuse(
        [...path, "parameters"],
        "gaitsmith streams joint targets to this robot, so it does not run the gait and takes no parameters",
        "Remove `parameters` or `targets`.",
        true,
      );
    if (ownGait)
      refuse(
        [...path, "targets"],
        "gaitsmith cannot stream the targets of the robot's own gait: it does not know it",
        "Name a gait of the catalogue in gait.name, or send `parameters` instead.",
        true,
      );
    return;
  }
  const unsent = tuned.filter((name) => !used.has(name));
  // Nothing is to be sent, or a place was misspelt: that is told already.
  if (unsent.length === 0 || misread || written.parameters?.nothing !== undefined) return;
  const places = unsent.map((name) => `\`$${name}\``).join(", ");
  refuse(
    written.parameters === undefined ? path : [...path, "parameters"],
    `${unsent.join(", ")} ${unsent.length === 1 ? "is" : "are"} tuned but never sent: the robot would walk the same whatever is tried`,
    `Send ${places} in \`parameters\` (or in \`start\`), or give ${unsent.length === 1 ? "it" : "each"} a single value in gait.parameters.`,
    written.parameters !== undefined,
  );
}
