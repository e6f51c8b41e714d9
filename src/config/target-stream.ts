/** Joint targets that gaitsmith streams to a robot that does not run the gait. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import { readSigns } from "./joint-signs.ts";
import { nearestName } from "./nearest-name.ts";
import type { TargetStream } from "./rosbridge-link.ts";
import type { WrittenRosbridgeLink } from "./rosbridge-schema.ts";
import { toSi } from "./units.ts";

/** Fewer targets than these may be late before the robot must not stop by itself. */
const TARGETS_IN_TIMEOUT = 3;

/** What is wrong is reported to the source. */
export function readTargets(
  source: ConfigSource,
  written: NonNullable<WrittenRosbridgeLink["control"]["targets"]>,
  { joints, ownName }: { readonly joints: readonly string[]; readonly ownName: (joint: string) => string },
): TargetStream {
  const path: FieldPath = ["link", "control", "targets"];
  const refuse = (field: FieldPath, what: string, remedy: string): void =>
    source.report({ path: [...path, ...field], what, remedy });
  const rate = toSi(written.rate, "Hz");
  if (!(rate > 0))
    refuse(["rate"], "it is not above zero", "Write how many targets a second the robot takes.");
  const timeout = toSi(written.timeout, "s");
  if (rate > 0 && !(timeout * rate >= TARGETS_IN_TIMEOUT))
    refuse(
      ["timeout"],
      `\`${written.timeout}\` is shorter than ${TARGETS_IN_TIMEOUT} periods of \`${written.rate}\`: the robot would stop whenever a target is a little late`,
      "Raise the rate, or the robot's time-out.",
    );
  const order = written.order ?? joints;
  const resolved = order.map(
    (entry) => joints.find((joint) => joint === entry) ?? joints.find((joint) => ownName(joint) === entry),
  );
  for (const [index, entry] of order.entries()) {
    if (resolved[index] !== undefined) continue;
    const near = nearestName(entry, joints);
    refuse(
      ["order", index],
      "no joint has this name",
      `${near === null ? "" : `Did you mean \`${near}\`? `}The joints are: ${joints.join(", ")}.`,
    );
  }
  const missing = joints.filter((joint) => !resolved.includes(joint));
  if (missing.length > 0 && resolved.every((joint) => joint !== undefined))
    refuse(["order"], `${missing.join(", ")} is missing`, "Name every joint once.");
  const named = resolved.flatMap((joint) => joint ?? []);
  const signs = readSigns(source, [...path, "sign"], named, written.sign);
  return {
    topic: written.topic,
    type: written.type === "std_msgs/Float64MultiArray" ? written.type : "trajectory_msgs/JointTrajectory",
    rate,
    joints: named.map((joint, index) => ({ name: ownName(joint), joint, sign: signs[index] ?? 1 })),
    timeout,
    where: `${source.placeOf(path)}, ${pathText(path)}`,
  };
}
