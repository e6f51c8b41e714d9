/**
 * OpenCatEsp32 on a Bittle X or Nybble Q, as far as a host on its serial line can tell: the texts, their order, what blocks
 * what and for how long. Written after PetoiCamp/OpenCatEsp32 at 9cac32e (`OpenCatEsp32.ino`, `src/OpenCat.h`, `reaction.h`,
 * `motion.h`, `moduleManager.h`, `imu.h`, `taskQueue.h`). Like the original it is one loop that does one thing after the
 * other: while it moves or waits it hears nothing. Voice, Bluetooth, sensors and skills other than postures are left out.
 */
import { systemClock } from "../../src/clock.ts";
import { type RandomStream, randomStream } from "../random.ts";
import { type CpgNumbers, PetoiBody } from "./body.ts";
import { type PetoiFaults, SOUND } from "./faults.ts";
import { asCommand, type ReadCommand, terminatorOf } from "./input.ts";

export interface PetoiOptions {
  readonly write: (bytes: Uint8Array) => void;
  /** Default Bittle X. */
  readonly model?: "Bittle X" | "Nybble Q";
  /** From power to `Ready!`, s. Default 2. */
  readonly bootTime?: number;
  readonly faults?: Partial<PetoiFaults>;
}

/** The wire of 115200 Bd carries so many bytes a second, and so many wait before a print blocks. */
const BYTES_PER_SECOND = 11_520;
const TRANSMIT_BUFFER = 128;
/** A command ends when nothing has come for so long, ms. */
const SERIAL_TIMEOUT = 10;
const LOW_VOLTAGE = 7.0;
const NO_BATTERY = 6.8;
/** Moving between postures takes this long per degree of the joint that moves farthest, ms: (16 joints)/2. */
const PER_DEGREE = 8;
/** Degrees of the eight leg joints: shoulders, then knees. */
const POSTURES: Readonly<Record<string, readonly number[]>> = {
  rest: [75, 75, 75, 75, -55, -55, -55, -55],
  up: [30, 30, 30, 30, 30, 30, 30, 30],
  balance: [30, 30, 30, 30, 30, 30, 30, 30],
};
const SAMPLES = 300;

/** Thrown through the loop when the board resets or is switched off. */
class PowerCut extends Error {}

export class PetoiFirmware {
  readonly body: PetoiBody;
  readonly #options: PetoiOptions;
  readonly #faults: PetoiFaults;
  readonly #chance: RandomStream;
  #life = 0;
  #input = "";
  #sentUntil = 0;
  #voltage: number;
  /** Since the last reset, s. */
  #walked = 0;
  #token = "";
  #lastToken = "";
  #lastCommand = "";
  #printing = false;
  #balancing = true;
  #random = false;
  #paused = false;
  #lowBattery = false;
  #lastVoltage = 0;
  #warnings = 0;
  #checkedAt = -1;
  #gait: CpgNumbers | null = null;
  #samples = 0;
  #joints = [...POSTURES["rest"]!];
  #powered = false;

  constructor(options: PetoiOptions) {
    this.#options = options;
    this.#faults = { ...SOUND, ...options.faults };
    this.#voltage = this.#faults.voltage;
    this.body = new PetoiBody(this.#faults.seed);
    this.#chance = randomStream("petoi faults", this.#faults.seed);
  }

  /** Servos are driven. */
  get powered(): boolean {
    return this.#powered;
  }

  /** What keeps it busy: the gait, a posture, or nothing. */
  get doing(): "gait" | "posture" | "nothing" {
    if (this.#token === "r") return "gait";
    return this.#token === "k" ? "posture" : "nothing";
  }

  /** It flips over, starts dances and answers to its gyroscope by itself. */
  get actsByItself(): { readonly balance: boolean; readonly random: boolean } {
    return { balance: this.#balancing, random: this.#random };
  }

  get voltage(): number {
    return this.#voltage;
  }

  set voltage(volts: number) {
    this.#voltage = volts;
  }

  /** Bytes from the host: they wait in the receive buffer. */
  onBytes(bytes: Uint8Array): void {
    this.#input += Buffer.from(bytes).toString("latin1");
  }

  /** Power on, or the reset button. */
  reset(): void {
    const life = ++this.#life;
    void this.#live(life).catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
  }

  /** Power off. */
  off(): void {
    this.#life++;
    this.#powered = false;
    this.#token = "";
  }

  async #live(life: number): Promise<void> {
    await this.#boot(life);
    while (true) {
      this.#checkBattery();
      if (this.#printing) this.#printImu();
      await this.#room(life);
      const command = await this.#read(life);
      if (command !== null) await this.#react(life, command);
      await this.#move(life);
    }
  }

  // --- starting ---

  async #boot(life: number): Promise<void> {
    this.#token = "";
    this.#lastToken = "";
    this.#lastCommand = "";
    this.#printing = false;
    this.#balancing = true;
    this.#random = false;
    this.#paused = false;
    this.#lowBattery = false;
    this.#warnings = 0;
    this.#checkedAt = -1;
    this.#gait = null;
    this.#walked = 0;
    this.#powered = false;
    const { model = "Bittle X", bootTime = 2 } = this.#options;
    this.#input = "";
    this.#line("ets Jul 29 2019 12:21:46");
    this.#line("k");
    this.#line("Flush the serial buffer...");
    this.#line("\n* Start *");
    this.#line(model);
    this.#line("Software version: B10_250712");
    this.#line("Scanning I2C network...");
    this.#line("- I2C device found at address 0x69:\tICM42670");
    this.#line("- done");
    this.#line("MuQ\t0");
    this.#line("Buzzer volume: 5/10");
    await this.#delay(life, 500 * bootTime);
    this.#line("Setup ESP32 PWM servo driver...");
    this.#line("Calibrated Zero Position");
    this.#line("Build skill list...93");
    this.#line("TaskQ");
    this.#powered = true;
    await this.#posture(life, "rest");
    await this.#delay(life, 500 * bootTime);
    this.#line("Module count: \t11");
    this.#line("Ready!");
    // Its first task is to rest.
    await this.#react(life, { token: "d", text: "", length: 0 });
  }

  // --- commands ---

  async #read(life: number): Promise<ReadCommand | null> {
    if (this.#input === "") return null;
    let taken = this.#input[0]!;
    this.#input = this.#input.slice(1);
    await this.#delay(life, 1);
    let heard = systemClock.now();
    while (true) {
      if (this.#input !== "") {
        taken += this.#input;
        this.#input = "";
        heard = systemClock.now();
      }
      if (taken.length > 1 && taken.endsWith(terminatorOf(taken[0]!))) break;
      if (1000 * (systemClock.now() - heard) >= SERIAL_TIMEOUT) break;
      await this.#delay(life, 1);
    }
    return asCommand(taken);
  }

  async #react(life: number, { token, text, length }: ReadCommand): Promise<void> {
    this.#token = token;
    if (this.#lastToken === "d") {
      this.#balancing = true;
      this.#line("G");
    }
    if (token !== "p" && this.#paused) {
      this.#paused = false;
      this.#line("p");
    }
    let echo = token;
    switch (token) {
      case "?":
        this.#line(this.#options.model ?? "Bittle X");
        this.#line("B10_250712");
        break;
      case "z":
        this.#random = !this.#random;
        echo = this.#random ? "Z" : "z";
        break;
      case "g":
        echo = this.#gyroscope(text, length);
        break;
      case "P":
        this.#line(`Voltage: ${this.#voltage.toFixed(2)} V`);
        break;
      case "p":
        this.#paused = !this.#paused;
        echo = this.#paused ? "P" : "k";
        if (this.#paused) this.#powered = false;
        break;
      case "d":
        this.#balancing = false;
        this.#line("g");
        if (length === 0) {
          if (this.#lastCommand !== "rest") await this.#posture(life, "rest");
          this.#powered = false;
          this.body.rest();
        }
        // Of length one it would switch off a single servo: what two commands that were read as one come to.
        break;
      case "j":
        this.#line("=");
        this.#line([...Array(16).keys()].map((index) => `${index}\t`).join(""));
        this.#line(
          [0, 0, 0, 0, 0, 0, 0, 0, ...this.#joints].map((angle) => `${Math.trunc(angle)},\t`).join(""),
        );
        break;
      case "k":
        if (await this.#posture(life, text)) this.#lastCommand = text;
        break;
      case "r":
        this.#takeGait(text);
        break;
      default:
        this.#line("Undefined token!");
        this.#line(text);
    }
    if (this.#chance.uniform() >= this.#faults.loseEcho) this.#line(echo);
    // The firmware goes on with a posture after these; anything else ends what it was doing.
    const goesOn = (token === "p" && !this.#paused) || (this.#lastToken === "k" && "gpPjzi".includes(token));
    this.#token = token === "k" || token === "r" ? token : goesOn ? "k" : "";
    this.#lastToken = goesOn ? "k" : echo === "P" && token === "p" ? "P" : token;
    await this.#room(life);
  }

  #gyroscope(text: string, length: number): string {
    if (length === 0) {
      this.#balancing = !this.#balancing;
      return this.#balancing ? "G" : "g";
    }
    let echo = "g";
    for (const letter of text) {
      if (letter === "P" || letter === "p") {
        this.#printing = letter === "P";
        this.#printImu();
      } else if (letter === "B" || letter === "b") this.#balancing = letter === "B";
      else if (letter === "F" || letter === "f") echo = letter === "F" ? "G" : "g";
    }
    return echo;
  }

  #takeGait(text: string): void {
    // Missing numbers are zero, and numbers keep their low eight bits.
    const numbers = text.split(/[ ,\t]+/).map((word) => Number.parseInt(word, 10) || 0);
    const at = (index: number): number => ((numbers[index] ?? 0) << 24) >> 24;
    const gait: CpgNumbers = {
      amplitude: at(0),
      sideRatio: at(1),
      switchAngle: at(2),
      shiftFront: at(3),
      shiftBack: at(4),
      loopDelay: at(5),
      skipSupport: at(6),
      skipSwing: at(7),
      phases: [at(8), at(9), at(10), at(11)],
    };
    const { skipSupport, skipSwing } = gait;
    if (this.#gait?.skipSupport !== skipSupport || this.#gait.skipSwing !== skipSwing) {
      this.#samples = samplesOf(skipSupport, skipSwing);
      this.#line(`sampleLen\t${this.#samples}`);
    }
    for (const phase of gait.phases) this.#line(String(Math.trunc((phase / 100) * this.#samples)));
    this.#line("");
    this.#gait = gait;
    this.#balancing = false;
    this.#line("Amp\tside\tswitch\tShiftF\tShiftB\tdelay\tSupport\tSwing\tPhase");
    this.#line(
      [
        gait.amplitude,
        (gait.sideRatio / 10).toFixed(1),
        gait.switchAngle,
        gait.shiftFront,
        gait.shiftBack,
        gait.loopDelay,
        skipSupport,
        skipSwing,
        ...gait.phases,
      ].join("\t"),
    );
  }

  // --- moving ---

  async #move(life: number): Promise<void> {
    if (this.#token === "k") {
      // A posture is written to the servos on every turn, also when a pause has just switched them off.
      this.#powered = !this.#lowBattery;
      await this.#delay(life, 2);
    } else if (this.#token === "r" && this.#gait !== null) await this.#cycle(life, this.#gait);
    else await this.#delay(life, 1);
  }

  /** A whole cycle, during which nothing is heard and nothing said. */
  async #cycle(life: number, gait: CpgNumbers): Promise<void> {
    const { sideRatio } = gait;
    const left = sideRatio > 0 ? 1 : (10 + sideRatio) / 10;
    const right = sideRatio > 0 ? (10 - sideRatio) / 10 : 1;
    this.#line(`${left.toFixed(2)}\t${right.toFixed(2)}`);
    const seconds = (this.#samples * gait.loopDelay) / 1000;
    this.#powered = !this.#lowBattery;
    await this.#delay(life, 1000 * seconds);
    if (this.#powered) this.body.walk(gait, seconds);
    this.#joints = [0, 1, 2, 3]
      .map((leg) => gait.amplitude + (leg < 2 ? gait.shiftFront : gait.shiftBack))
      .concat(this.#joints.slice(4));
    const before = this.#walked;
    this.#walked += seconds;
    this.#voltage -= this.#faults.drain * seconds;
    if (passes(this.#faults.imuStops, before, this.#walked)) this.#printing = false;
    if (passes(this.#faults.reboot, before, this.#walked)) {
      this.reset();
      throw new PowerCut();
    }
  }

  /** @returns whether there is such a posture */
  async #posture(life: number, name: string): Promise<boolean> {
    const target = POSTURES[name];
    if (target === undefined) {
      this.#line(`?${name}?`);
      return false;
    }
    this.#line(name);
    const farthest = Math.max(...target.map((angle, joint) => Math.abs(angle - this.#joints[joint]!)));
    this.#powered = !this.#lowBattery;
    const steps = Math.round(farthest);
    for (let step = 0; step <= steps; step++) {
      if (this.#printing) this.#printImu();
      await this.#room(life);
      await this.#delay(life, PER_DEGREE);
    }
    this.#joints = [...target];
    return true;
  }

  // --- what it says ---

  #checkBattery(): void {
    const second = Math.floor(systemClock.now());
    if (second === this.#checkedAt) return;
    this.#checkedAt = second;
    const volts = this.#voltage;
    const steady = Math.abs(volts - this.#lastVoltage) < 0.2;
    this.#lastVoltage = volts;
    if (volts > NO_BATTERY && volts < LOW_VOLTAGE && steady) {
      if (!this.#lowBattery) {
        this.#lastCommand = "rest";
        this.#joints = [...POSTURES["rest"]!];
        this.#line("rest");
        this.#powered = false;
      }
      this.#lowBattery = true;
      if (this.#warnings++ % 10 === 0) {
        this.#line(`Low power: ${volts.toFixed(2)}V. The robot won't move.`);
        this.#line("Long-press the battery's button to turn it on!");
      }
    } else if (this.#lowBattery && volts > LOW_VOLTAGE + 0.2) {
      this.#line(`Got ${volts.toFixed(2)} V power`);
      this.#lowBattery = false;
      this.#warnings = 0;
    }
  }

  #printImu(): void {
    const { acceleration, yaw, pitch, roll } = this.body.imu();
    const numbers = [
      ...acceleration.map((value) => fixed(value, 6)),
      ...[yaw, pitch, roll].map((value) => fixed(value, 7)),
    ];
    this.#line(`ICM:${numbers.join("")}\t`);
  }

  #line(text: string): void {
    let line = `${text}\r\n`;
    if (this.#chance.uniform() < this.#faults.garbage) {
      const at = Math.floor(this.#chance.uniform() * line.length);
      line = `${line.slice(0, at)}\u00fe\u00ff#${line.slice(at + 2)}`;
    }
    this.#options.write(Buffer.from(line, "latin1"));
    this.#sentUntil = Math.max(this.#sentUntil, systemClock.now()) + line.length / BYTES_PER_SECOND;
  }

  /** A print blocks while more waits to be sent than the buffer holds. */
  async #room(life: number): Promise<void> {
    const excess = this.#sentUntil - systemClock.now() - TRANSMIT_BUFFER / BYTES_PER_SECOND;
    if (excess > 0) await this.#delay(life, 1000 * excess);
  }

  async #delay(life: number, milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (life !== this.#life) throw new PowerCut();
  }
}

/** Samples of a cycle: one step at a time through the swing, another through the middle of the support. */
function samplesOf(skipSupport: number, skipSwing: number): number {
  let count = 0;
  for (let sample = 0; sample < SAMPLES; ) {
    count++;
    const supporting = sample > 0.05 * SAMPLES && sample < 0.45 * SAMPLES;
    const step = supporting ? skipSupport : skipSwing;
    // A skip of zero picks this sample and never another.
    if (step < 1) return count;
    sample += step;
  }
  return count;
}

function passes(moment: number, before: number, after: number): boolean {
  return moment > 0 && before < moment && after >= moment;
}

/** `%6.1f` */
function fixed(value: number, width: number): string {
  return value.toFixed(1).padStart(width);
}
