/** Pauses and resumes the study shown. Enter operates the buttons: Space is the e-stop everywhere. */
import { pauseStudy, resumeStudy } from "./api.ts";
import { byId, setText } from "./element.ts";
import type { PageState } from "./page-state.ts";
import { ensureSeat, leaseToken } from "./seat.ts";

/** A button takes no press for so long after its meaning has changed, ms: a double click means its first half. */
const UNREAD_MS = 500;

export class PauseButtons {
  readonly #pause = byId<HTMLButtonElement>("pause");
  readonly #pauseNow = byId<HTMLButtonElement>("pause-now");
  readonly #refused = byId("pause-refused");
  #study: string | null = null;
  #paused = false;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#pause.addEventListener("click", () => this.#press(false));
    this.#pauseNow.addEventListener("click", () => this.#press(true));
  }

  draw(state: PageState): void {
    const status = state.study === null ? undefined : state.studies.get(state.study);
    const paused = status?.paused !== undefined;
    const ended = status === undefined || status.state === "finished" || status.state === "stopped";
    if (paused !== this.#paused) this.#changedAt = performance.now();
    this.#study = status?.study ?? null;
    this.#paused = paused;
    this.#pause.hidden = ended;
    this.#pauseNow.hidden = ended || paused || state.frame?.trial == null;
    setText(this.#pause, paused ? "Resume" : "Pause");
  }

  #press(now: boolean): void {
    if (this.#study === null || performance.now() - this.#changedAt < UNREAD_MS) return;
    void this.#send(this.#study, now).then((problem) => setText(this.#refused, problem ?? ""));
  }

  async #send(study: string, now: boolean): Promise<string | null> {
    const resume = this.#paused;
    const held = await ensureSeat();
    if (held !== null) return held;
    return resume ? resumeStudy(study, leaseToken()) : pauseStudy(study, now, leaseToken());
  }
}
