/** Which of its channels a simulated robot sends, and in which form. */
import { encodeSamples, samplesLength } from "../../firmware-protocol/codec/samples.ts";
import type { Channel, ChannelLayout } from "../../src/robot/telemetry-frame.ts";

/** Group 0: what is measured. Group 1: what the robot was told, which a host knows anyway. */
export function groupOf({ source }: Channel): number {
  return source === "measured" ? 0 : 1;
}

/** Steps of 16-bit samples by unit: beyond 32767 of them no healthy robot goes. */
const STEPS: Readonly<Record<string, number>> = {
  rad: 2e-4,
  "rad/s": 5e-3,
  m: 1e-3,
  "m/s²": 1e-2,
  N·m: 1e-3,
  A: 2e-3,
  V: 2e-3,
  "°C": 1e-2,
};
const SMALLEST_STEP = 1e-4;

export class TelemetryFormat {
  /** Of all channels: step of their 16-bit samples, 0 where they are binary32. */
  readonly resolutions: Float64Array;
  readonly #groups: readonly number[];
  #chosen: Uint16Array;
  #chosenResolutions: Float64Array;
  #values: Float64Array;
  /** Recycled. */
  #samples: Uint8Array;
  /** Bit g: group g is sent. */
  groups: number;

  /** @param sixteenBit whether samples are i16 instead of f32 */
  constructor(layout: ChannelLayout, sixteenBit: boolean) {
    this.resolutions = Float64Array.from(layout.channels, ({ unit }) =>
      sixteenBit ? (STEPS[unit] ?? SMALLEST_STEP) : 0,
    );
    this.#groups = layout.channels.map(groupOf);
    this.#chosen = Uint16Array.from(this.#groups.keys());
    this.#chosenResolutions = this.resolutions;
    this.#values = new Float64Array(this.resolutions.length);
    this.#samples = new Uint8Array(this.bytes);
    this.groups = this.#present;
  }

  /** Groups that no channel belongs to are left out. @param groups bit g: group g */
  choose(groups: number): void {
    this.groups = (groups & this.#present) >>> 0;
    const chosen = this.#groups.flatMap((group, index) => ((this.groups >>> group) & 1 ? [index] : []));
    this.#chosen = Uint16Array.from(chosen);
    this.#chosenResolutions = Float64Array.from(chosen, (index) => this.resolutions[index]!);
    this.#values = new Float64Array(chosen.length);
    this.#samples = new Uint8Array(this.bytes);
  }

  /** Bytes of the samples of a frame. */
  get bytes(): number {
    return samplesLength(this.#chosenResolutions);
  }

  /** @param values of all channels. @returns the samples, which the next call overwrites */
  encode(values: Float64Array): Uint8Array {
    for (let index = 0; index < this.#chosen.length; index++)
      this.#values[index] = values[this.#chosen[index]!]!;
    return encodeSamples(this.#values, this.#chosenResolutions, this.#samples);
  }

  get #present(): number {
    return this.#groups.reduce((mask, group) => mask | (1 << group), 0) >>> 0;
  }
}
