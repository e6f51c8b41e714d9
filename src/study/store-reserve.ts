/**
 * Room that is kept free beside a study file, so that on a disk that fills up during a walk the walk's reports and its outcome
 * can still be stored.
 */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { fail } from "../errors.ts";
import { FULL, primaryCode } from "./sqlite-failure.ts";

/** Far more than a walk's reports and its outcome take with the pages around them. */
const RESERVE_BYTES = 256 * 1024;
const DISK_FULL = ["ENOSPC", "EDQUOT"];

export class StoreReserve {
  readonly #path: string;
  #held: boolean;

  /** @param store path of the study file @throws STORE_FAILED on a disk that is full already: no walk may begin there */
  constructor(store: string) {
    this.#path = `${store}-reserve`;
    this.#held = this.#take(store);
  }

  /** The same write, which on a full disk is tried once more with the room that was kept. */
  for<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      try {
        return await write(...args);
      } catch (error) {
        const { cause } = error as Error;
        if (primaryCode(cause) !== FULL || !this.#held) throw error;
        this.release();
        return write(...args);
      }
    };
  }

  release(): void {
    rmSync(this.#path, { force: true });
    this.#held = false;
  }

  /** @returns false where it cannot be kept for another reason than the room */
  #take(store: string): boolean {
    try {
      const file = openSync(this.#path, "w");
      try {
        const zeros = Buffer.alloc(RESERVE_BYTES);
        for (let written = 0; written < zeros.length; ) written += writeSync(file, zeros, written);
      } finally {
        closeSync(file);
      }
      return true;
    } catch (error) {
      rmSync(this.#path, { force: true });
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!DISK_FULL.includes(code)) return false;
      return fail("STORE_FAILED", {
        what: `the disk is full: there is no room for what a walk has to store (${RESERVE_BYTES / 1024} KiB)`,
        where: store,
        remedy: "Make room, then run the same command again: the study continues.",
        cause: error,
      });
    }
  }
}
