/**
 * The dead-man's challenge: every telemetry frame carries a number that only the robot can foretell, and a keepalive
 * quotes its complement. So a host whose timer runs on while its reading has stopped keeps no robot alive.
 */
import { crc32c } from "./crc32c.ts";

/** Low half of CRC-32C over secret and frame number, u32 little endian each. @param secret drawn at every boot */
export function challengeOf(secret: number, telemetrySeq: number): number {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, secret, true);
  view.setUint32(4, telemetrySeq, true);
  return crc32c(bytes, 0, bytes.length, view) & 0xffff;
}

/** @returns the bitwise complement */
export function responseTo(challenge: number): number {
  return ~challenge & 0xffff;
}
