/** Puts a robot in this process behind a serial line: `gaitsmith sim --serial`, and tests of the serial link. */
import type { Clock } from "../../src/clock.ts";
import type { DeadManTimes } from "./dead-man.ts";
import { type Body, ProtocolServer } from "./protocol-server.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";

export interface SerialPeer {
  /** The device to write into `link.path`. */
  readonly path: string;
  /** Puts bytes on the line as noise would. */
  disturb(bytes: Uint8Array): void;
  /** Unplugs the cable: the robot goes on without a host. */
  unplug(): void;
  /** Unplugs and closes the robot. Idempotent. */
  close(): Promise<void>;
}

export interface SerialPeerOptions {
  /** The clock that the robot stamps arrivals with; in lockstep the manual clock it moves. */
  readonly clock: Clock;
  /** Differs from start to start, so that a host notices a reboot. */
  readonly bootId?: number;
  /** Default: settle after 0.3 s of silence, cut after 0.8 s. */
  readonly deadMan?: DeadManTimes;
}

/** Opens the robot and answers for it. The robot's listeners belong to the peer. */
export async function openSerialPeer(body: Body, options: SerialPeerOptions): Promise<SerialPeer> {
  let server: ProtocolServer | null = null;
  const terminal = await PseudoTerminal.open((bytes) => server?.onBytes(bytes));
  const capabilities = await body.open();
  server = new ProtocolServer({
    body,
    capabilities,
    clock: options.clock,
    bootId: options.bootId ?? process.pid,
    ...(options.deadMan === undefined ? {} : { deadMan: options.deadMan }),
    write: (bytes) => terminal.write(bytes),
  });
  return {
    path: terminal.path,
    disturb: (bytes) => terminal.write(bytes),
    unplug: () => terminal.close(),
    close: async () => {
      terminal.close();
      await body.close();
    },
  };
}
