/** Every limit, walked densely around its bounds, hard and soft, under every debounce rule, against a second definition. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Bounds,
  type Debounce,
  type Envelope,
  LIMIT_NAMES,
  type Limit,
  MAY_GO_UNWATCHED,
} from "../../src/safety/limit.ts";
import type { Breach, SafetyMonitor } from "../../src/safety/monitor.ts";
import { DRIVEN, type Driven, type DrivenLimit } from "./driven-limits.ts";
import {
  type ExpectedVerdict,
  expectedStatistics,
  expectedVerdict,
  type Sequence,
} from "./expected-verdict.ts";
import { nextDown, nextUp } from "./next-number.ts";
import { ENVELOPE, FrameSource, layoutWithout, monitorOf, NOT_NUMBERS, PERIOD } from "./small-robot.ts";

const RULES: readonly Debounce[] = [
  { kind: "single" },
  { kind: "streak", frames: 3 },
  { kind: "window", seconds: 4 * PERIOD },
];
const words = (rule: Debounce): string => rule.kind;
const title = ({ limit, joint }: DrivenLimit): string =>
  joint === undefined ? limit : `${limit} of ${joint}`;
/** Frames of a robot that stands, before it walks. */
const BEFORE = 3;

function envelopeWith(
  driven: DrivenLimit,
  bounds: Bounds,
  debounce: Debounce,
  change: Partial<Limit>,
): Envelope {
  const { limit: name, joint } = driven;
  const wide = { low: -10, high: 10, nominal: 0 };
  // Joints that are not driven are far from their bounds.
  const [own, others] = joint === undefined ? [bounds, { knee: wide }] : [wide, { [joint]: bounds }];
  const { joints, ...plain } = ENVELOPE[name];
  const limit: Limit = {
    ...{ ...plain, ...own, debounce, ...change },
    ...(joints === undefined ? {} : { joints: others }),
  };
  // Any jump between two frames is believed.
  const agile = { ...ENVELOPE["joint-speed"], high: 1000 };
  return { ...ENVELOPE, ...(name === "joint-position" ? { "joint-speed": agile } : {}), [name]: limit };
}

interface Walked {
  readonly monitor: SafetyMonitor;
  readonly source: FrameSource;
  /** With what was seen before the walk. */
  readonly sequence: Sequence;
  readonly breaches: readonly (Breach | null)[];
  readonly warnings: readonly (Breach | null)[];
}

/** Walks through what is wanted, frame by frame. */
function walk(driven: DrivenLimit, envelope: Envelope, wanted: readonly number[]): Walked {
  const monitor = monitorOf(envelope);
  const source = new FrameSource();
  const sequence: [number, number][] = [];
  for (let count = 0; count < BEFORE; count++) {
    const frame = source.next();
    assert.equal(monitor.onFrame(frame), null);
    const age = count === 0 ? 0 : PERIOD;
    const seen: Partial<Record<string, [number, number]>> = {
      "frame-age": [age, frame.tArrival],
      "frame-gap": [0, frame.tRobot],
    };
    sequence.push(seen[driven.limit] ?? [Number.NaN, frame.tRobot]);
  }
  monitor.watch("walking");
  const start = source.tRobot;
  const breaches: (Breach | null)[] = [];
  const warnings: (Breach | null)[] = [];
  for (const value of wanted) {
    const { frame, raw, time }: Driven = driven.drive(source, value, start);
    sequence.push([raw, time]);
    breaches.push(monitor.onFrame(frame));
    warnings.push(monitor.warning);
  }
  return { monitor, source, sequence, breaches, warnings };
}

/** The walk is judged as the second definition has it. */
function agree(
  driven: DrivenLimit,
  bounds: Bounds,
  rule: Debounce,
  wanted: readonly number[],
): ExpectedVerdict {
  const envelope = envelopeWith(driven, bounds, rule, {});
  const { monitor, sequence, breaches, warnings } = walk(driven, envelope, wanted);
  const expected = expectedVerdict(rule, bounds, sequence, BEFORE);
  const { hard, soft } = expected;
  for (const [found, crossing] of [
    [breaches, hard],
    [warnings, soft],
  ] as const) {
    const about = `${title(driven)}, ${words(rule)}, ${JSON.stringify(bounds)}: ${wanted}`;
    const index = found.findIndex((one) => one !== null);
    assert.equal(index, crossing?.index ?? -1, about);
    assert.equal(found.filter((one) => one !== null).length, crossing === null ? 0 : 1, `once: ${about}`);
    if (crossing === null) continue;
    const breach = found[index]!;
    assert.deepEqual(
      [breach.limit.name, breach.channel, breach.value, breach.bound],
      [driven.limit, driven.channel, crossing.value, crossing.bound],
      about,
    );
  }
  assert.equal(monitor.breach, hard === null ? null : breaches[hard.index]);
  const constraint = monitor.constraints(10, 5)[LIMIT_NAMES.indexOf(driven.limit)]!;
  if (hard !== null) assert.equal(constraint, 1.5);
  // Of a limit of several joints the other ones may be nearer.
  else if (
    driven.channel === null ||
    (!driven.channel.includes(".hip.") && !driven.channel.includes(".knee."))
  )
    assert.equal(constraint, expected.constraint);
  else assert.ok(constraint >= expected.constraint && constraint <= 0);
  return expected;
}

/** The side's bound takes another value; nominal stays inside, a soft bound is put where asked. */
const SIDES = [
  ["high", "softHigh", nextUp, nextDown],
  ["low", "softLow", nextDown, nextUp],
] as const;

describe("boundaries", () => {
  it("are walked of every limit but those that count what is wrong with telemetry", () => {
    const driven = new Set(DRIVEN.map(({ limit }) => limit));
    assert.deepEqual(
      LIMIT_NAMES.filter((name) => !driven.has(name)),
      ["not-a-number", "frozen"],
    );
  });

  for (const driven of DRIVEN)
    for (const rule of RULES) {
      const frames = 9;
      for (const [side, soft, outward, inward] of SIDES) {
        const bound = driven.bounds[side];
        if (!Number.isFinite(bound)) continue;
        it(`${title(driven)} (${words(rule)}): just inside ${side}, on it and just outside`, () => {
          const wanted = Array.from({ length: frames }, () => bound);
          const { sequence } = walk(driven, envelopeWith(driven, driven.bounds, rule, {}), wanted);
          // The statistic that comes of it, which rounding may put beside what is wanted.
          const value = expectedStatistics(rule, sequence).at(-1)![side];
          const judged = (limit: number) => agree(driven, { ...driven.bounds, [side]: limit }, rule, wanted);
          assert.equal(judged(outward(value)).hard, null);
          assert.equal(judged(value).hard, null, "the bound itself is inside");
          assert.notEqual(judged(inward(value)).hard, null);

          const far = { ...driven.bounds, [side]: value + (value - driven.bounds.nominal) };
          const warned = (limit: number) => agree(driven, { ...far, [soft]: limit }, rule, wanted);
          assert.equal(warned(outward(value)).soft, null);
          assert.equal(warned(value).soft, null, "and so is the soft one");
          assert.notEqual(warned(inward(value)).soft, null);
          assert.equal(warned(inward(value)).hard, null);
        });
      }

      it(`${title(driven)} (${words(rule)}): agrees with its definition, whatever comes`, () => {
        const { low, high, nominal } = driven.bounds;
        const upper = Number.isFinite(high) ? high : nominal + (nominal - low);
        const lower = Number.isFinite(low) ? low : nominal - (upper - nominal);
        const [softLow, softHigh] = [(lower + nominal) / 2, (upper + nominal) / 2];
        const bounds: Bounds = {
          ...driven.bounds,
          ...(Number.isFinite(low) ? { softLow } : {}),
          ...(Number.isFinite(high) ? { softHigh } : {}),
        };
        const near = [lower, softLow, nominal, softHigh, upper].flatMap((value) => [
          nextDown(value),
          value,
          nextUp(value),
        ]);
        const unknown = driven.channel === null ? [] : NOT_NUMBERS;
        const value = fc.oneof(
          fc.constantFrom(...near),
          fc.double({ min: lower - (upper - lower) / 4, max: upper + (upper - lower) / 4, noNaN: true }),
          ...(unknown.length > 0 ? [fc.constantFrom(...unknown)] : []),
        );
        // More than five in a row that are not known are another limit's breach.
        const bearable = (values: readonly number[]): boolean =>
          !values.some((_, index) => {
            const row = values.slice(index, index + 6);
            return row.length === 6 && row.every((one) => !Number.isFinite(one));
          });
        fc.assert(
          fc.property(fc.array(value, { minLength: 1, maxLength: 14 }).filter(bearable), (wanted) => {
            agree(driven, bounds, rule, wanted);
          }),
        );
      });
    }

  for (const driven of DRIVEN) {
    const beyond = Number.isFinite(driven.bounds.high)
      ? driven.bounds.high * (driven.bounds.high > 0 ? 1.5 : 0.5)
      : driven.bounds.low * 0.5;
    const once = (source: FrameSource, start: number) => driven.drive(source, beyond, start).frame;
    const ready = (layout = layoutWithout()) => {
      const envelope = envelopeWith(driven, driven.bounds, { kind: "streak", frames: 2 }, {});
      const monitor = monitorOf(envelope, layout);
      const source = new FrameSource(layout);
      for (let count = 0; count < BEFORE; count++) monitor.onFrame(source.next());
      monitor.watch("walking");
      return { monitor, source, start: source.tRobot };
    };

    it(`${title(driven)}: a frame that comes again, or too late, does not count twice`, () => {
      // How old what we know is can be judged at any time.
      if (driven.limit === "frame-age") return;
      const { monitor, source, start } = ready();
      const bad = once(source, start);
      assert.equal(monitor.onFrame(bad), null);
      assert.equal(monitor.fresh, true);
      for (const stale of [bad, { ...bad, seq: bad.seq - 1 }, { ...bad, seq: bad.seq + 1 }]) {
        assert.equal(monitor.onFrame(stale), null);
        assert.equal(monitor.fresh, false);
      }
      assert.equal(monitor.onFrame({ ...bad, seq: bad.seq + 2, tRobot: bad.tRobot - PERIOD / 2 }), null);
      assert.equal(monitor.onFrame(once(source, start))?.limit.name, driven.limit);
    });

    it(`${title(driven)}: is not judged on what is no number`, () => {
      if (driven.channel === null) return;
      for (const nothing of NOT_NUMBERS) {
        const { monitor, source, start } = ready();
        for (let count = 0; count < 5; count++)
          assert.equal(monitor.onFrame(driven.drive(source, nothing, start).frame), null);
        assert.equal(monitor.breach, null);
        assert.equal(monitor.onFrame(source.next()), null);
      }
    });

    for (const channel of driven.needs)
      it(`${title(driven)}: without ${channel} it is not watched, and the robot not armed`, () => {
        const { monitor, source, start } = ready(layoutWithout(channel));
        assert.equal(monitor.problems.length, 1);
        assert.ok(monitor.problems[0]?.startsWith(`${driven.limit} needs `), monitor.problems[0]);
        for (let count = 0; count < 3; count++)
          if (driven.channel !== null || channel.endsWith("roll")) {
            assert.equal(monitor.onFrame(once(source, start)), null);
          }
        assert.equal(monitor.constraints(10, 0)[LIMIT_NAMES.indexOf(driven.limit)]! <= 0, true);
      });
  }

  it("need a channel of every limit that may go unwatched for want of one", () => {
    for (const { limit, needs } of DRIVEN)
      assert.equal(needs.length > 0, MAY_GO_UNWATCHED.includes(limit) || limit === "tilt", limit);
  });
});
