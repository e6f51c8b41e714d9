/**
 * A robot that is listened to while it has no torque and a person moves it: nothing is sent to it but stops. In lockstep its
 * clock is moved along with the wall clock where a person acts, as fast as it goes where a simulated hand does.
 */
import { setImmediate as breathe, setTimeout as pause } from "node:timers/promises";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import type { Capabilities, Robot } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { lostLink } from "./lost-link.ts";
import { assertFits, type OpenedRobot } from "./robot-claim.ts";

/** Frames are kept this often at most, Hz, and for so long, s: a movement is slow, and a person may go for coffee. */
const KEPT_RATE = 200;
const KEPT_SECONDS = 180;
/** Longer than this without a frame, s of wall time, the robot is silent. */
const SILENCE = 3;

export interface QuietSamples {
  readonly times: readonly number[];
  series(channel: string): readonly number[] | null;
}

export interface TriedStop {
  readonly confirmed: boolean;
  /** From the stop written to the robot's confirmation, s of wall time. */
  readonly seconds: number;
}

export class QuietSession {
  readonly robot: Robot;
  readonly capabilities: Capabilities;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #lost: string | null = null;
  readonly #config: HardwareConfig;

  private constructor(config: HardwareConfig, { robot }: OpenedRobot, capabilities: Capabilities) {
    this.#config = config;
    this.robot = robot;
    this.capabilities = capabilities;
  }

  /** @throws LINK_UNAVAILABLE, ROBOT_BUSY, ROBOT_MISMATCH */
  static async open(
    config: HardwareConfig,
    openRobot: (config: HardwareConfig) => Promise<OpenedRobot>,
  ): Promise<QuietSession> {
    const opened = await openRobot(config);
    const { robot } = opened;
    let session: QuietSession | null = null;
    let lost: string | null = null;
    robot.onFrame((frame) => {
      if (session !== null) session.#onFrame(frame);
    });
    robot.onEvent((event) => {
      if (event.kind !== "link-lost") return;
      lost = event.reason;
      if (session !== null) session.#lost = event.reason;
    });
    try {
      const capabilities = await robot.open();
      assertFits(config, capabilities);
      await robot.acquireLease(`gaitsmith first-run ${process.pid}`);
      session = new QuietSession(config, opened, capabilities);
      session.#lost = lost;
      return session;
    } catch (error) {
      await robot.close().catch(() => {});
      throw error;
    }
  }

  /**
   * Listens until a person is done, or for so many seconds of the robot's clock.
   *
   * @throws LINK_LOST when the robot falls silent
   */
  async listen(until: Promise<unknown> | number): Promise<QuietSamples> {
    const { layout, clock } = this.capabilities;
    const times: number[] = [];
    const kept: Float64Array[] = [];
    let heard = performance.now();
    this.#onFrame = ({ tRobot, values }) => {
      heard = performance.now();
      if (tRobot - (times.at(-1) ?? Number.NEGATIVE_INFINITY) < 0.9 / KEPT_RATE) return;
      if (tRobot - (times[0] ?? tRobot) > KEPT_SECONDS) return;
      times.push(tRobot);
      kept.push(values.slice());
    };
    let done = false;
    const byHand = typeof until !== "number";
    if (byHand) void until.then(() => (done = true));
    const begun = performance.now();
    const elapsed = (): number => (times.at(-1) ?? 0) - (times[0] ?? 0);
    try {
      while (byHand ? !done : elapsed() < until) {
        if (this.#lost !== null) throw lostLink(this.#config.link, this.#lost);
        if (performance.now() - heard > 1000 * SILENCE)
          fail("LINK_LOST", {
            what: `the robot has sent no telemetry for ${SILENCE} s`,
            remedy: "Check the link and the robot's program.",
          });
        // Where a person acts, the robot's clock keeps to the wall's.
        if (clock === "lockstep" && (!byHand || 1000 * elapsed() < performance.now() - begun)) {
          await this.robot.advance();
          await breathe();
        } else await pause(10);
      }
    } finally {
      this.#onFrame = () => {};
    }
    return {
      times,
      series: (channel) => {
        const index = layout.indexOf(channel);
        return index < 0 ? null : kept.map((values) => values[index]!);
      },
    };
  }

  /** Asks the robot, which has no torque, to cut it: whether a stop gets through, and how soon that is known. */
  async tryStop(): Promise<TriedStop> {
    const begun = performance.now();
    const { confirmed } = await this.robot.stop("cut").catch(() => ({ confirmed: false }));
    return { confirmed, seconds: (performance.now() - begun) / 1000 };
  }

  close(): Promise<void> {
    return this.robot.close();
  }
}
