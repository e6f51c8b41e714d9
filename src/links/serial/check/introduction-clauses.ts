/** Sections 4 and 10: who the robot is, which version it speaks, and what it says about itself. */
import {
  type Message,
  type MessageOf,
  PROTOCOL,
  SCHEMA,
} from "../../../../firmware-protocol/codec/message-table.ts";
import { type Bench, isNack, said } from "./bench.ts";
import { type Clause, Complaints, skipped } from "./clause.ts";

const hex = (number: number): string => `0x${number.toString(16).padStart(8, "0")}`;

/** An end that is not limited is infinite. */
function range(low: number, high: number): string {
  if (low === Number.NEGATIVE_INFINITY) return `up to ${high}`;
  return high === Number.POSITIVE_INFINITY ? `${low} and more` : `${low} to ${high}`;
}

/** Asks for each of `count` things, and for one too many. */
async function list<K extends Message["kind"]>(
  bench: Bench,
  count: number,
  ask: (index: number) => Message,
  kind: K,
  wrong: Complaints,
): Promise<MessageOf<K>[]> {
  const found: MessageOf<K>[] = [];
  for (let index = 0; index < count; index++) found.push(await bench.expect(ask(index), kind));
  const beyond = await bench.ask(ask(count));
  const refused = isNack(beyond, "refused") && beyond.field === "index";
  wrong.unless(refused, `number ${count}, which there is not: ${said(beyond)}`);
  return found;
}

export const INTRODUCTION_CLAUSES: readonly Clause[] = [
  {
    id: "hello.version",
    section: 10,
    expected: `a host that speaks version ${PROTOCOL} among others gets it; one that does not, nack version`,
    remedy: "Choose the newest version that both speak; answer `nack version` when there is none.",
    run: async (bench) => {
      const wrong = new Complaints();
      for (const [oldest, newest] of [
        [PROTOCOL, PROTOCOL],
        [0, 255],
      ] as const) {
        const answer = await bench.ask(bench.helloMessage(oldest, newest));
        const spoken = answer.kind === "hello-reply" && answer.protocol === PROTOCOL;
        wrong.unless(spoken, `versions ${oldest} to ${newest}: ${said(answer)}`);
      }
      const newer = await bench.ask(bench.helloMessage(254, 255));
      wrong.unless(isNack(newer, "version"), `versions 254 to 255: ${said(newer)}`);
      return wrong.verdict(`version ${PROTOCOL}`);
    },
  },
  {
    id: "hello.schema",
    section: 10,
    expected: "the robot says its schema, and answers hosts of another one",
    remedy: "Answer hello whatever the host's schema is.",
    run: async (bench) => {
      const wrong = new Complaints();
      const answer = await bench.ask(bench.helloMessage(PROTOCOL, PROTOCOL, (SCHEMA ^ 1) >>> 0));
      wrong.unless(answer.kind === "hello-reply", `another schema: ${said(answer)}`);
      const { schema } = bench.hello!;
      return wrong.verdict(
        schema === SCHEMA ? `${hex(schema)}, ours` : `${hex(schema)}; ours is ${hex(SCHEMA)}`,
      );
    },
  },
  {
    id: "hello.identity",
    section: 4,
    expected: "id and clock are the config's, and hello again gives the same boot and changes nothing",
    remedy: "Set the robot's id to robot.id of the hardware config; draw bootId once per boot.",
    run: async (bench) => {
      const wrong = new Complaints();
      const { robotId, bootId, firmware, clock } = bench.hello!;
      wrong.unless(
        clock === bench.subject.clock,
        `its clock is ${clock}, the config's ${bench.subject.clock}`,
      );
      wrong.unless(
        robotId === bench.subject.robotId,
        `it is "${robotId}", the config's "${bench.subject.robotId}"`,
      );
      const epoch = await bench.lease();
      const again = await bench.expect(bench.helloMessage(), "hello-reply");
      wrong.unless(again.bootId === bootId, "bootId changed");
      wrong.unless((await bench.status()).epoch === epoch, "hello took the lease away");
      return wrong.verdict(`${robotId}, ${firmware}`);
    },
  },
  {
    id: "hello.times",
    section: 6,
    expected: "the dead-man settles after 0.3 s at most and cuts after 0.8 s at most",
    remedy: "Leave settleAfter and cutAfter at their defaults, or make them shorter, but not below 0.1 s.",
    run: async ({ hello }) => {
      const { clock, settleAfter, cutAfter } = hello!;
      if (clock === "lockstep") return skipped("a robot in lockstep has no dead-man");
      const wrong = new Complaints();
      wrong.unless(settleAfter >= 0.0999 && settleAfter <= 0.3001, `settleAfter is ${settleAfter} s`);
      wrong.unless(cutAfter > settleAfter && cutAfter <= 0.8001, `cutAfter is ${cutAfter} s`);
      return wrong.verdict(`${settleAfter.toFixed(2)} s, ${cutAfter.toFixed(2)} s`, {
        settleAfterMs: 1000 * settleAfter,
        cutAfterMs: 1000 * cutAfter,
      });
    },
  },
  {
    id: "describe.channels",
    section: 4,
    expected: "every channel has a name of its own, a group from 0 to 31 and a resolution; no more are there",
    remedy: "Answer `describe` for indices below `channels`, else `nack refused` with field index.",
    run: async (bench) => {
      const wrong = new Complaints();
      const ask = (index: number): Message => ({ kind: "describe", subject: "channel", index });
      const channels = await list(bench, bench.hello!.channels, ask, "description", wrong);
      bench.channels = channels;
      wrong.unless(new Set(channels.map(({ name }) => name)).size === channels.length, "a name occurs twice");
      for (const { name, group, resolution } of channels) {
        wrong.unless(name !== "", "a channel has no name");
        wrong.unless(group <= 31, `${name}: group ${group}`);
        wrong.unless(resolution >= 0 && Number.isFinite(resolution), `${name}: resolution ${resolution}`);
      }
      return wrong.verdict(`${channels.length} channels`, { channels: channels.length });
    },
  },
  {
    id: "describe.joints",
    section: 4,
    expected: "the joints are the config's, in its order",
    remedy: "List the joints as robot.joints of the hardware config does, or correct the config.",
    run: async (bench) => {
      const wrong = new Complaints();
      const ask = (index: number): Message => ({ kind: "describe", subject: "joint", index });
      const joints = await list(bench, bench.hello!.joints, ask, "description", wrong);
      const [found, wanted] = [joints.map(({ name }) => name).join(", "), bench.subject.joints.join(", ")];
      wrong.unless(found === wanted, `it has ${found}; the config ${wanted}`);
      return wrong.verdict(found);
    },
  },
  {
    id: "parameter.list",
    section: 4,
    expected: "every parameter of the config's gait is listed, with a range that holds the config's",
    remedy:
      "Answer `get-parameter` for every parameter of every gait the robot runs; narrow ranges of the config that are wider than the firmware's.",
    run: async (bench) => {
      const { runsGait, parameters: count } = bench.hello!;
      if (!runsGait) return skipped("the robot does not run gaits by itself");
      const wrong = new Complaints();
      const ask = (index: number): Message => ({ kind: "get-parameter", index });
      bench.parameters = await list(bench, count, ask, "parameter", wrong);
      const { gait, values } = bench.subject.safe;
      const ofGait = bench.parameters.filter((one) => one.gait === gait);
      for (const [name, value] of values) {
        const known = ofGait.find((one) => one.name === name);
        if (!wrong.unless(known !== undefined, `${gait} has no ${name}`)) continue;
        const { low, high } = known!;
        wrong.unless(
          low <= value && value <= high,
          `${name} ${value} of the seed gait is not in the firmware's ${range(low, high)}`,
        );
        const asked = bench.subject.ranges[name];
        wrong.unless(
          asked === undefined || (low <= asked.low && asked.high <= high),
          `${name}: the config asks for ${asked?.low} to ${asked?.high} ${asked?.unit}, the firmware accepts ${range(low, high)}`,
        );
      }
      for (const { name } of ofGait)
        wrong.unless(
          values.some(([known]) => known === name),
          `the config does not know ${name} of ${gait}`,
        );
      const gaits = [...new Set(bench.parameters.map((one) => one.gait))];
      if (ofGait.length === 0) wrong.add(`it runs ${gaits.join(", ")}`);
      return wrong.verdict(`${ofGait.length} of ${gait}; it runs ${gaits.join(", ")}`);
    },
  },
  {
    id: "simulated.unknown",
    section: 9,
    expected: "a robot that is not simulated answers place with nack unknown",
    remedy: "Answer `unknown`, as to any id that the robot does not know.",
    run: async (bench) => {
      if (bench.hello!.returnsByItself) return skipped("it returns by itself");
      const wrong = new Complaints();
      await bench.lease();
      const answer = await bench.ask({ kind: "place", seed: 0, suggestion: 0, carryOver: "" });
      wrong.unless(isNack(answer, "unknown"), said(answer));
      return wrong.verdict("nack unknown");
    },
  },
];
