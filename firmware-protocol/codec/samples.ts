/**
 * Samples of a telemetry frame: one number per subscribed channel, in the order of the channels. A channel whose
 * resolution is 0 is sent as f32, another one as i16 in steps of its resolution.
 */

/** Stands for a value that is not to be trusted. */
const NAN_I16 = -0x8000;
const LARGEST_I16 = 0x7fff;
/** The one NaN that is sent. */
const NAN_F32 = 0x7fc00000;

/** The same four bytes as a whole number and as binary32. */
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Bytes that these channels take in a frame. @param resolutions of the channels, in their units */
export function samplesLength(resolutions: ArrayLike<number>): number {
  let length = 0;
  for (let channel = 0; channel < resolutions.length; channel++) length += resolutions[channel] === 0 ? 4 : 2;
  return length;
}

/**
 * Values beyond what 16 bits can say are clipped; what is not finite becomes NaN there.
 *
 * @param samples overwritten; of the length that these channels take
 * @returns them
 */
export function encodeSamples(
  values: ArrayLike<number>,
  resolutions: ArrayLike<number>,
  samples: Uint8Array = new Uint8Array(samplesLength(resolutions)),
): Uint8Array {
  const { length } = samples;
  if (length === 2 * resolutions.length && encodeSteps(values, resolutions, samples)) return samples;
  if (length === 4 * resolutions.length && encodeFloats(values, samples)) return samples;
  let at = 0;
  for (let channel = 0; channel < resolutions.length; channel++) {
    const value = values[channel]!;
    const resolution = resolutions[channel]!;
    if (resolution === 0) {
      float[0] = value;
      const word = Number.isNaN(value) ? NAN_F32 : bits[0]!;
      samples[at] = word;
      samples[at + 1] = word >>> 8;
      samples[at + 2] = word >>> 16;
      samples[at + 3] = word >>> 24;
      at += 4;
      continue;
    }
    const clipped = Math.max(-LARGEST_I16, Math.min(LARGEST_I16, nearest(value / resolution)));
    const steps = Number.isFinite(value) ? clipped : NAN_I16;
    samples[at] = steps;
    samples[at + 1] = steps >> 8;
    at += 2;
  }
  return samples;
}

/** As the C library rounds; Math.round has a branch, which no processor foretells. */
function nearest(ratio: number): number {
  return Math.floor(ratio + 0.5);
}

/**
 * The common case of only 16-bit samples, without a branch in its loop.
 *
 * @returns false when there is something to clip or not to trust
 */
function encodeSteps(
  values: ArrayLike<number>,
  resolutions: ArrayLike<number>,
  samples: Uint8Array,
): boolean {
  let largest = 0;
  for (let channel = 0; channel < resolutions.length; channel++) {
    const ratio = values[channel]! / resolutions[channel]!;
    // NaN stays the largest.
    largest = Math.max(largest, Math.abs(ratio));
    const steps = nearest(ratio) | 0;
    samples[2 * channel] = steps;
    samples[2 * channel + 1] = steps >> 8;
  }
  return largest <= LARGEST_I16;
}

/** The same for only binary32. @returns false when one may be NaN */
function encodeFloats(values: ArrayLike<number>, samples: Uint8Array): boolean {
  // NaN in it stays.
  let sum = 0;
  for (let at = 0; at < samples.length; at += 4) {
    const value = values[at >> 2]!;
    sum += value;
    float[0] = value;
    const word = bits[0]!;
    samples[at] = word;
    samples[at + 1] = word >>> 8;
    samples[at + 2] = word >>> 16;
    samples[at + 3] = word >>> 24;
  }
  return !Number.isNaN(sum);
}

/**
 * @param values overwritten, one per channel
 * @returns false, and `values` is as before, when these are not samples of those channels
 */
export function decodeSamples(
  samples: Uint8Array,
  resolutions: ArrayLike<number>,
  values: Float64Array,
): boolean {
  if (samples.length !== samplesLength(resolutions) || values.length !== resolutions.length) return false;
  if (samples.length === 2 * resolutions.length && decodeSteps(samples, resolutions, values)) return true;
  if (samples.length === 4 * resolutions.length) {
    decodeFloats(samples, values);
    return true;
  }
  let at = 0;
  for (let channel = 0; channel < resolutions.length; channel++) {
    const resolution = resolutions[channel]!;
    const low = samples[at]! | (samples[at + 1]! << 8);
    if (resolution === 0) {
      bits[0] = low | (samples[at + 2]! << 16) | (samples[at + 3]! << 24);
      values[channel] = float[0]!;
      at += 4;
      continue;
    }
    const steps = (low << 16) >> 16;
    values[channel] = steps === NAN_I16 ? Number.NaN : steps * resolution;
    at += 2;
  }
  return true;
}

/**
 * The common case of only 16-bit samples, without a branch in its loop.
 *
 * @returns false when one is NaN
 */
function decodeSteps(samples: Uint8Array, resolutions: ArrayLike<number>, values: Float64Array): boolean {
  let least = 0;
  for (let channel = 0; channel < resolutions.length; channel++) {
    const steps = ((samples[2 * channel]! | (samples[2 * channel + 1]! << 8)) << 16) >> 16;
    least = Math.min(least, steps);
    values[channel] = steps * resolutions[channel]!;
  }
  return least !== NAN_I16;
}

/** The same for only binary32. */
function decodeFloats(samples: Uint8Array, values: Float64Array): void {
  for (let channel = 0; channel < values.length; channel++) {
    const at = 4 * channel;
    bits[0] = samples[at]! | (samples[at + 1]! << 8) | (samples[at + 2]! << 16) | (samples[at + 3]! << 24);
    values[channel] = float[0]!;
  }
}
