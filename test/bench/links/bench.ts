/**
 * What each link to a robot can do and what it costs: parameters until acknowledged, age of telemetry, frames without loss,
 * stops, and the share of a core that the station's side takes. Robot and station have a process each, for each figure.
 *
 * `npm run bench:links [-- --seconds 5 --rates 100,200,500,1000 --links serial,json,cbor-raw --ros 1 --json]`
 *
 * Beside it: `node test/bench/links/mapping.ts` (messages into channels) and `node test/bench/links/targets.ts` (streamed
 * joint targets).
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LINKS, type LinkName } from "./links.ts";
import { NUMBERS } from "./rosbridge-telemetry.ts";
import type { LinkFigures, Spread } from "./station.ts";

interface Bar {
  readonly link: LinkName;
  readonly rate: number;
  readonly what: string;
  readonly unit: string;
  readonly bar: number;
  readonly of: (figures: LinkFigures) => number;
}

const BARS: readonly Bar[] = [
  {
    ...{ link: "json", rate: 200, what: "telemetry age, 99 %", unit: "ms", bar: 20 },
    of: ({ age }) => age.p99,
  },
  {
    ...{ link: "json", rate: 200, what: "share of a core", unit: "%", bar: 30 },
    of: ({ cpuShare }) => 100 * cpuShare,
  },
  {
    ...{ link: "serial", rate: 1000, what: "share of a core", unit: "%", bar: 20 },
    of: ({ cpuShare }) => 100 * cpuShare,
  },
];

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rates: { type: "string", default: "100,200,500,1000" },
    links: { type: "string", default: Object.keys(LINKS).join(",") },
    ros: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const measured: LinkFigures[] = [];
const say = (line: string): void => {
  if (!flags.json) process.stdout.write(`${line}\n`);
};

say(
  "times in ms: median / 99 %; pauses of the event loop: 99 % / longest; core: station's side, all threads",
);
say(
  row([
    ...["", "Hz", "values", "sent", "received", "parameters → ack", "telemetry age", "stop → robot"],
    ...["core", "pauses"],
  ]),
);
for (const link of flags.links.split(","))
  for (const rate of flags.rates.split(",")) {
    const figures = await inItsOwnProcess([link, rate, flags.seconds, flags.ros]);
    measured.push(figures);
    say(rowOf(figures));
    if (figures.unconfirmed > 0) say(`  ${figures.unconfirmed} stops were not confirmed`);
  }

const judged = BARS.flatMap(({ link, rate, what, unit, bar, of }) => {
  const figures = measured.find((one) => one.link === link && one.rate === rate);
  if (figures === undefined) return [];
  const value = of(figures);
  return [{ link, rate, what, unit, bar, value, ratio: value / bar }];
});
if (flags.json)
  process.stdout.write(
    `${JSON.stringify({ seconds: Number(flags.seconds), measured, bars: judged }, null, 2)}\n`,
  );
else if (judged.length > 0) say(`\nbars (${NUMBERS} values a frame over rosbridge)`);
for (const { link, rate, what, unit, bar, value, ratio } of judged)
  say(
    `  ${LINKS[link]} at ${rate} Hz, ${what}: ${value.toFixed(1)} ${unit}, ${ratio.toFixed(2)} of the bar of ${bar} ${unit}`,
  );

function inItsOwnProcess(options: readonly string[]): Promise<LinkFigures> {
  const child = fork(fileURLToPath(new URL("./station.ts", import.meta.url)), options);
  return new Promise((resolve, reject) => {
    child.once("message", (figures) => resolve(figures as LinkFigures));
    child.once("exit", (code) => reject(new Error(`the station of ${options.join(" ")} ended with ${code}`)));
  });
}

function rowOf(figures: LinkFigures): string {
  const { link, rate, channels, sent, received, seconds, parameters, age, stop, cpuShare, pauses } = figures;
  return row([
    ...[LINKS[link], `${rate}`, link === "serial" ? `${channels}` : `${NUMBERS}`],
    ...[`${(sent / seconds).toFixed(0)}/s`, sent === received ? "all" : `${received} of ${sent}`],
    ...[parameters, age, stop].map(({ median, p99 }: Spread) => `${median.toFixed(2)} / ${p99.toFixed(2)}`),
    ...[`${(100 * cpuShare).toFixed(1)} %`, `${pauses.p99.toFixed(1)} / ${pauses.longest.toFixed(1)}`],
  ]);
}

function row(cells: readonly string[]): string {
  const widths = [-18, 5, 7, 8, 13, 17, 15, 15, 8, 14];
  return cells
    .map((cell, index) => (widths[index]! < 0 ? cell.padEnd(-widths[index]!) : cell.padStart(widths[index]!)))
    .join(" ");
}
