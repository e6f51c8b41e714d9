/** A robot that runs a node of ours: the whole conversation goes through it. */
import { fail } from "../../errors.ts";
import type { Command } from "../../robot/command.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type {
  Acknowledgement,
  ClockKind,
  Lease,
  LinkDiagnostics,
  Placement,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import type { Drive } from "./drive.ts";
import type { NodeClient } from "./node-client.ts";
import { nodeFigures } from "./node-figures.ts";
import { readParameterSet } from "./node-messages.ts";
import { CONVERSATION, type NodeAnswer } from "./node-requests.ts";
import type { AnnouncedFrame } from "./telemetry-intake.ts";

export interface NodeDriveOptions {
  readonly client: NodeClient;
  readonly robotId: string;
  readonly clock: ClockKind;
  /** Frames per second that the config expects, Hz. */
  readonly rate: number;
  /** For error messages. */
  readonly where: string;
}

/** The robot's own rate and the config's may differ by this share. */
const RATE_TOLERANCE = 0.02;

export class NodeDrive implements Drive {
  readonly #options: NodeDriveOptions;
  readonly #client: NodeClient;
  #commands: readonly string[] = [];
  /** What it held before the lease. */
  #before: ParameterSetOnWire | null = null;
  /** It was told to hold another set since. */
  #committed = false;

  constructor(options: NodeDriveOptions) {
    this.#options = options;
    this.#client = options.client;
  }

  async introduce(): ReturnType<Drive["introduce"]> {
    const { robotId, clock, rate, where } = this.#options;
    const hello = await this.#client.meet();
    const { joints, firmware, runsGait, returnsByItself } = hello;
    this.#commands = hello.commands;
    const refuseUnless = (condition: boolean, what: string, remedy: string): void => {
      if (!condition) fail("ROBOT_MISMATCH", { what, where, remedy });
    };
    refuseUnless(
      hello.robot === robotId,
      `it is ${hello.robot}, the config describes ${robotId}`,
      "Check link.url and robot.id.",
    );
    refuseUnless(
      hello.clock === clock,
      `its clock is ${hello.clock}, the config says ${clock}`,
      `Write link.clock: ${hello.clock}.`,
    );
    refuseUnless(
      hello.rate === 0 || Math.abs(hello.rate - rate) <= RATE_TOLERANCE * rate,
      `it sends ${hello.rate} frames per second, the config says ${rate}`,
      `Write \`rate: ${hello.rate} Hz\` for the topic of link.telemetry.frames.`,
    );
    const commands: readonly string[] = runsGait
      ? ["arm", "disarm", "stage", "commit", "start", "stop"]
      : ["stop"];
    const lacking = commands.filter((kind) => !hello.commands.includes(kind));
    refuseUnless(
      lacking.length === 0,
      `its node does not take ${lacking.join(", ")}`,
      "Let a watchdog be a watchdog: describe link.control by the robot's own interfaces.",
    );
    return {
      joints,
      protocol: `conversation ${CONVERSATION}, over rosbridge`,
      firmware: firmware === "" ? "unnamed" : firmware,
      runsGait,
      // A robot that cannot be told to has to be carried.
      returnsByItself: returnsByItself && hello.commands.includes("place"),
    };
  }

  async acquireLease(owner: string): Promise<Lease> {
    if (this.#takes("parameters")) this.#before = await this.#held();
    return this.#client.acquireLease(owner);
  }

  async send(command: Command): Promise<Acknowledgement> {
    switch (command.kind) {
      case "stage": {
        const { parameters, rampIn, rampOut } = command;
        const { gait, values } = parameters;
        // JSON has no word for it, and the robot would have to guess.
        const odd = values.find(([, value]) => !Number.isFinite(value));
        if (odd !== undefined) return { accepted: false, reason: `${odd[0]} = ${odd[1]} is no number` };
        const answer = await this.#client.command("stage", { gait, values, rampIn, rampOut });
        const { hash } = answer;
        if (!answer.accepted || typeof hash !== "string") return acknowledgement(answer);
        return { accepted: true, reason: "", hash };
      }
      case "commit":
        this.#committed = true;
        return acknowledgement(await this.#client.command("commit", { hash: command.hash }));
      case "store":
        if (!this.#takes("store"))
          return { accepted: false, reason: "its node does not take `store`", unsupported: true };
        return acknowledgement(await this.#client.command("store"));
      case "targets":
        return { accepted: false, reason: "a node takes no joint targets" };
      default:
        return acknowledgement(await this.#client.command(command.kind));
    }
  }

  async roundTrip(): Promise<void> {
    this.#carriedOut("time", await this.#client.command("time"));
  }

  stop(level: StopLevel): Promise<StopConfirmation> {
    return this.#client.stop(level);
  }

  async advance(): Promise<AnnouncedFrame | { readonly silentUntil: number }> {
    const { frame, time: now } = this.#carriedOut("advance", await this.#client.command("advance"));
    if (frame === null || frame === undefined) {
      if (typeof now === "number") return { silentUntil: now };
      const { replied } = this.#carriedOut("time", await this.#client.command("time"));
      return { silentUntil: Number(replied) };
    }
    const { seq, time, arrival } = frame as AnnouncedFrame;
    if (![seq, time, arrival].every(Number.isFinite))
      this.#confused("advance", "it tells of no frame's times");
    return { seq, time, arrival };
  }

  async place({ seed, suggestion, carryOver }: Placement): Promise<void> {
    this.#carriedOut("place", await this.#client.command("place", { seed, suggestion, carryOver }));
  }

  carryOver(): unknown {
    return this.#client.carryOver;
  }

  async activeParameters(): Promise<ParameterSetOnWire | null> {
    const { where } = this.#options;
    if (!this.#takes("parameters"))
      return fail("ROBOT_REFUSED", {
        what: "what this robot holds cannot be read back: its node does not take `parameters`",
        where,
        remedy: "Install the node that belongs to this version of gaitsmith.",
      });
    const now = await this.#held();
    // A new lease makes it forget its set; what it was is what it had.
    return now ?? (this.#committed ? null : this.#before);
  }

  walkedDistance(): Promise<number> {
    return Promise.resolve(Number.NaN);
  }

  toOurs(rosTime: number): number {
    return this.#client.sync.toOurs(rosTime);
  }

  onFrameSeen(stamp: number): void {
    this.#client.keepAlive(stamp);
  }

  onClockSet(): void {
    this.#client.compareClocks();
  }

  figures(): LinkDiagnostics {
    return nodeFigures(this.#client);
  }

  leave(error: unknown): Promise<void> {
    return this.#client.leave(error);
  }

  lost(error: unknown): void {
    this.#client.lost(error);
  }

  #takes(kind: string): boolean {
    return this.#commands.includes(kind);
  }

  async #held(): Promise<ParameterSetOnWire | null> {
    const answer = this.#carriedOut("parameters", await this.#client.command("parameters"));
    const { parameters } = answer;
    const set = parameters === null ? null : readParameterSet(parameters);
    return set ?? (parameters === null ? null : this.#confused("parameters", "its answer is no set"));
  }

  #carriedOut(kind: string, answer: NodeAnswer): NodeAnswer {
    return answer.accepted ? answer : this.#confused(kind, answer.reason);
  }

  #confused(kind: string, reason: string): never {
    return fail("PROTOCOL_VIOLATION", {
      what: `the robot's node does not carry out \`${kind}\`: ${reason}`,
      where: this.#options.where,
      remedy: "Check that the node on the robot belongs to this version of gaitsmith.",
    });
  }
}

function acknowledgement({ accepted, code, reason }: NodeAnswer): Acknowledgement {
  if (accepted) return { accepted: true, reason: "" };
  return { accepted: false, reason: reason === "" ? `the robot answers ${code || "no"}` : reason };
}
