/** Time that all processes of this machine have in common, s since it was started. */
export const machineTime = (): number => Number(process.hrtime.bigint()) / 1e9;
