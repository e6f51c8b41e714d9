/** Puts a pretended Petoi robot behind a pseudo-terminal: `gaitsmith sim --petoi`, and tests of its link. */
import { Line } from "../serial/line.ts";
import { PetoiFirmware, type PetoiOptions } from "./firmware.ts";

export interface PetoiPeer {
  /** The device to write into `link.path`. */
  readonly path: string;
  readonly firmware: PetoiFirmware;
  /** Pulls the cable: the robot goes on without a host. */
  unplug(): void;
  replug(): Promise<void>;
  /** Puts bytes on the line as noise would. */
  disturb(bytes: Uint8Array): void;
  close(): void;
}

export async function openPetoiPeer(options: Omit<PetoiOptions, "write"> = {}): Promise<PetoiPeer> {
  let firmware: PetoiFirmware | null = null;
  const line = await Line.open({ baud: 115_200, onBytes: (bytes) => firmware?.onBytes(bytes) });
  firmware = new PetoiFirmware({ ...options, write: (bytes) => line.write(bytes) });
  firmware.reset();
  return {
    path: line.path,
    firmware,
    unplug: () => line.unplug(),
    replug: () => line.replug(),
    disturb: (bytes) => line.disturb(bytes),
    close: () => {
      firmware.off();
      line.close();
    },
  };
}
