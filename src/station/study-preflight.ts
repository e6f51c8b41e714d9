/**
 * What is looked at before a study's first walk: the robot, everything between it and us, and this computer. Measured, item by
 * item; what keeps the study from starting is `missing`.
 */
import { join } from "node:path";
import { type HardwareConfig, plannedSeconds } from "../config/hardware-config.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { CheckItem } from "./check-items/check-item.ts";
import { diskItem, recorderItem } from "./check-items/computer-items.ts";
import { type ExercisedStop, stopItems } from "./check-items/stop-items.ts";
import { largestRecording, placeOf, sameDisk } from "./disk-space.ts";
import type { PreflightAsk } from "./messages.ts";
import type { ProbeResult, RecorderProbe } from "./recorder-probe.ts";
import type { RobotClaim } from "./robot-claim.ts";
import { Listening } from "./robot-listening.ts";
import { lookAtRobot } from "./robot-look.ts";
import { breachWords } from "./walk-end.ts";

/** One at a time: what a killed station leaves behind, the next one takes over. */
const PROBE = "preflight.mcap";
/** s of robot time */
const LISTENING_SECONDS = 1;
/** From the first frame to standing and back, beside what the config says, s. */
const AROUND_WALK = 3;

export interface StudyPreflightParts {
  readonly config: HardwareConfig;
  readonly ask: PreflightAsk;
  readonly claim: RobotClaim;
  /** The recorder is given every frame from then on. */
  readonly beginProbe: (file: string) => RecorderProbe;
  /** Cuts the robot, which has no torque: over the link alone, and as an e-stop of anybody's. */
  readonly exercise: () => Promise<readonly [direct: ExercisedStop, socket: ExercisedStop]>;
}

export class StudyPreflight {
  readonly #parts: StudyPreflightParts;
  readonly #listening: Listening;
  #probe: RecorderProbe | null = null;

  constructor(parts: StudyPreflightParts) {
    this.#parts = parts;
    this.#listening = new Listening(parts.claim);
  }

  /** To be told every frame of the robot, after the monitor. */
  hear(frame: TelemetryFrame): void {
    this.#listening.hear(frame);
  }

  /** To be told what the recorder says went wrong. */
  recordingFailed(words: string): void {
    this.#probe?.failed(words);
  }

  /** Whether the recorder failed: the next one is to begin anew. */
  get recorderFailed(): boolean {
    return this.#probe?.hasFailed === true;
  }

  /** Does not reject for what is wrong with robot or computer. @throws LINK_LOST and the like */
  async run(): Promise<readonly CheckItem[]> {
    const { ask, config, claim, beginProbe, exercise } = this.#parts;
    if (!ask.robot) return diskItems(config, ask, null);
    const { robot, capabilities, clock, monitor } = claim;
    const folder = ask.recordings;
    monitor.reset();
    this.#probe = folder === null ? null : beginProbe(join(folder, PROBE));
    const look = await lookAtRobot({
      ...{ config, robot, capabilities, listening: this.#listening, seconds: LISTENING_SECONDS },
      breach: () => (monitor.breach === null ? null : breachWords(monitor.breach)),
      again: () => monitor.reset(),
    }).catch(async (error: unknown) => {
      await this.#probe?.end(0, clock.now());
      throw error;
    });
    const probed = (await this.#probe?.end(this.#listening.length, clock.now())) ?? null;
    return [
      ...look.items,
      ...stopItems(...(await exercise())),
      recorderItem(probed, folder ?? ""),
      ...(await diskItems(config, ask, probed)),
    ];
  }
}

async function diskItems(
  { walk, preflight }: HardwareConfig,
  { store, recordings, walks }: PreflightAsk,
  probe: ProbeResult | null,
): Promise<CheckItem[]> {
  const file = await placeOf("the study file", store);
  if (recordings === null) return [diskItem({ ...file, what: "" }, 0, "", preflight)];
  const seconds = plannedSeconds(walk) + 2 * walk.stand + AROUND_WALK;
  const largest = await largestRecording(recordings);
  const rate = probe !== null && probe.recorded > 0 ? probe.bytes / probe.recorded : 0;
  const perWalk = largest ?? rate * seconds;
  const basis = largest === null ? "from a probe" : "from the newest recordings";
  const both = await sameDisk(store, recordings);
  const place = both ? { ...file, what: "" } : await placeOf("the recordings", recordings);
  const item = diskItem(place, Math.ceil(perWalk * walks), perWalk > 0 ? basis : "", preflight);
  return both ? [item] : [diskItem(file, 0, "", preflight), item];
}
