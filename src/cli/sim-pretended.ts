/** `gaitsmith sim --petoi` and `--mjbots PORT`: robots people own, pretended, so that their configs can be tried. Until Ctrl-C. */
import { parsePetoiFaults } from "../../sim/petoi/faults.ts";
import { fail } from "../errors.ts";

export interface PretendedOptions {
  readonly petoi?: boolean;
  readonly mjbots?: string;
  readonly faults?: string;
  readonly json?: boolean;
}

/** @throws BAD_USAGE naming the option */
export async function simPretended(options: PretendedOptions): Promise<number> {
  if (options.petoi && options.mjbots !== undefined)
    fail("BAD_USAGE", {
      what: "--petoi and --mjbots are two robots",
      remedy: "Start each in a terminal of its own.",
    });
  return options.petoi ? simPetoi(options) : simMjbots(options);
}

async function simPetoi({ faults, json = false }: PretendedOptions): Promise<number> {
  const { openPetoiPeer } = await import("../../sim/petoi/petoi-peer.ts");
  const peer = await openPetoiPeer(faults === undefined ? {} : { faults: parsePetoiFaults(faults) });
  const { firmware } = peer;
  // What a person with a tape measure would find.
  let from: { readonly x: number; readonly y: number } | null = null;
  const measuring = setInterval(() => {
    const { x, y } = firmware.body;
    if (firmware.doing === "gait") from ??= { x, y };
    else if (from !== null) {
      process.stderr.write(`It walked ${Math.hypot(x - from.x, y - from.y).toFixed(2)} m.\n`);
      from = null;
    }
  }, 100);
  await serve(json, { path: peer.path, firmware: "OpenCatEsp32" }, peer.path, "A pretended Petoi Bittle X");
  clearInterval(measuring);
  peer.close();
  return 0;
}

async function simMjbots({ mjbots = "", faults, json = false }: PretendedOptions): Promise<number> {
  const port = Number(mjbots);
  if (mjbots === "" || !Number.isInteger(port) || port < 0 || port > 65_535)
    fail("BAD_USAGE", { what: `--mjbots ${mjbots} is no port`, remedy: "Give its own, 4778, or 0 for any." });
  if (faults !== undefined)
    fail("BAD_USAGE", { what: "--faults is not for --mjbots", remedy: "Leave it out." });
  const { QuadServer } = await import("../../sim/mjbots/quad-server.ts");
  const server = await QuadServer.open({ port });
  await serve(json, { url: server.url }, server.url, "A pretended mjbots quad");
  const { x, y } = server.quad;
  await server.close();
  process.stderr.write(`It came ${x.toFixed(2)} m forward and ${(-y).toFixed(2)} m to the left.\n`);
  return 0;
}

/** Says where it is, and waits. */
async function serve(json: boolean, introduction: object, where: string, what: string): Promise<void> {
  process.stdout.write(json ? `${JSON.stringify(introduction)}\n` : `${where}\n`);
  process.stderr.write(
    `${what}: what it says is as the real one's, how it walks is made up. Ctrl-C ends it.\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
  });
}
