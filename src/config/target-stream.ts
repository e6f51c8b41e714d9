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
  const refuse = (field: FieldPath, what: string, remedy: string, atKey = false): void =>
    source.report({ path: [...path, ...field], what, remedy, atKey });
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
  const hold = written.hold ?? {};
  const resolved = order.map(
    (entry) => joints.find((joint) => joint === entry) ?? joints.find((joint) => ownName(joint) === entry),
  );
  for (const [index, entry] of order.entries()) {
    if (resolved[index] !== undefined || Object.hasOwn(hold, entry)) continue;
    const near = nearestName(entry, joints);
    refuse(
      ["order", index],
      "no joint has this name",
      `${near === null ? "" : `Did you mean \`${near}\`? `}The joints are: ${joints.join(", ")}; of one that the gait does not move, say in \`hold\` where it is held.`,
    );
  }
  for (const entry of Object.keys(hold)) {
    const index = order.indexOf(entry);
    if (index === -1)
      refuse(["hold", entry], "`order` does not name it", "Name it where the robot takes its angle.", true);
    else if (resolved[index] !== undefined)
      refuse(["hold", entry], "the gait moves this joint", "Hold joints that it does not move.", true);
  }
  const missing = joints.filter((joint) => !resolved.includes(joint));
  const known = order.every((entry, index) => resolved[index] !== undefined || Object.hasOwn(hold, entry));
  if (missing.length > 0 && known)
    refuse(["order"], `${missing.join(", ")} is missing`, "Name every joint once.");
  const named = resolved.flatMap((joint) => joint ?? []);
  const signs = readSigns(source, [...path, "sign"], named, written.sign);
  return {
    topic: written.topic,
    type: written.type === "std_msgs/Float64MultiArray" ? written.type : "trajectory_msgs/JointTrajectory",
    rate,
    joints: order.map((entry, index) => {
      const joint = resolved[index];
      if (joint === undefined)
        return { name: entry, joint: null, sign: 1, hold: toSi(hold[entry] ?? "0 rad", "rad") };
      return { name: ownName(joint), joint, sign: signs[named.indexOf(joint)] ?? 1, hold: 0 };
    }),
    timeout,
    where: `${source.placeOf(path)}, ${pathText(path)}`,
  };
}
