/** Section 7: a parameter set takes effect as a whole or not at all. */
import type { Message, MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { type ParameterSetOnWire, parameterHash } from "../../../robot/parameters.ts";
import { type Bench, isNack, said } from "./bench.ts";
import { type Clause, Complaints, skipped, type Verdict } from "./clause.ts";

type Stage = MessageOf<"stage">;
type Values = ParameterSetOnWire["values"];

const hashOf = (set: ParameterSetOnWire): number => Number.parseInt(parameterHash(set), 16);
const words = (hash: number): string => hash.toString(16).padStart(8, "0");

/** The safe set with slightly other ramps is staged: what a refusal must leave alone. */
async function stageSafe(bench: Bench, wrong: Complaints): Promise<number> {
  const hash = hashOf(bench.subject.safe);
  const staged = await bench.ask(bench.stage());
  wrong.unless(staged.kind === "staged" && staged.hash === hash, `the seed gait: ${said(staged)}`);
  return hash;
}

/** In parts of one value each. */
function parts(
  bench: Bench,
  values: Values,
  change: (part: Stage) => Stage = (part) => part,
): readonly Stage[] {
  return values.map((value, part) => change(bench.stage({ part, parts: values.length, values: [value] })));
}

/**
 * Offers a set that is to be refused, and looks whether anything changed.
 *
 * @param fields one of which the refusal must name; null: any will do
 */
async function refused(
  bench: Bench,
  cases: readonly {
    readonly what: string;
    readonly messages: readonly Message[];
    readonly fields: readonly string[] | null;
  }[],
): Promise<Verdict> {
  const wrong = new Complaints();
  await bench.lease();
  await stageSafe(bench, wrong);
  const before = await bench.status();
  for (const { what, messages, fields } of cases) {
    let refusal: MessageOf<"nack"> | null = null;
    for (const message of messages) {
      const answer = await bench.ask(message);
      if (answer.kind === "nack") refusal = answer;
      if (answer.kind !== "ack") break;
    }
    if (wrong.unless(refusal !== null, `${what} was accepted`) && fields !== null)
      wrong.unless(
        fields.includes(refusal!.field),
        `${what}: the refusal names "${refusal!.field}", not ${fields.join(" or ")}`,
      );
    const after = await bench.status();
    const same = after.stagedHash === before.stagedHash && after.activeHash === before.activeHash;
    wrong.unless(same, `${what} changed what is staged`);
    if (!same) await stageSafe(bench, wrong);
  }
  return wrong.verdict(
    cases.length === 1 ? "refused, nothing changed" : `${cases.length} sets refused, nothing changed`,
  );
}

function clause(
  name: string,
  expected: string,
  remedy: string,
  run: (bench: Bench) => Promise<Verdict> | Verdict,
): Clause {
  return {
    id: name,
    section: 7,
    expected,
    remedy,
    run: async (bench) =>
      bench.hello!.runsGait ? run(bench) : skipped("the robot does not run gaits by itself"),
  };
}

/** With one value replaced. */
function replaced({ values }: ParameterSetOnWire, value: number, index = 0): Values {
  return values.map(([name, old], at) => [name, at === index ? value : old]);
}

function oneOf(
  name: string,
  what: string,
  remedy: string,
  values: (bench: Bench) => Values,
  field: (bench: Bench) => string,
): Clause {
  return clause(`stage.${name}`, `${what} is refused by its name, and nothing changes`, remedy, (bench) =>
    refused(bench, [{ what, messages: [bench.stage({ values: values(bench) })], fields: [field(bench)] }]),
  );
}

const firstName = ({ subject }: Bench): string => subject.safe.values[0]![0];

export const STAGE_CLAUSES: readonly Clause[] = [
  clause(
    "stage.hash",
    "staged echoes our hash of the set, and status says it; nothing is active yet",
    "CRC-32 (IEEE) over the gait's name and each name and binary64 value, as they came.",
    async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const before = await bench.status();
      const hash = await stageSafe(bench, wrong);
      const { stagedHash, activeHash } = await bench.status();
      wrong.unless(stagedHash === hash, `status says ${words(stagedHash)} is staged, not ${words(hash)}`);
      wrong.unless(activeHash === before.activeHash, "the active set changed");
      return wrong.verdict(words(hash));
    },
  ),
  clause(
    "stage.parts",
    "a set in several parts is acknowledged part by part and then has the same hash",
    "Collect parts 0 … parts − 1; check and hash when the last one has come.",
    async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const hash = hashOf(bench.subject.safe);
      const messages = parts(bench, bench.subject.safe.values);
      for (const message of messages) {
        const answer = await bench.ask(message);
        const last = message.part === messages.length - 1;
        const right = last ? answer.kind === "staged" && answer.hash === hash : answer.kind === "ack";
        wrong.unless(right, `part ${message.part} of ${messages.length}: ${said(answer)}`);
      }
      return wrong.verdict(`${messages.length} parts, ${words(hash)}`);
    },
  ),
  clause(
    "stage.order",
    "a part out of order, or of another gait or ramp than part 0, is refused, and nothing changes",
    "Keep the number of the next part, and gait and ramps of part 0.",
    (bench) => {
      const { values } = bench.subject.safe;
      const whole = parts(bench, values);
      if (whole.length < 2) return skipped("the gait has one parameter");
      const first = whole[0]!;
      const rest = whole.slice(1);
      return refused(bench, [
        { what: "a set that begins with part 1", messages: rest, fields: ["part"] },
        {
          what: "a set without its part 1",
          messages: [
            first,
            ...whole.slice(2),
            bench.stage({ part: values.length, parts: values.length, values: [] }),
          ],
          fields: ["part"],
        },
        {
          what: "a set whose ramp changes",
          messages: [first, ...rest.map((part) => ({ ...part, rampIn: 0.75 }))],
          fields: null,
        },
        {
          what: "a set whose gait changes",
          messages: [first, ...rest.map((part) => ({ ...part, gait: `${part.gait}?` }))],
          fields: null,
        },
      ]);
    },
  ),
  clause(
    "stage.gait",
    "a gait that the robot does not run is refused, naming `gait`",
    "Look the gait up before its parameters.",
    (bench) =>
      refused(bench, [
        { what: "an unknown gait", messages: [bench.stage({ gait: "no such gait" })], fields: ["gait"] },
      ]),
  ),
  oneOf(
    "unknown",
    "an unknown parameter",
    "Refuse names that the gait does not have.",
    ({ subject }) => [...subject.safe.values, ["no_such_parameter", 1]],
    () => "no_such_parameter",
  ),
  oneOf(
    "missing",
    "a missing parameter",
    "Every parameter of the gait must be there.",
    ({ subject }) => subject.safe.values.slice(1),
    firstName,
  ),
  oneOf(
    "duplicate",
    "a parameter that comes twice",
    "Remember which parameters have come.",
    ({ subject }) => [...subject.safe.values, subject.safe.values[0]!],
    firstName,
  ),
  oneOf(
    "nan",
    "a value that is not a number",
    "Check isfinite() before comparing with a range: every comparison with NaN is false.",
    ({ subject }) => replaced(subject.safe, Number.NaN),
    firstName,
  ),
  oneOf(
    "infinite",
    "an infinite value",
    "Check isfinite() of every value.",
    ({ subject }) => replaced(subject.safe, Number.POSITIVE_INFINITY),
    firstName,
  ),
  clause(
    "stage.range",
    "a value outside of the range that `parameter` tells is refused by its name, and nothing changes",
    "Compare each value with the same range that get-parameter answers.",
    async (bench) => {
      const { gait, values } = bench.subject.safe;
      const cases = values.flatMap(([name], index) => {
        const known = bench.parameters.find((one) => one.gait === gait && one.name === name);
        return [known?.low, known?.high].flatMap((bound, end) => {
          if (bound === undefined || !Number.isFinite(bound)) return [];
          const beyond = bound + (end === 0 ? -1 : 1) * Math.max(1e-3, 0.01 * Math.abs(bound));
          const messages = [bench.stage({ values: replaced(bench.subject.safe, beyond, index) })];
          return [{ what: `${name} ${beyond}`, messages, fields: [name] }];
        });
      });
      return cases.length === 0
        ? skipped("no parameter of the gait has a range of its own")
        : refused(bench, cases);
    },
  ),
  clause(
    "stage.ramp",
    "a ramp that is negative or not a number is refused by its name, and nothing changes",
    "Ramps are finite and not negative.",
    (bench) =>
      refused(bench, [
        { what: "a negative rampIn", messages: [bench.stage({ rampIn: -0.1 })], fields: ["rampIn"] },
        {
          what: "a rampOut that is no number",
          messages: [bench.stage({ rampOut: Number.NaN })],
          fields: ["rampOut"],
        },
      ]),
  ),
  clause(
    "stage.reach",
    "a set beyond the legs' reach is refused, and nothing changes",
    "Check every target of a full cycle against reach and joint range before accepting a set, or correct gait.body in the config: it must be what the firmware has.",
    (bench) => {
      const { infeasible } = bench.subject;
      if (infeasible === null) return skipped("no set of this gait is beyond reach");
      const messages = [bench.stage({ values: infeasible.values })];
      return refused(bench, [{ what: "a set beyond reach", messages, fields: null }]);
    },
  ),
  clause(
    "stage.atomic",
    "a set in parts whose last part is wrong is refused as a whole",
    "Let nothing of a set take effect before all of it has been checked.",
    (bench) => {
      const values = [...bench.subject.safe.values];
      values[values.length - 1] = ["no_such_parameter", 1];
      return refused(bench, [
        {
          what: "a set with a wrong last part",
          messages: parts(bench, values),
          fields: ["no_such_parameter"],
        },
      ]);
    },
  ),
  clause(
    "commit.hash",
    "commit with another hash is refused, naming `hash`, and what is staged stays staged",
    "Compare the hash with that of the staged set.",
    async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const hash = await stageSafe(bench, wrong);
      const before = await bench.status();
      for (const other of [(hash ^ 1) >>> 0, 0, before.activeHash]) {
        if (other === hash) continue;
        const answer = await bench.ask({ kind: "commit", hash: other });
        wrong.unless(isNack(answer, "refused"), `commit ${words(other)}: ${said(answer)}`);
        if (isNack(answer))
          wrong.unless(answer.field === "hash", `the refusal names "${answer.field}", not hash`);
      }
      const after = await bench.status();
      wrong.unless(after.stagedHash === hash, `${words(after.stagedHash)} is staged afterwards`);
      wrong.unless(after.activeHash === before.activeHash, `${words(after.activeHash)} is active afterwards`);
      return wrong.verdict("refused");
    },
  ),
  clause(
    "commit.active",
    "commit makes the staged set active: status, parameter and telemetry say so, and nothing is staged",
    "Exchange active for staged in one step; telemetry.set is the low half of the active hash.",
    async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const hash = await stageSafe(bench, wrong);
      const answer = await bench.ask({ kind: "commit", hash });
      wrong.unless(answer.kind === "ack", `commit: ${said(answer)}`);
      const { activeHash, stagedHash } = await bench.status();
      wrong.unless(activeHash === hash, `${words(activeHash)} is active`);
      wrong.unless(stagedHash === 0, `${words(stagedHash)} is still staged`);
      const { gait, values } = bench.subject.safe;
      for (const [index, known] of bench.parameters.entries()) {
        const wanted = known.gait === gait ? values.find(([name]) => name === known.name)?.[1] : undefined;
        if (wanted === undefined) continue;
        const { active } = await bench.expect({ kind: "get-parameter", index }, "parameter");
        const same = Math.abs(active - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
        wrong.unless(same, `${known.name} is ${active}, not ${wanted}`);
      }
      if (bench.hello!.clock === "realtime") {
        const frame = await bench.frame(({ set }) => set === (hash & 0xffff), 0.5);
        wrong.unless(frame !== null, "telemetry.set is not the low half of the hash");
      }
      const again = await bench.ask({ kind: "commit", hash });
      wrong.unless(isNack(again), `committing it again: ${said(again)}`);
      return wrong.verdict(words(hash));
    },
  ),
  clause(
    "store.lease",
    "store without a lease is refused with `no-lease`, or with `unknown` by a firmware without a place for it",
    "Let only the holder of the lease change what the robot begins with.",
    async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      // With a lease it would overwrite what this robot keeps, which a check must not.
      const answer = await bench.ask({ kind: "store" }, { session: 0 });
      wrong.unless(isNack(answer, "no-lease", "unknown"), `store: ${said(answer)}`);
      return wrong.verdict(isNack(answer, "unknown") ? "this firmware has no `store`" : "refused");
    },
  ),
];
