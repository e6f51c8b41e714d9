/** Puts a robot in this process behind a serial line: `gaitsmith sim --serial`, and tests of the serial link. */
import type { Clock } from "../../src/clock.ts";
import type { DeadManTimes } from "./dead-man.ts";
import { Line, type LineStatistics } from "./line.ts";
import type { LineFaults } from "./line-faults.ts";
import { type Body, ProtocolServer } from "./protocol-server.ts";

export interface SerialPeer {
  /** The device to write into `link.path`. */
  readonly path: string;
  /** Puts bytes on the line as noise would. */
  disturb(bytes: Uint8Array): void;
  /** Unplugs the cable: the robot goes on without a host. */
  unplug(): void;
  /** Plugs it in again, at the same path. */
  replug(): Promise<void>;
  readonly statistics: LineStatistics;
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
  /** Bits per second; Infinity (the default) takes no time. */
  readonly baud?: number;
  readonly faults?: LineFaults;
  /** Samples in 16 bits instead of binary32. */
  readonly sixteenBit?: boolean;
  /** Hard limits that an earlier host has narrowed, by their number. */
  readonly narrowed?: Readonly<Record<number, readonly [low: number, high: number]>>;
}

/** Opens the robot and answers for it. The robot's listeners belong to the peer. */
export async function openSerialPeer(body: Body, options: SerialPeerOptions): Promise<SerialPeer> {
  let server: ProtocolServer | null = null;
  const line = await Line.open({
    ...(options.baud === undefined ? {} : { baud: options.baud }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    onBytes: (bytes) => server?.onBytes(bytes),
  });
  const capabilities = await body.open();
  server = new ProtocolServer({
    body,
    capabilities,
    clock: options.clock,
    bootId: options.bootId ?? process.pid,
    ...(options.deadMan === undefined ? {} : { deadMan: options.deadMan }),
    ...(options.sixteenBit === undefined ? {} : { sixteenBit: options.sixteenBit }),
    ...(options.narrowed === undefined ? {} : { narrowed: options.narrowed }),
    write: (bytes) => line.write(bytes),
  });
  return {
    path: line.path,
    disturb: (bytes) => line.disturb(bytes),
    unplug: () => line.unplug(),
    replug: () => line.replug(),
    get statistics() {
      return line.statistics;
    },
    close: async () => {
      line.close();
      await body.close();
    },
  };
}
