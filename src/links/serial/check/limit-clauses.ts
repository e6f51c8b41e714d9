/** Section 4: hard limits can be read, and narrowed but never widened. */
import type { MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { type Bench, isNack, said } from "./bench.ts";
import { type Clause, Complaints, skipped } from "./clause.ts";

type Limit = MessageOf<"limit">;

/** A little inside of the limit. */
export function narrower({ low, high }: Limit): { readonly low: number; readonly high: number } {
  const width = Number.isFinite(high - low)
    ? high - low
    : Math.max(Math.abs(Number.isFinite(low) ? low : high), 1);
  const inset = 0.01 * width;
  return { low: low + inset, high: high - inset };
}

/** Limits are f32 in many robots. */
export function near(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
}

function hasEnd({ low, high }: Limit): boolean {
  return Number.isFinite(low) || Number.isFinite(high);
}

/** @returns an index, or −1 when no limit can be narrowed */
export function narrowable(limits: readonly Limit[]): number {
  return limits.findIndex(hasEnd);
}

/** Back to what it was, as far as the robot lets it. */
export async function restoreLimits(bench: Bench): Promise<void> {
  for (const [index, { low, high }] of bench.limits.entries()) {
    const now = await bench.ask({ kind: "get-limit", index });
    if (now.kind === "limit" && !(now.low === low && now.high === high))
      await bench.ask({ kind: "set-limit", index, low, high });
  }
}

export const LIMIT_CLAUSES: readonly Clause[] = [
  {
    id: "limit.list",
    section: 4,
    expected: "every hard limit has a name and two ends, the lower one first; no more are there",
    remedy: "Answer `get-limit` for indices below `limits`, else `nack refused` with field index.",
    run: async (bench) => {
      const { limits: count } = bench.hello!;
      const wrong = new Complaints();
      const limits: Limit[] = [];
      for (let index = 0; index < count; index++) {
        const limit = await bench.expect({ kind: "get-limit", index }, "limit");
        const { name, joint, low, high } = limit;
        wrong.unless(name !== "", `limit ${index} has no name`);
        wrong.unless(low < high, `${name} ${joint}: ${low} … ${high}`);
        wrong.unless(
          joint === "" || bench.subject.joints.includes(joint),
          `${name}: there is no joint ${joint}`,
        );
        limits.push(limit);
      }
      bench.limits = limits;
      const beyond = await bench.ask({ kind: "get-limit", index: count });
      wrong.unless(isNack(beyond, "refused") && beyond.field === "index", `number ${count}: ${said(beyond)}`);
      return wrong.none && count === 0
        ? skipped("the robot has no hard limits")
        : wrong.verdict(`${count} limits`);
    },
  },
  {
    id: "limit.narrow",
    section: 3,
    expected:
      "set-limit narrows a limit and get-limit reads it back; beyond what is built in it is refused, and so is NaN",
    remedy: "Compare both ends with the built-in limit; answer `limit` with what is in force.",
    run: async (bench) => {
      const index = narrowable(bench.limits);
      if (index < 0) return skipped("the robot has no hard limits");
      const wrong = new Complaints();
      await bench.lease();
      const limit = bench.limits[index]!;
      const inside = narrower(limit);
      try {
        const answer = await bench.ask({ kind: "set-limit", index, ...inside });
        const set = answer.kind === "limit" && near(answer.low, inside.low) && near(answer.high, inside.high);
        wrong.unless(set, `narrowing ${limit.name}: ${said(answer)}`);
        const wider = { low: limit.low - 1, high: limit.high + 1 };
        for (const [what, ends] of [
          ["wider than built in", wider],
          ["NaN", { low: Number.NaN, high: inside.high }],
          ["an empty range", { low: inside.high, high: inside.low }],
        ] as const) {
          const refusal = await bench.ask({ kind: "set-limit", index, ...ends });
          wrong.unless(isNack(refusal, "refused"), `${what}: ${said(refusal)}`);
          const kept = await bench.expect({ kind: "get-limit", index }, "limit");
          const same = near(kept.low, inside.low) && near(kept.high, inside.high);
          wrong.unless(same, `${what} left ${kept.low} … ${kept.high}`);
        }
      } finally {
        await restoreLimits(bench);
      }
      return wrong.verdict(
        `${limit.name} to ${inside.low.toPrecision(4)} … ${inside.high.toPrecision(4)} and back`,
      );
    },
  },
];
