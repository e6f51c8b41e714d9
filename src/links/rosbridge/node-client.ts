/** gaitsmith's own conversation with a node on the robot (docs/rosbridge.md): who it is, its clock, the lease, keepalives. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { fail } from "../../errors.ts";
import type { ClockKind, Lease, RobotEvent, StopConfirmation, StopLevel } from "../../robot/robot.ts";
import { askWhile, LEASE_PATIENCE } from "../ask-while.ts";
import { ClockSync } from "../clock-sync.ts";
import { COMPUTING, LEAVING, ORDINARY, type Patience, STOPPING } from "../patience.ts";
import { Repetitions } from "../repetitions.ts";
import { spelledFor } from "./mapping/ros-types.ts";
import { type Fields, isLevel, type NodeHello, readHello, readObject } from "./node-messages.ts";
import { NodePresence } from "./node-presence.ts";
import { CONVERSATION, type NodeAnswer, NodeRequests } from "./node-requests.ts";
import type { Ros } from "./ros-version.ts";
import type { ServerConnection } from "./server-connection.ts";

/** What is published first may be lost for seconds: the robot has to find us first. */
const FINDING: Patience = { repeatAfter: 250, giveUpAfter: 10_000 };
const SYNCHRONISING: Patience = { repeatAfter: 400, giveUpAfter: 1200 };
/** The clocks are compared this often, and more often at first, ms. */
const SYNC_INTERVAL = 500;
const FIRST_SYNCS = 4;
/** Telemetry that has been listened to keeps the robot alive this often, s. */
const KEEPALIVE_INTERVAL = 0.05;
/** And for this long, s. */
const KEEPALIVE_VALID = 0.3;
/** A frame older than this when it comes is no sign that the robot is being watched, s. */
const OLDEST_SEEN = 0.25;

export interface NodeClientOptions {
  /** Commands, stops and keepalives: nothing else goes over this one. */
  readonly connection: ServerConnection;
  /** Takes a stop when the other one is gone. */
  readonly spare: ServerConnection;
  readonly namespace: string;
  readonly ros: Ros;
  readonly clockKind: ClockKind;
  /** The station's. */
  readonly clock: Clock;
  readonly onEvent: (event: RobotEvent) => void;
  /** The robot is no longer the one that was met. */
  readonly onLost: (reason: string) => void;
  readonly notice: (words: string) => void;
}

export class NodeClient {
  readonly sync = new ClockSync();
  readonly requests: NodeRequests;
  readonly counts = { keepalives: 0, malformed: 0 };
  readonly #options: NodeClientOptions;
  readonly #topics: Readonly<Record<"command" | "keepalive", string>>;
  /** Every event comes three times. */
  readonly #repetitions = new Repetitions();
  #hello: NodeHello | null = null;
  #lease: Lease | null = null;
  #leaseLost = false;
  #keepaliveNumber = Date.now();
  #lastKeepalive = Number.NEGATIVE_INFINITY;
  #syncTimer: NodeJS.Timeout | null = null;
  #presence: NodePresence | null = null;
  #carryOver: unknown = null;
  #doubting = false;

  constructor(options: NodeClientOptions) {
    this.#options = options;
    const { namespace, connection, spare } = options;
    this.#topics = { command: `${namespace}/command`, keepalive: `${namespace}/keepalive` };
    // Robots count the commands of everybody by name: process ids repeat from computer to computer.
    this.requests = new NodeRequests(`gaitsmith ${process.pid} ${randomUUID().slice(0, 8)}`, {
      write: (command, urgent) => {
        const message = { data: JSON.stringify(command) };
        if (urgent) (connection.isOpen ? connection : spare).publishUrgently(this.#topics.command, message);
        else connection.publish(this.#topics.command, message);
      },
      robotTime: () => this.robotTime(),
    });
  }

  get carryOver(): unknown {
    return this.#carryOver;
  }

  /** The robot's clock now, s; null while it is not known, and in lockstep, where a command cannot be late. */
  robotTime(): number | null {
    if (this.#options.clockKind === "lockstep") return null;
    const time = this.sync.toRobot(this.#options.clock.now());
    return Number.isNaN(time) ? null : time;
  }

  /**
   * @throws LINK_UNAVAILABLE when nobody answers, ROBOT_MISMATCH for a node that this side does not understand
   */
  async meet(): Promise<NodeHello> {
    const { connection, spare, namespace, ros, clockKind } = this.#options;
    const type = spelledFor(ros, "std_msgs/String");
    const listen = (name: string, listener: (fields: Fields) => void): void => {
      connection.subscribe({ topic: `${namespace}/${name}`, type, queue: 10 }, (message) => {
        const fields = readObject(message);
        if (fields === null) this.#malformed(`${namespace}/${name}`);
        else listener(fields);
      });
    };
    listen("answer", (fields) => this.#onAnswer(fields));
    listen("event", (fields) => this.#onEvent(fields));
    listen("state", (fields) => this.#onState(fields));
    for (const topic of Object.values(this.#topics)) connection.advertise(topic, type);
    spare.advertise(this.#topics.command, type);
    const answer = await this.requests.ask("hello", {}, FINDING).catch((error: unknown) => {
      if (!connection.isOpen) throw error;
      return fail("LINK_UNAVAILABLE", {
        what: `no node answers on ${this.#topics.command}`,
        where: `link.control, ${namespace}`,
        remedy:
          "Start gaitsmith's node on the robot (examples/ros1, examples/ros2), and check its namespace.",
        cause: error,
      });
    });
    const hello = readHello(answer, namespace);
    this.#hello = hello;
    if (clockKind === "realtime") {
      // Its clock is needed before the first command: a robot does not obey one without a time.
      for (let count = 0; count < FIRST_SYNCS; count++) await this.#synchronise();
      this.#presence = new NodePresence(
        () => this.#options.clock.now(),
        (seconds) => {
          const reason = `gaitsmith's node on the robot has said nothing for ${seconds.toFixed(1)} s: nobody would stop the robot`;
          this.#options.onEvent({ kind: "fault", code: "NODE_SILENT", reason });
        },
      );
      this.#syncTimer = setInterval(() => this.compareClocks(), SYNC_INTERVAL);
    }
    return hello;
  }

  /** @throws ROBOT_BUSY */
  async acquireLease(owner: string): Promise<Lease> {
    const realtime = this.#options.clockKind === "realtime";
    const answer = await askWhile(
      () => this.requests.ask("acquire-lease", {}, ORDINARY, owner),
      ({ code }) => code === "busy",
      realtime ? LEASE_PATIENCE : 0,
    );
    const { epoch } = answer;
    if (answer.accepted && typeof epoch === "number") {
      this.requests.owner = owner;
      this.requests.epoch = epoch;
      this.#lease = { owner, epoch };
      this.#leaseLost = false;
      return this.#lease;
    }
    return fail("ROBOT_BUSY", {
      what: answer.reason === "" ? "the robot gives no lease" : answer.reason,
      where: this.#options.namespace,
      remedy: "Stop the program that holds this robot.",
    });
  }

  /** Computing robots are given time. */
  command(kind: string, fields: Fields = {}): Promise<NodeAnswer> {
    const { clockKind } = this.#options;
    const answer = this.requests.ask(kind, fields, clockKind === "lockstep" ? COMPUTING : ORDINARY);
    return answer.then((one) => {
      if (kind === "arm" && one.accepted) this.#presence?.heard(true);
      return this.#remember(one);
    });
  }

  /** Written before this returns its promise, which never rejects. */
  async stop(level: StopLevel): Promise<StopConfirmation> {
    const unconfirmed: StopConfirmation = { confirmed: false, level, tRobot: Number.NaN };
    try {
      const answer = this.#remember(await this.requests.ask("stop", { level }, STOPPING));
      if (!answer.accepted) return unconfirmed;
      const { level: inForce, time } = answer;
      return {
        confirmed: true,
        level: isLevel(inForce) ? inForce : level,
        tRobot: typeof time === "number" ? time : Number.NaN,
      };
    } catch {
      return unconfirmed;
    }
  }

  /**
   * To be called when the listener, the safety monitor first of all, has returned from a frame: a station that hangs lets
   * the robot's dead-man run out.
   *
   * @param seen its stamp, robot's clock, s
   */
  keepAlive(seen: number): void {
    const { clockKind, clock, connection } = this.#options;
    const now = clock.now();
    if (this.#lease === null || clockKind === "lockstep" || !connection.isOpen) return;
    if (now - this.#lastKeepalive < KEEPALIVE_INTERVAL) return;
    const sent = this.robotTime();
    if (sent === null || sent - seen > OLDEST_SEEN) return;
    this.#lastKeepalive = now;
    const { owner, epoch } = this.#lease;
    const number = this.#keepaliveNumber++;
    const keepalive = { v: CONVERSATION, owner, epoch, number, sent, valid: KEEPALIVE_VALID, seen };
    try {
      connection.publish(this.#topics.keepalive, { data: JSON.stringify(keepalive) });
      this.counts.keepalives++;
    } catch {
      // Back-pressure: the connection tells, and the robot stops by itself if it goes on.
    }
  }

  /** In real time; it is done by itself every now and then as well. */
  compareClocks(): void {
    // Behind another command it would measure that one's time.
    if (this.#options.clockKind === "realtime" && !this.requests.busy) void this.#synchronise();
  }

  /** Something looks as if the robot had started anew: who it is now decides. */
  async doubt(): Promise<void> {
    if (this.#doubting || this.#hello === null) return;
    this.#doubting = true;
    try {
      const { boot } = readHello(await this.requests.ask("hello", {}, ORDINARY), this.#options.namespace);
      this.#compareBoot(boot);
    } catch {
      // A link that is lost tells so elsewhere.
    } finally {
      this.#doubting = false;
    }
  }

  /** Gives the lease back; the connection stays open. */
  async leave(error: unknown): Promise<void> {
    this.#endTimers();
    this.requests.rejectAll(error, true);
    const { connection } = this.#options;
    if (this.#lease !== null && connection.isOpen)
      await this.requests.ask("release-lease", {}, LEAVING).catch(() => {});
    this.#lease = null;
    this.requests.rejectAll(error);
  }

  /** The connection is gone. */
  lost(error: unknown): void {
    this.#endTimers();
    this.requests.rejectAll(error);
  }

  #endTimers(): void {
    if (this.#syncTimer !== null) clearInterval(this.#syncTimer);
    this.#presence?.end();
  }

  /** Never rejects. */
  async #synchronise(): Promise<void> {
    const { clock, connection } = this.#options;
    const sent = clock.now();
    try {
      const { received, replied } = await this.requests.ask("time", {}, SYNCHRONISING);
      if (typeof received === "number" && typeof replied === "number")
        this.sync.add(sent, received, replied, connection.heardAt);
    } catch {
      // Counted as unanswered.
    }
  }

  #remember(answer: NodeAnswer): NodeAnswer {
    if ("carryOver" in answer) this.#carryOver = answer["carryOver"];
    return answer;
  }

  #onAnswer(fields: Fields): void {
    const { owner, number, accepted, code, reason } = fields;
    if (typeof accepted !== "boolean" || typeof number !== "number") {
      this.#malformed(`${this.#options.namespace}/answer`);
      return;
    }
    // Answers to other stations come here as well.
    this.requests.onAnswer(owner, number, {
      ...fields,
      accepted,
      code: String(code ?? ""),
      reason: String(reason ?? ""),
    });
  }

  #onEvent({ number, event, code, reason, time }: Fields): void {
    if (this.#hello === null) return;
    if (!this.#repetitions.isNew(`${number} ${time}`)) return;
    const words = String(reason ?? "");
    if (event === "fault") this.#options.onEvent({ kind: "fault", code: String(code ?? ""), reason: words });
    else if (event === "rebooted") {
      this.#options.onEvent({ kind: "rebooted", reason: words });
      void this.doubt();
    } else this.#malformed(`${this.#options.namespace}/event`);
  }

  #onState({ boot, epoch, holder, armed }: Fields): void {
    this.#presence?.heard(armed === true);
    if (this.#hello === null) return;
    if (typeof boot === "string") this.#compareBoot(boot);
    if (this.#lease === null || this.#leaseLost || !(typeof epoch === "number" && epoch > this.#lease.epoch))
      return;
    this.#leaseLost = true;
    const reason = `the robot is leased to ${String(holder)} now`;
    this.#options.onEvent({ kind: "fault", code: "LEASE_LOST", reason });
  }

  /** Another boot knows nothing of our lease and parameters, perhaps runs another program: another conversation. */
  #compareBoot(boot: string): void {
    const before = this.#hello;
    if (before === null || boot === before.boot) return;
    this.#hello = null;
    this.#lease = null;
    const reason = `it is in boot ${boot}, before it was ${before.boot}`;
    this.#options.onEvent({ kind: "rebooted", reason });
    this.#options.onLost(`the robot has started anew: ${reason}`);
  }

  #malformed(topic: string): void {
    this.counts.malformed++;
    if (this.counts.malformed === 1)
      this.#options.notice(`a message on ${topic} is not of the node's conversation`);
  }
}
