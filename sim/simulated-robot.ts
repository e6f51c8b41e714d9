/**
 * The simulated quadruped behind the `Robot` interface, in this process. Everything the station learns comes through
 * sensors and the telemetry channel; {@link SimulatedRobot.truth} is for tests, plots and judges.
 *
 * In lockstep its clock stands still except during `advance`, which also moves the station's {@link ManualClock} to the
 * moment a frame arrives. In real time it walks along with the given clock.
 */
import { type Clock, ManualClock, systemClock } from "../src/clock.ts";
import { fail } from "../src/errors.ts";
import type { Cleared, Command } from "../src/robot/command.ts";
import type { ParameterSetOnWire } from "../src/robot/parameters.ts";
import type {
  Acknowledgement,
  Capabilities,
  ClockKind,
  Lease,
  Placement,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../src/robot/robot.ts";
import type { TelemetryFrame } from "../src/robot/telemetry-frame.ts";
import { type BatteryModel, LIPO_3S } from "./battery.ts";
import { NOMINAL_RETURN, type ReturnModel, residueAtStart } from "./carry-over.ts";
import { type BodyFault, type Fault, FaultSchedule, isBodyFault, type SensorFault } from "./faults.ts";
import { CONTROL_PERIOD, CONTROL_RATE, Firmware, type FirmwareState } from "./firmware.ts";
import type { Hand } from "./hand.ts";
import { simulatedLayout } from "./layout.ts";
import { type Miswiring, Wiring } from "./miswiring.ts";
import { PHYSICS_STEP } from "./mjcf.ts";
import { type MotorHeatModel, SMALL_MOTOR_HEAT } from "./motor-heat.ts";
import { type DriveMode, Plant, type PlantResidue } from "./plant.ts";
import { jointNames } from "./robot-model.ts";
import { NOMINAL_SENSORS, NOMINAL_TELEMETRY, type SensorModel, type TelemetryModel } from "./sensor-model.ts";
import { Sensors } from "./sensors.ts";
import { TargetLine } from "./target-line.ts";
import { TelemetryChannel } from "./telemetry-channel.ts";
import { wholeTicks } from "./time-ticks.ts";
import { type TrueState, trueState } from "./true-state.ts";
import { type Variant, variantNamed } from "./variants.ts";
import { drawConditions, type Variation } from "./variation.ts";

export interface SimulatedRobotOptions {
  /** Default `simulated-elastic-quadruped`. */
  readonly robotId?: string;
  /** Name of a body or ground, see `variants.ts`. */
  readonly variant: string;
  readonly variation: Variation;
  /** Default lockstep. */
  readonly clock?: ClockKind;
  /**
   * The clock that stamps arrivals: in lockstep a manual clock, which this robot then moves (default: one of its own);
   * in real time the one to keep pace with (default: the system's).
   */
  readonly stationClock?: Clock;
  readonly sensors?: SensorModel;
  readonly telemetry?: TelemetryModel;
  readonly battery?: BatteryModel;
  readonly heat?: MotorHeatModel;
  readonly returning?: ReturnModel;
  /** Silence after which the robot stops by itself, s; null: never. Default null, see `firmware.ts`. */
  readonly deadMan?: number | null;
  /** It runs no gait: it follows joint targets, and settles by itself when none has come for `timeout` s. Absent: it runs gaits. */
  readonly streamed?: { readonly timeout: number };
  /** What goes wrong, see `faults.ts`. */
  readonly faults?: readonly Fault[];
  /** How it was put together wrongly. */
  readonly miswired?: readonly Miswiring[];
  /** Somebody has put it on a stand: its feet are in the air. */
  readonly onStand?: boolean;
}

const STEPS_PER_TICK = Math.round(CONTROL_PERIOD / PHYSICS_STEP);
/** In real time the robot catches up at most this many ticks at once; a stall beyond that is time lost. */
const MOST_TICKS_AT_ONCE = 25;
const FIRST_PLACEMENT: Placement = { seed: 0, suggestion: 0, carryOver: null };

/**
 * Builds the robot's world; the robot itself is then reached with `open`.
 *
 * @throws CONFIG_INVALID when there is no such variant
 */
export async function openSimulatedRobot(options: SimulatedRobotOptions): Promise<SimulatedRobot> {
  const variant: Variant = variantNamed(options.variant);
  const plant = await Plant.load(variant.robot, variant.ground, options.battery, options.heat);
  return new SimulatedRobot(plant, options);
}

export class SimulatedRobot implements Robot {
  readonly #options: SimulatedRobotOptions;
  readonly #kind: ClockKind;
  readonly #clock: Clock;
  readonly #plant: Plant;
  readonly #firmware: Firmware;
  readonly #sensors: Sensors;
  readonly #channel: TelemetryChannel;
  readonly #targets: TargetLine;
  readonly #faults: FaultSchedule;
  readonly #wiring: Wiring;
  readonly #capabilities: Capabilities;
  readonly #ticksPerFrame: number;
  /** Station clock minus robot clock, s; whole ticks. */
  #clockOffset = 0;
  /** Robot time at which the present walk's physics started, s: in lockstep a whole second. */
  #walkStart = 0;
  #tick = 0;
  /** Robot time at which the newest frame that has arrived was sampled, s. */
  #sampled = 0;
  #lease: Lease | null = null;
  #open = false;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  /** Called after every control period: for whoever judges what the robot truly does. */
  onPeriod: (() => void) | null = null;

  constructor(plant: Plant, options: SimulatedRobotOptions) {
    this.#options = options;
    this.#kind = options.clock ?? "lockstep";
    this.#clock = options.stationClock ?? (this.#kind === "lockstep" ? new ManualClock() : systemClock);
    if (this.#kind === "lockstep" && !(this.#clock instanceof ManualClock))
      throw new TypeError("a lockstep robot moves the station's clock: give it a ManualClock");
    const telemetry = options.telemetry ?? NOMINAL_TELEMETRY;
    this.#ticksPerFrame = Math.round(CONTROL_RATE / telemetry.rate);
    if (this.#ticksPerFrame * telemetry.rate !== CONTROL_RATE || !(telemetry.loss < 1))
      throw new RangeError(`telemetry rate must divide ${CONTROL_RATE} Hz, and some frames must arrive`);
    this.#plant = plant;
    const { robot } = plant.physics;
    const layout = simulatedLayout(robot);
    const wiring = new Wiring(options.miswired ?? [], layout, jointNames(robot));
    this.#wiring = wiring;
    plant.deadMotors = wiring.dead;
    if (options.onStand === true) plant.hand.lift();
    this.#firmware = new Firmware(plant, {
      ...(wiring.isSound ? {} : { wired: (targets) => wiring.misdrive(targets) }),
      deadMan: options.deadMan ?? null,
      streamed: options.streamed ?? null,
    });
    this.#sensors = new Sensors(plant, options.sensors ?? NOMINAL_SENSORS);
    this.#channel = new TelemetryChannel(telemetry, layout.length);
    this.#targets = new TargetLine(telemetry, CONTROL_PERIOD);
    this.#faults = new FaultSchedule(options.faults ?? [], layout);
    this.#capabilities = {
      robotId: options.robotId ?? "simulated-elastic-quadruped",
      clock: this.#kind,
      layout,
      telemetryRate: telemetry.rate,
      joints: jointNames(robot),
      firmware: `simulated ${options.variant}`,
      runsGait: options.streamed === undefined,
      ...(options.streamed === undefined
        ? {}
        : { targets: { rate: CONTROL_RATE, timeout: options.streamed.timeout } }),
      returnsByItself: true,
    };
  }

  async open(): Promise<Capabilities> {
    if (this.#closed) this.#unavailable();
    if (this.#open) return this.#capabilities;
    this.#open = true;
    if (this.#clock instanceof ManualClock) {
      this.#clockOffset = Math.ceil(this.#clock.now());
      this.#clock.advance(this.#clockOffset - this.#clock.now());
    }
    this.#putOnStartLine(FIRST_PLACEMENT);
    if (this.#kind === "realtime") this.#walkAlong();
    return this.#capabilities;
  }

  async acquireLease(owner: string): Promise<Lease> {
    this.#assertOpen();
    if (this.#lease !== null && this.#lease.owner !== owner)
      fail("ROBOT_BUSY", {
        what: `${this.#capabilities.robotId} is leased to ${this.#lease.owner}`,
        remedy: `Stop ${this.#lease.owner} first.`,
      });
    this.#lease = { owner, epoch: (this.#lease?.epoch ?? 0) + 1 };
    return this.#lease;
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#firmware.onEvent(listener);
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    this.#assertOpen();
    if (this.#lease === null) return { accepted: false, reason: "no lease" };
    if (command.kind === "arm") this.#targets.clear();
    if (command.kind !== "targets" || this.#kind === "realtime") return this.#firmware.execute(command);
    const answer = this.#firmware.judgeTargets(command.positions);
    if (answer.accepted) this.#targets.send(this.#sampled, command.positions);
    return answer;
  }

  /** `neutral` is confirmed when the ramp-out begins; its frames are to be followed to the stand. */
  stop(level: StopLevel): Promise<StopConfirmation> {
    if (!this.#open || this.#closed) return Promise.resolve({ confirmed: false, level, tRobot: Number.NaN });
    this.#targets.clear();
    this.#firmware.stop(level);
    return Promise.resolve({ confirmed: true, level, tRobot: this.#now });
  }

  /** While the robot is silent this moves both clocks by one control period and delivers nothing. */
  async advance(): Promise<void> {
    this.#assertOpen();
    if (this.#kind !== "lockstep") throw new TypeError("only a lockstep robot can be advanced");
    while (this.#channel.nextArrival > this.#now) {
      this.#step();
      if (!this.#faults.isSilent(this.#sincePlaced) || this.#channel.nextArrival <= this.#now) continue;
      this.#moveStationClock(this.#now + this.#clockOffset);
      return;
    }
    this.#deliver();
  }

  async place(placement: Placement): Promise<void> {
    this.#assertOpen();
    this.#putOnStartLine(placement);
  }

  async activeParameters(): Promise<ParameterSetOnWire | null> {
    this.#assertOpen();
    return this.#firmware.active;
  }

  carryOver(): PlantResidue {
    return this.#plant.residue();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#plant.close();
  }

  /** Where the robot really is. Not a sensor: for tests, plots and judges. */
  truth(): TrueState {
    return trueState(this.#plant.physics);
  }

  /** Something goes wrong in the next control period, in this walk. */
  befall(fault: SensorFault | BodyFault): void {
    this.#faults.add({ ...fault, at: this.#sincePlaced + CONTROL_PERIOD / 2 });
  }

  /** What its drives do. */
  get mode(): DriveMode {
    return this.#plant.mode;
  }

  /** In the order of targets. */
  get joints(): readonly string[] {
    return this.#capabilities.joints;
  }

  /** Somebody's hands, for demonstrations and tests. */
  get hand(): Hand {
    return this.#plant.hand;
  }

  /** The button on the robot's back, as a person presses and releases it. */
  pressStopButton(pressed: boolean): void {
    this.#firmware.pressButton(pressed);
  }

  /** Where the firmware's state machine stands. */
  get state(): FirmwareState {
    return this.#firmware.state;
  }

  /** Robot time, s. */
  get time(): number {
    return this.#now;
  }

  get #now(): number {
    return this.#walkStart + wholeTicks(this.#sincePlaced);
  }

  /** s */
  get #sincePlaced(): number {
    return this.#tick * CONTROL_PERIOD;
  }

  #putOnStartLine(placement: Placement): void {
    const { seed, suggestion, carryOver } = placement;
    const { heat = SMALL_MOTOR_HEAT, battery = LIPO_3S, returning = NOMINAL_RETURN } = this.#options;
    // A clock that runs by itself does not jump.
    this.#walkStart = this.#kind === "lockstep" ? Math.ceil(this.#now) : this.#now;
    this.#tick = 0;
    const motors = this.#plant.physics.joints;
    this.#plant.reset(
      drawConditions(this.#options.variation, seed, suggestion),
      residueAtStart(carryOver, motors, returning, heat, battery),
    );
    this.#firmware.reset();
    this.#targets.clear();
    this.#sampled = this.#walkStart;
    this.#sensors.reset(placement);
    this.#channel.reset(placement);
    this.#faults.reset(suggestion);
  }

  /** One control period: firmware, physics, sensors, and a frame on its way. */
  #step(): void {
    const targets = this.#targets.take(this.#now);
    if (targets !== null) this.#firmware.execute({ kind: "targets", positions: targets });
    this.#firmware.tick();
    for (let step = 0; step < STEPS_PER_TICK; step++) this.#plant.step();
    this.#tick++;
    this.#sensors.sample();
    const time = this.#sincePlaced;
    for (const fault of this.#faults.struck(time, CONTROL_PERIOD)) {
      if (fault.kind === "reboot") this.#firmware.reboot("the computer reset");
      else if (isBodyFault(fault)) this.#plant.befall(fault);
    }
    this.onPeriod?.();
    if (this.#tick % this.#ticksPerFrame !== 0 || this.#faults.isSilent(time)) return;
    this.#channel.send(this.#now, (values) => {
      this.#sensors.read(values, this.#firmware.buttonPressed);
      if (!this.#wiring.isSound) this.#wiring.misread(values);
      this.#faults.spoil(values, time);
    });
  }

  #deliver(): void {
    this.#channel.receive((frame) => {
      if (this.#clock instanceof ManualClock) {
        frame.tArrival += this.#clockOffset;
        this.#moveStationClock(frame.tArrival);
      } else frame.tArrival = this.#clock.now();
      this.#sampled = frame.tRobot;
      this.#onFrame(frame);
    });
  }

  #moveStationClock(time: number): void {
    if (this.#clock instanceof ManualClock) this.#clock.advance(Math.max(0, time - this.#clock.now()));
  }

  /** Real time: wakes every control period and does what has become due. */
  #walkAlong(): void {
    let due = this.#clock.now();
    const wake = (): void => {
      if (this.#closed) return;
      const now = this.#clock.now();
      for (let ticks = 0; due <= now && ticks < MOST_TICKS_AT_ONCE; ticks++, due += CONTROL_PERIOD)
        this.#step();
      if (due <= now) due = now;
      while (this.#channel.nextArrival <= this.#now) this.#deliver();
      this.#timer = setTimeout(wake, Math.max(0, 1000 * (due - this.#clock.now())));
    };
    wake();
  }

  #assertOpen(): void {
    if (!this.#open || this.#closed) this.#unavailable();
  }

  #unavailable(): never {
    fail("LINK_UNAVAILABLE", {
      what: `the simulated robot is ${this.#closed ? "closed" : "not open"}`,
      remedy: "Open a new one.",
    });
  }
}
