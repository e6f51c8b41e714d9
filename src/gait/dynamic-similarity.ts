/**
 * Lengths and frequencies by which a gait differs noticeably, from the size of the body alone. Animals and robots of different size move
 * alike when their lengths stand in one proportion to the legs' and their frequencies to that of a pendulum as long as the leg,
 * √(g/h) / 2π: R. McN. Alexander and A. S. Jayes, "A dynamic similarity hypothesis for the gaits of quadrupedal mammals", Journal of
 * Zoology 201, 1983. So what is a small change is small in that proportion, too.
 */
import type { BodyGeometry } from "./gait.ts";

/** m/s² */
const GRAVITY = 9.81;

/** A third of the leg, m: foot paths that differ by less are much alike. */
export function noticeableLength({ stanceHeight }: BodyGeometry): number {
  return stanceHeight / 3;
}

/** The frequency of a pendulum as long as the leg, Hz. */
export function noticeableFrequency({ stanceHeight }: BodyGeometry): number {
  return Math.sqrt(GRAVITY / stanceHeight) / (2 * Math.PI);
}
