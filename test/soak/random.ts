/** Park and Miller's generator: random, and the same in every run. @returns numbers from 0 to 1, ends excluded */
export function randomNumbers(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  // Neighbouring seeds begin alike.
  for (let skip = 0; skip < 8; skip++) next();
  return next;
}
