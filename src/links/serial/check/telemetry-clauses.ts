/** Sections 6 and 8: telemetry, the challenge, the robot's clock, and what is counted. */
import { challengeOf } from "../../../../firmware-protocol/codec/challenge.ts";
import type { Message, MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { samplesLength } from "../../../../firmware-protocol/codec/samples.ts";
import { type Bench, isNack, rightAnswer, said } from "./bench.ts";
import { type Clause, Complaints, skipped, type Verdict } from "./clause.ts";
import { fitLine, milliseconds, quantile, sleep } from "./measure.ts";

type Telemetry = MessageOf<"telemetry">;

/** @property disturbed this computer stood still just before */
type Seen = Telemetry & { readonly at: number; readonly disturbed: boolean };

interface Watched {
  readonly frames: readonly Seen[];
  /** Host's and robot's clock at time-syncs, s. */
  readonly clock: readonly (readonly [host: number, robot: number])[];
}

/** How long what waited during a stall of this computer keeps coming, s. */
const AFTERMATH = 0.05;
/** This computer stood still this long, s: one reading is of no use; a simulated robot has lost its time. */
const STALL = 0.005;
const TOO_STILL = 0.1;
const ATTEMPTS = 3;

const watched = new WeakMap<Bench, Promise<Watched>>();

/** Telemetry and clock, watched once for all clauses, and again when this computer stood still meanwhile. */
function watch(bench: Bench): Promise<Watched> {
  const known = watched.get(bench);
  if (known !== undefined) return known;
  const watching = (async (): Promise<Watched> => {
    for (let attempt = 1; ; attempt++) {
      const stalled = bench.pulse.mark();
      const seen = await watchOnce(bench);
      if (stalled() < TOO_STILL || attempt === ATTEMPTS) return seen;
    }
  })();
  watched.set(bench, watching);
  return watching;
}

async function watchOnce(bench: Bench): Promise<Watched> {
  const frames: Seen[] = [];
  const clock: [number, number][] = [];
  const end = bench.talk.onTelemetry((telemetry, at) => {
    frames.push({ ...telemetry, at, disturbed: at - bench.pulse.lastStall < AFTERMATH });
  });
  const until = bench.now() + bench.effort.seconds;
  while (bench.now() < until) {
    const stalled = bench.pulse.mark();
    const { message, at, took } = await bench.talk.ask({ kind: "time-sync", sent: bench.now() });
    if (stalled() < STALL && message.kind === "time-reply")
      clock.push([at - took / 2, (message.received + message.replied) / 2]);
    await sleep(0.017);
  }
  end();
  return { frames, clock };
}

function realtime(
  id: string,
  section: number,
  expected: string,
  remedy: string,
  run: (bench: Bench, seen: Watched, wrong: Complaints) => Verdict | Promise<Verdict>,
): Clause {
  return {
    id,
    section,
    expected,
    remedy,
    run: async (bench) => {
      if (bench.hello!.clock === "lockstep") return skipped("the robot's clock is in lockstep");
      const seen = await watch(bench);
      const wrong = new Complaints();
      return wrong.unless(
        seen.frames.length >= 3,
        `${seen.frames.length} frames in ${bench.effort.seconds} s`,
      )
        ? run(bench, seen, wrong)
        : wrong.verdict("");
    },
  };
}

const lostOf = (frames: readonly Telemetry[]): number =>
  frames.slice(1).reduce((sum, { seq }, index) => sum + Math.max(0, ((seq - frames[index]!.seq) | 0) - 1), 0);

/** Rate from the robot's own stamps, Hz. */
function rateOf(frames: readonly Telemetry[]): number {
  const [first, last] = [frames[0]!, frames.at(-1)!];
  return ((last.seq - first.seq) >>> 0) / (last.time - first.time);
}

export const TELEMETRY_CLAUSES: readonly Clause[] = [
  realtime(
    "telemetry.rate",
    8,
    "frames come at the rate that hello tells, within 10 %, as a station's preflight asks",
    "Send one frame every so many control periods.",
    (bench, { frames }, wrong) => {
      const rate = rateOf(frames);
      const { telemetryRate } = bench.hello!;
      wrong.unless(
        Math.abs(rate / telemetryRate - 1) <= 0.1,
        `${rate.toFixed(1)} Hz, hello says ${telemetryRate} Hz`,
      );
      return wrong.verdict(`${rate.toFixed(1)} Hz of ${telemetryRate} Hz`, { rateHz: rate });
    },
  ),
  realtime(
    "telemetry.time",
    8,
    "time is the moment of sampling: it grows from frame to frame",
    "Stamp the sample with a 64-bit µs clock that is never set back.",
    (_, { frames }, wrong) => {
      for (const [index, { time }] of frames.slice(1).entries())
        wrong.unless(time > frames[index]!.time, `${frames[index]!.time} s was followed by ${time} s`);
      return wrong.verdict(`${frames.length} frames, always later`);
    },
  ),
  realtime(
    "telemetry.loss",
    8,
    "seq grows by one with each frame, and at most 2 % are lost",
    "Raise the data rate or send less: telemetry should take 80 % of the line at most.",
    (bench, { frames }, wrong) => {
      for (const [index, { seq }] of frames.slice(1).entries())
        wrong.unless(((seq - frames[index]!.seq) | 0) > 0, `${frames[index]!.seq} was followed by ${seq}`);
      const lost = lostOf(frames);
      const share = lost / (lost + frames.length);
      wrong.unless(share <= 0.02, `${lost} of ${lost + frames.length} frames lost`);
      wrong.unless(
        bench.talk.malformed === 0,
        `${bench.talk.malformed} frames of the robot were no messages`,
      );
      return wrong.verdict(`${lost} of ${lost + frames.length} lost`, { lost, lostShare: share });
    },
  ),
  realtime(
    "telemetry.jitter",
    8,
    "99 % of the frames arrive within 50 ms of the earliest, seen from their stamps",
    "Send the frame in the period in which it was sampled; look for buffers that are sent only when full.",
    (_, { frames }, wrong) => {
      const late = frames.filter(({ disturbed }) => !disturbed).map(({ time, at }) => at - time);
      if (late.length < frames.length / 3)
        return skipped(`this computer is too busy: ${late.length} undisturbed frames of ${frames.length}`);
      const earliest = late.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
      const p99 = quantile(late, 0.99) - earliest;
      wrong.unless(p99 <= 0.05, `p99 is ${milliseconds(p99)}`);
      return wrong.verdict(`p99 ${milliseconds(p99)}`, { p99Ms: 1000 * p99 });
    },
  ),
  realtime(
    "telemetry.samples",
    8,
    "each frame has one sample per channel, and its state is that of status",
    "Send f32 where the resolution is 0, else i16, in the order of the channels.",
    async (bench, { frames }, wrong) => {
      const bytes = samplesLength(bench.channels.map(({ resolution }) => resolution));
      for (const { samples } of frames)
        wrong.unless(
          samples.length === bytes,
          `${samples.length} bytes of samples, ${bytes} by the channels`,
        );
      const { state } = await bench.status();
      wrong.unless(frames.at(-1)!.state === state, `telemetry says ${frames.at(-1)!.state}, status ${state}`);
      return wrong.verdict(`${bytes} bytes, ${state}`);
    },
  ),
  realtime(
    "keepalive.challenge",
    6,
    "challenges are CRC-32C over one secret and the frame's number",
    "Low half of CRC-32C over secret and seq, u32 little endian each; draw the secret at boot.",
    (_, { frames }, wrong) => {
      const different = new Set(frames.map(({ challenge }) => challenge)).size;
      wrong.unless(different > 0.9 * frames.length, `${different} different ones in ${frames.length} frames`);
      // CRCs are linear: whatever the secret, two of them differ by what their numbers differ by.
      const secret = frames.map(({ seq, challenge }) => challenge ^ challengeOf(0, seq));
      const fitting = secret.filter((one) => one === secret[0]).length;
      wrong.unless(
        fitting === frames.length,
        `${frames.length - fitting} of ${frames.length} are of another secret`,
      );
      wrong.unless(secret[0] !== 0 || frames.length < 3, "the secret is 0");
      return wrong.verdict(`${frames.length} challenges of one secret`);
    },
  ),
  {
    id: "keepalive.counted",
    section: 6,
    needs: ["keepalive.challenge"],
    expected:
      "keepalives with a wrong response, number, age or session are counted in keepalivesStale; right ones are not",
    remedy:
      "Remember when the frames of the last 200 ms were sent; compare session, number, age and response.",
    run: async (bench) => {
      if (bench.hello!.clock === "lockstep") return skipped("the robot's clock is in lockstep");
      const wrong = new Complaints();
      await bench.lease();
      const old = await bench.frame(() => true, 1);
      if (!wrong.unless(old !== null, "there is no telemetry")) return wrong.verdict("");
      await sleep(0.25);
      const counted = async (
        what: string,
        stale: number,
        of: (fresh: Telemetry) => Message,
        session?: number,
      ) => {
        const before = await bench.statistics();
        let found = Number.NaN;
        // The frame may grow old while this computer is busy.
        for (let attempt = 0; attempt < 3 && found !== stale; attempt++) {
          const fresh = await bench.frame(() => true, 1);
          if (fresh === null) break;
          const base = attempt === 0 ? before : await bench.statistics();
          const keepalive = bench.wire(of(fresh.telemetry), {
            flags: 0,
            ...(session === undefined ? {} : { session }),
          });
          const { message } = await bench.askAfter(keepalive, { kind: "get-statistics" });
          if (message.kind === "statistics") found = message.keepalivesStale - base.keepalivesStale;
          if (stale === 1) break;
        }
        wrong.unless(found === stale, `${what}: keepalivesStale grew by ${found}`);
      };
      const right = (frame: Telemetry): Message => rightAnswer(frame)!;
      await counted("the right answer", 0, right);
      await counted("the challenge itself", 1, ({ seq, challenge }) => ({
        kind: "keepalive",
        telemetrySeq: seq,
        response: challenge,
      }));
      await counted("a frame not sent yet", 1, ({ seq, challenge }) => {
        const ahead = (seq + 1000) >>> 0;
        const secret = challenge ^ challengeOf(0, seq);
        return {
          kind: "keepalive",
          telemetrySeq: ahead,
          response: ~(secret ^ challengeOf(0, ahead)) & 0xffff,
        };
      });
      await counted("a frame 250 ms old", 1, () => right(old!.telemetry));
      await counted("another session", 1, right, bench.talk.session ^ 0x8000);
      return wrong.verdict("4 wrong ones counted, the right one not");
    },
  },
  realtime(
    "clock.drift",
    8,
    "the robot's clock keeps the host's pace within 1000 ppm, and telemetry and time-sync say the same clock",
    "Derive the clock from a crystal; stamp telemetry, time-reply and headers from the same counter.",
    (_, { clock, frames }, wrong) => {
      if (clock.length < 20)
        return skipped(`this computer is too busy: ${clock.length} undisturbed readings`);
      const { slope, error } = fitLine(clock);
      const ppm = 1e6 * (slope - 1);
      const uncertain = 2e6 * error;
      wrong.unless(Math.abs(ppm) - uncertain <= 1000, `${ppm.toFixed(0)} ± ${uncertain.toFixed(0)} ppm`);
      // Between being sampled and being read here a frame takes some time, but does not come from tomorrow.
      const offset = quantile(
        clock.map(([host, robot]) => robot - host),
        0.5,
      );
      const age = quantile(
        frames.map(({ at, time }) => at + offset - time),
        0.5,
      );
      wrong.unless(
        age > -0.05 && age < 0.5,
        `telemetry is ${milliseconds(age)} old when it comes, by time-sync`,
      );
      return wrong.verdict(
        `${ppm.toFixed(0)} ± ${uncertain.toFixed(0)} ppm, telemetry ${milliseconds(age)} old`,
        {
          driftPpm: ppm,
          uncertaintyPpm: uncertain,
          ageMs: 1000 * age,
        },
      );
    },
  ),
  {
    id: "subscribe.rate",
    section: 8,
    expected: "subscribe chooses rate and groups, and what comes is what subscribed says",
    remedy: "Answer the nearest rate that divides the control rate and the groups there are, and send that.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const { telemetryRate, clock } = bench.hello!;
      const present = bench.channels.reduce((mask, { group }) => mask | (1 << group), 0) >>> 0;
      try {
        const half = await bench.expect(
          { kind: "subscribe", rate: telemetryRate / 2, groups: 0xffffffff },
          "subscribed",
        );
        wrong.unless(
          half.groups === present,
          `groups ${half.groups.toString(2)}, there are ${present.toString(2)}`,
        );
        const bytes = samplesLength(bench.channels.map(({ resolution }) => resolution));
        wrong.unless(half.bytes === bytes, `${half.bytes} bytes, ${bytes} by the channels`);
        const off = Math.abs(half.rate / (telemetryRate / 2) - 1);
        wrong.unless(off <= 0.2, `asked for ${telemetryRate / 2} Hz it sends ${half.rate} Hz`);
        if (clock === "realtime") {
          const frames: Telemetry[] = [];
          await sleep(0.1);
          const end = bench.talk.onTelemetry((telemetry) => frames.push(telemetry));
          await sleep(Math.max(0.5, 20 / half.rate));
          end();
          const rate = frames.length < 2 ? 0 : rateOf(frames);
          wrong.unless(
            Math.abs(rate / half.rate - 1) <= 0.1,
            `${rate.toFixed(1)} Hz come, it said ${half.rate} Hz`,
          );
          wrong.unless(
            frames.every(({ samples }) => samples.length === half.bytes),
            "other bytes than it said",
          );
        }
        const none = await bench.ask({ kind: "subscribe", rate: telemetryRate, groups: 0 });
        const empty = none.kind === "subscribed" && none.groups === 0 && none.bytes === 0;
        wrong.unless(empty || isNack(none, "refused"), `no groups: ${said(none)}`);
        for (const rate of [0, -1, Number.NaN]) {
          const answer = await bench.ask({ kind: "subscribe", rate, groups: present });
          wrong.unless(isNack(answer, "refused") && answer.field === "rate", `${rate} Hz: ${said(answer)}`);
        }
      } finally {
        await subscribeAll(bench);
      }
      return wrong.verdict(`${telemetryRate / 2} Hz, groups, nothing, and no rates that are none`);
    },
  },
  {
    id: "statistics.frames",
    section: 3,
    expected: "framesReceived and framesSent count good frames there and back",
    remedy: "Count in the frame reader and where frames are written.",
    run: async (bench) => {
      const wrong = new Complaints();
      const before = await bench.statistics();
      const asked = bench.talk.answered.length;
      for (let question = 0; question < 9; question++) await bench.status();
      const after = await bench.statistics();
      const written = bench.talk.answered.slice(asked).reduce((sum, { tries }) => sum + tries, 0);
      const received = after.framesReceived - before.framesReceived;
      const sent = after.framesSent - before.framesSent;
      wrong.unless(received === written, `${written} requests, framesReceived grew by ${received}`);
      wrong.unless(sent >= 10, `10 answers, framesSent grew by ${sent}`);
      wrong.unless(
        after.longestPeriod > 0 && after.longestPeriod < 1,
        `longestPeriod is ${after.longestPeriod} s`,
      );
      return wrong.verdict(
        `+ ${received} received, + ${sent} sent, longest period ${milliseconds(after.longestPeriod)}`,
        {
          longestPeriodMs: 1000 * after.longestPeriod,
          loopOverruns: after.loopOverruns,
          framesUnsent: after.framesUnsent,
        },
      );
    },
  },
];

/** What a robot sends to a host that has not subscribed. */
export async function subscribeAll(bench: Bench): Promise<void> {
  await bench.ask({ kind: "subscribe", rate: bench.hello!.telemetryRate, groups: 0xffffffff });
}
