/** Of telemetry, Hz. */
export const RATE = 1000;
