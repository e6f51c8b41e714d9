/** The robot is there, and fit to walk, before a trial exists: what is wrong then costs no attempt. */
import { codeOf } from "../errors.ts";
import { isWorthAnotherStation, pauseAfter, STATION_DEATHS_ALLOWED } from "./station-deaths.ts";
import type { StudyHalt } from "./study-halt.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";

type ReadinessParts = Pick<StudyRunnerParts, "station" | "preflight" | "operator">;

export class RobotReadiness {
  readonly #parts: ReadinessParts;
  readonly #halt: StudyHalt;
  #preflightPassed = false;

  constructor(parts: ReadinessParts, halt: StudyHalt) {
    this.#parts = parts;
    this.#halt = halt;
  }

  /** Everything is looked at again before the next walk. */
  lookAgain(): void {
    this.#preflightPassed = false;
  }

  /** @returns false when the study was stopped while the robot was waited for */
  async reach(): Promise<boolean> {
    const halt = this.#halt;
    try {
      await this.#parts.station(halt.signal);
      halt.reached();
    } catch (error) {
      halt.heardOfLatch(error);
      if (!halt.halted && codeOf(error) !== "STATION_FAILED") throw error;
    }
    return !halt.halted;
  }

  /**
   * Before the first walk of this run, and after a latch. What refuses may be mended by whoever is there, and everything is looked at again; a
   * station that dies meanwhile, or a link that is lost, is started anew a few times, as for a walk.
   *
   * @param trial that is walked next
   * @returns false when the study was stopped meanwhile
   */
  async preflight(trial: number): Promise<boolean> {
    const { preflight, operator } = this.#parts;
    const halt = this.#halt;
    const { signal } = halt;
    if (preflight === undefined) return true;
    for (let deaths = 0; !this.#preflightPassed && !halt.halted; ) {
      try {
        this.#preflightPassed = await preflight(trial, signal);
      } catch (error) {
        if (halt.heardOfLatch(error) || halt.halted) return false;
        if (operator?.canMend(error) === true) {
          const answer = await operator.mend(error, trial, signal, true);
          if (answer === null) return false;
          continue;
        }
        if (!isWorthAnotherStation(error) || ++deaths >= STATION_DEATHS_ALLOWED) throw error;
        await pauseAfter(deaths, signal);
      }
    }
    return !halt.halted;
  }
}
