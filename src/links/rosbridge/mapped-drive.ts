/**
 * A robot that is told what to do through its own topics, services, actions and parameters. What it cannot refuse by
 * itself is refused here (`command-order.ts`); who stops it when the station is gone is a watchdog node of ours beside it,
 * or something of its own that the config names.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { KNOWN_PLACES } from "../../config/message-template.ts";
import type { MappedControl, Operation, RosbridgeLinkConfig } from "../../config/rosbridge-link.ts";
import { describeError, fail } from "../../errors.ts";
import type { Command } from "../../robot/command.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type {
  Acknowledgement,
  Lease,
  LinkDiagnostics,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import {
  CommandOrder,
  DONE,
  misunderstoodBy,
  type Performed,
  type RobotActions,
  refusedFor,
  type StagedSet,
} from "../command-order.ts";
import type { Connections } from "./access.ts";
import type { Drive } from "./drive.ts";
import type { Places } from "./filled-message.ts";
import { MessageDefinitions } from "./mapping/definitions.ts";
import type { NodeClient } from "./node-client.ts";
import { nodeFigures } from "./node-figures.ts";
import { type OperationResult, Operations } from "./operations.ts";
import type { Ros } from "./ros-version.ts";
import { TargetPublisher } from "./target-publisher.ts";
import { TargetSilence } from "./target-silence.ts";

/** What the robot's gait takes, SI. */
export interface GaitDescription {
  readonly name: string;
  readonly parameters: Readonly<
    Record<string, { readonly unit: string; readonly low: number; readonly high: number }>
  >;
}

export interface MappedDriveOptions {
  readonly link: RosbridgeLinkConfig;
  readonly control: MappedControl;
  readonly connections: Connections;
  readonly ros: Ros;
  /** The node that demands keepalives; null: the robot has its own. */
  readonly watchdog: NodeClient | null;
  readonly robotId: string;
  readonly joints: readonly string[];
  readonly gait: GaitDescription;
  /** A whole walk, ramps included, s. */
  readonly walkSeconds: number;
  readonly clock: Clock;
  /** ROS time now, s, as far as frames tell. */
  readonly rosNow: () => number;
  readonly onEvent: (event: RobotEvent) => void;
}

/** A command is to be carried out within this of its stamp, s. */
const VALID = 1;
/** A walk whose end is its answer is refused within this, or has begun, ms. */
const REFUSED_BY = 300;
/** s */
const ASKING = 10;

export class MappedDrive implements Drive {
  readonly #options: MappedDriveOptions;
  readonly #order: CommandOrder;
  readonly #operations: Operations;
  readonly #targets: TargetPublisher | null;
  readonly #silence: TargetSilence | null;
  #number = 0;
  #walked: Promise<number> = Promise.resolve(Number.NaN);

  constructor(options: MappedDriveOptions) {
    this.#options = options;
    const { link, control, connections, ros, robotId, joints, gait, clock } = options;
    this.#order = new CommandOrder({
      robotId,
      now: () => clock.now(),
      misunderstood: misunderstoodBy(gait.name, gait.parameters),
      runsGait: control.targets === null,
    });
    const definitions = new MessageDefinitions(link.definitions, ros);
    this.#operations = new Operations({ connections, ros, definitions, asking: ASKING });
    this.#targets =
      control.targets === null
        ? null
        : new TargetPublisher(control.targets, joints, connections.commands, ros);
    this.#silence =
      control.targets === null
        ? null
        : new TargetSilence(control.targets.timeout, clock, (silence) => this.#onTargetsMissing(silence));
  }

  async introduce(): ReturnType<Drive["introduce"]> {
    const { control, watchdog, joints, ros, link, robotId } = this.#options;
    if (watchdog !== null) {
      const { robot, clock, commands } = await watchdog.meet();
      const lacking = ["acquire-lease", "arm", "disarm", "stop"].filter((kind) => !commands.includes(kind));
      if (lacking.length > 0 || clock !== "realtime" || !(robot === "" || robot === robotId))
        fail("ROBOT_MISMATCH", {
          what:
            lacking.length > 0
              ? `the watchdog does not take ${lacking.join(", ")}`
              : clock === "realtime"
                ? `the watchdog is that of ${robot}, the config describes ${robotId}`
                : "the watchdog runs in lockstep, and this robot cannot",
          where: `${link.url}, link.watchdog`,
          remedy:
            "Start the watchdog of this robot (examples/ros1, examples/ros2), and check its parameters.",
        });
    }
    const { arm, disarm, parameters, start, stop, targets } = control;
    const all = [arm, disarm, start, stop.neutral, stop.settle, stop.cut];
    await this.#operations.prepare(parameters === null ? all : [...all, parameters]);
    this.#targets?.advertise();
    return {
      joints,
      firmware: `its own, behind rosbridge (ROS ${ros})`,
      runsGait: targets === null,
      returnsByItself: false,
      ...(targets === null ? {} : { targets: { rate: targets.rate, timeout: targets.timeout } }),
    };
  }

  async acquireLease(owner: string, leaseEpoch?: number): Promise<Lease> {
    const { watchdog } = this.#options;
    if (watchdog === null) return this.#order.acquireLease(owner, leaseEpoch);
    const { epoch } = await watchdog.acquireLease(owner);
    return this.#order.acquireLease(owner, epoch);
  }

  send(command: Command): Promise<Acknowledgement> {
    return this.#order.carryOut(command, this.#actions);
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    const { control, watchdog } = this.#options;
    const inForce = this.#order.stop(level);
    if (inForce !== "neutral") this.#silence?.end();
    // A robot that stands in the neutral stance is still to be watched over.
    const guarded = inForce === "neutral" ? null : watchdog;
    const own = this.#operations
      .perform(control.stop[inForce], () => this.#places(null), true)
      .then(
        ({ accepted }) => accepted,
        () => false,
      );
    const watchdogs = guarded?.stop(inForce) ?? null;
    const confirmed = (await own) || (await watchdogs)?.confirmed === true;
    return { confirmed, level: inForce, tRobot: confirmed ? this.#rosTime() : Number.NaN };
  }

  advance(): Promise<never> {
    return Promise.reject(new TypeError("only a simulated robot can be advanced"));
  }

  place(): Promise<never> {
    return Promise.reject(new TypeError("this robot does not return by itself"));
  }

  carryOver(): unknown {
    return null;
  }

  walkedDistance(): Promise<number> {
    return this.#walked;
  }

  async activeParameters(): Promise<ParameterSetOnWire | null> {
    const { control, gait, link } = this.#options;
    const { parameters } = control;
    if (parameters === null || parameters.kind !== "ros-parameters")
      return fail("ROBOT_REFUSED", {
        what: "what this robot holds cannot be read back: its config names no ROS parameters for it",
        where: `${link.url}, link.control.parameters`,
        remedy: "Let the robot's program take its gait parameters as ROS parameters, which can be read.",
      });
    const held = await this.#operations.held(parameters, this.#places(this.#order.active));
    // A robot may declare its parameters and hold no value yet.
    const values = Object.keys(gait.parameters).flatMap((name) => {
      const value = held.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return values.length === 0 ? null : { gait: gait.name, values };
  }

  toOurs(rosTime: number): number {
    return this.#options.watchdog?.sync.toOurs(rosTime) ?? Number.NaN;
  }

  onFrameSeen(stamp: number): void {
    this.#options.watchdog?.keepAlive(stamp);
  }

  onClockSet(): void {
    this.#options.watchdog?.compareClocks();
  }

  figures(): LinkDiagnostics {
    const { watchdog } = this.#options;
    return watchdog === null ? {} : nodeFigures(watchdog);
  }

  async leave(error: unknown): Promise<void> {
    // Nobody takes it over: what may still move is brought to rest.
    if (this.#order.state !== "off" && this.#options.connections.commands.isOpen) await this.stop("settle");
    this.#operations.halt();
    this.#order.releaseLease();
    await this.#options.watchdog?.leave(error);
  }

  lost(error: unknown): void {
    this.#silence?.end();
    this.#operations.halt();
    this.#options.watchdog?.lost(error);
  }

  readonly #actions: RobotActions = {
    arm: async () => {
      const { control, watchdog } = this.#options;
      // It is watched over from before the first movement.
      const guarded = await watchdog?.command("arm");
      if (guarded !== undefined && !guarded.accepted)
        return refusedFor(`the watchdog refuses to arm: ${guarded.reason}`);
      const armed = await this.#perform(control.arm);
      if (armed.accepted) this.#silence?.begin();
      else await watchdog?.command("disarm").catch(() => {});
      return armed;
    },
    disarm: async () => {
      const { control, watchdog } = this.#options;
      const disarmed = await this.#perform(control.disarm);
      if (disarmed.accepted) this.#silence?.end();
      if (disarmed.accepted) await watchdog?.command("disarm").catch(() => {});
      return disarmed;
    },
    stage: async (set) => {
      const { parameters } = this.#options.control;
      if (parameters === null) return DONE;
      const { readBack, ...performed } = await this.#perform(parameters, set);
      if (readBack === undefined) return performed;
      const { gait, values } = set.parameters;
      const held = values.map(([name, value]) => [name, readBack.get(name) ?? value] as const);
      return { ...performed, held: { gait, values: held } };
    },
    start: (set) => this.#start(set),
    targets: async (positions) => {
      const published = this.#targets!.publish(positions);
      if (published.accepted) this.#silence?.heard();
      return published;
    },
  };

  /** A robot that waits for keepalives only would hold its last target for as long as frames are listened to. */
  #onTargetsMissing(silence: number): void {
    void this.stop("settle");
    const reason = `no joint target for ${silence.toFixed(2)} s`;
    this.#options.onEvent({ kind: "fault", code: "TARGETS_MISSING", reason });
  }

  async #start(set: StagedSet): Promise<Performed> {
    const { start } = this.#options.control;
    const { stops } = this.#order;
    const done = this.#perform(start, set);
    if (!answersAfterTheWalk(start)) return done;
    // The station ends a walk by a stop, which a robot may call a failure: how far it came is true all the same.
    this.#walked = done.then(
      ({ accepted, distance = Number.NaN }) =>
        accepted || this.#order.stops !== stops ? distance : Number.NaN,
      () => Number.NaN,
    );
    const answer = done.catch((error: unknown) => refusedFor(describeError(error)));
    const early = await Promise.race([answer, pause(REFUSED_BY, null)]);
    if (early !== null) return early;
    void answer.then(({ accepted, reason }) => {
      // A walk that was stopped has not failed.
      if (!accepted && this.#order.stops === stops)
        this.#options.onEvent({ kind: "fault", code: "WALK_FAILED", reason });
    });
    return DONE;
  }

  async #perform(operation: Operation, set: Omit<StagedSet, "hash"> | null = null): Promise<OperationResult> {
    const { stops } = this.#order;
    try {
      return await this.#operations.perform(operation, () => this.#places(set));
    } finally {
      // What hung while the robot was stopped may have set it in motion afterwards.
      if (this.#order.stops !== stops) this.#stopAgain();
    }
  }

  #stopAgain(): void {
    const { control } = this.#options;
    const { stopped } = this.#order;
    if (stopped === null) return;
    void this.#operations.perform(control.stop[stopped], () => this.#places(null), true).catch(() => {});
  }

  #places(set: Omit<StagedSet, "hash"> | null): Places {
    const { gait, walkSeconds } = this.#options;
    const now = this.#rosTime();
    const known: Readonly<Record<string, number>> = {
      duration: walkSeconds,
      ramp_in: set?.rampIn ?? Number.NaN,
      ramp_out: set?.rampOut ?? this.#order.active?.rampOut ?? Number.NaN,
      number: ++this.#number,
      epoch: this.#order.lease?.epoch ?? 0,
      stamp: now,
      valid_until: now + VALID,
    };
    const units: Readonly<Record<string, string | null>> = KNOWN_PLACES;
    const values = new Map(set?.parameters.values);
    return {
      valueOf: (name) => values.get(name) ?? known[name] ?? Number.NaN,
      unitOf: (name) => gait.parameters[name]?.unit ?? units[name] ?? "",
    };
  }

  #rosTime(): number {
    const { watchdog, rosNow } = this.#options;
    return watchdog?.robotTime() ?? rosNow();
  }
}

/** Its answer tells how far it came, or it is an action, whose result is its end. */
function answersAfterTheWalk(start: Operation): boolean {
  return start.kind === "action" || (start.kind === "service" && start.distance !== null);
}
