/** What the hardware config asks of the robot's telemetry: a study would be refused without it. */
import { GaitsmithError } from "../../../errors.ts";
import { ChannelLayout } from "../../../robot/telemetry-frame.ts";
import { type DescribedChannel, planTelemetry } from "../telemetry-plan.ts";
import type { Bench } from "./bench.ts";
import { type Clause, skipped } from "./clause.ts";

function described({ channels }: Bench): DescribedChannel[] {
  return channels.map(({ name, unit, source, joint, group, resolution }) => ({
    channel: { name, unit, source, ...(joint === "" ? {} : { joint }) },
    group,
    resolution,
  }));
}

export const CONFIG_CLAUSES: readonly Clause[] = [
  {
    id: "limits.channels",
    section: 4,
    needs: ["describe.channels"],
    expected: "every limit of the config has its channel, in a group that the config asks for",
    remedy: "See docs/firmware.md, section 2, Channels; a robot that cannot be watched is not armed.",
    run: async (bench) => {
      const { groups } = bench.subject.telemetry;
      const sent = described(bench).filter(({ group }) => groups?.includes(group) ?? true);
      const missing = bench.subject.unwatched(new ChannelLayout(sent.map(({ channel }) => channel)));
      return missing.length === 0
        ? { result: "pass", measured: "all limits can be watched" }
        : { result: "fail", measured: missing.join("; ") };
    },
  },
  {
    id: "telemetry.fits",
    section: 8,
    needs: ["describe.channels"],
    expected: "what the config asks for takes 80 % of link.baud at most",
    remedy: "Choose link.telemetry_rate or link.telemetry_groups so that it fits, or a higher link.baud.",
    run: async (bench) => {
      const { telemetry } = bench.subject;
      if (telemetry.baud === Number.POSITIVE_INFINITY) return skipped("the line takes no time in lockstep");
      try {
        const { channels, rate, share } = planTelemetry(
          described(bench),
          bench.hello!.telemetryRate,
          telemetry,
        );
        const measured = `${channels.length} channels at ${rate} Hz take ${Math.round(100 * share)} % of ${telemetry.baud} Bd`;
        return { result: "pass", measured, numbers: { lineShare: share } };
      } catch (error) {
        if (!(error instanceof GaitsmithError)) throw error;
        return { result: "fail", measured: error.message };
      }
    },
  },
];
