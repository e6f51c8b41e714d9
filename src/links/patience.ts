/** How long an answer is waited for. */
export interface Patience {
  /** Wall time between repetitions, ms. */
  readonly repeatAfter: number;
  /** Wall time after which the robot counts as gone, ms. */
  readonly giveUpAfter: number;
}

export const ORDINARY: Patience = { repeatAfter: 250, giveUpAfter: 3000 };
/** A simulated robot computes while its host waits. */
export const COMPUTING: Patience = { repeatAfter: 1000, giveUpAfter: 30_000 };
export const STOPPING: Patience = { repeatAfter: 20, giveUpAfter: 1000 };
export const LEAVING: Patience = { repeatAfter: 100, giveUpAfter: 300 };
