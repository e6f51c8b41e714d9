/**
 * OpenCatEsp32 on a Bittle X or Nybble Q, as far as a host on its serial line can tell: the texts, their order, what blocks
 * what and for how long. Written after PetoiCamp/OpenCatEsp32 at 9cac32e (`OpenCatEsp32.ino`, `src/OpenCat.h`, `reaction.h`,
 * `motion.h`, `moduleManager.h`, `imu.h`, `taskQueue.h`). Like the original it is one loop that does one thing after the
 * other: while it moves or waits it hears nothing. Voice, Bluetooth, sensors and skills other than postures are left out.
 */
import { type RandomStream, randomStream } from "../random.ts";
import { Battery } from "./battery.ts";
import { PetoiBody } from "./body.ts";
import { type PetoiFaults, SOUND } from "./faults.ts";
import { gaitLine, readGait, samplesOf } from "./gait.ts";
import { type ReadCommand, ReceiveBuffer } from "./input.ts";
import { Life, PowerCut } from "./life.ts";
import { Motion } from "./motion.ts";
import { Printer } from "./printer.ts";

export interface PetoiOptions {
  readonly write: (bytes: Uint8Array) => void;
  /** Default Bittle X. */
  readonly model?: "Bittle X" | "Nybble Q";
  /** From power to `Ready!`, s. Default 2. */
  readonly bootTime?: number;
  readonly faults?: Partial<PetoiFaults>;
}

const VERSION = "B10_250712";

export class PetoiFirmware {
  readonly body: PetoiBody;
  readonly #options: PetoiOptions;
  readonly #faults: PetoiFaults;
  readonly #chance: RandomStream;
  readonly #printer: Printer;
  readonly #battery: Battery;
  readonly #motion: Motion;
  readonly #input = new ReceiveBuffer();
  #life = new Life();

  constructor(options: PetoiOptions) {
    const faults = { ...SOUND, ...options.faults };
    this.#options = options;
    this.#faults = faults;
    this.body = new PetoiBody(faults.seed);
    this.#chance = randomStream("petoi faults", faults.seed);
    const printer = new Printer(options.write, faults.garbage, this.#chance);
    this.#printer = printer;
    this.#battery = new Battery(faults.voltage, printer, () => {
      this.#life.lastCommand = "rest";
      this.#motion.drop();
    });
    this.#motion = new Motion({
      ...{ body: this.body, battery: this.#battery, printer, faults },
      reset: () => {
        this.reset();
        throw new PowerCut();
      },
    });
  }

  /** Servos are driven. */
  get powered(): boolean {
    return this.#motion.powered;
  }

  /** What keeps it busy: the gait, a posture, or nothing. */
  get doing(): "gait" | "posture" | "nothing" {
    const { token } = this.#life;
    if (token === "r") return "gait";
    return token === "k" ? "posture" : "nothing";
  }

  /** It flips over, starts dances and answers to its gyroscope by itself. */
  get actsByItself(): { readonly balance: boolean; readonly random: boolean } {
    const { balancing, random } = this.#life;
    return { balance: balancing, random };
  }

  get voltage(): number {
    return this.#battery.voltage;
  }

  set voltage(volts: number) {
    this.#battery.voltage = volts;
  }

  /** Bytes from the host: they wait in the receive buffer. */
  onBytes(bytes: Uint8Array): void {
    this.#input.add(bytes);
  }

  /** Power on, or the reset button. */
  reset(): void {
    this.off();
    this.#life = new Life();
    void this.#live(this.#life).catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
  }

  /** Power off. */
  off(): void {
    this.#life.end();
    this.#motion.powered = false;
  }

  async #live(life: Life): Promise<void> {
    await this.#boot(life);
    while (true) {
      this.#battery.check();
      if (life.printing) this.#motion.report();
      await this.#printer.room(life);
      const command = await this.#input.read(life);
      if (command !== null) await this.#react(life, command);
      await this.#motion.turn(life);
    }
  }

  async #boot(life: Life): Promise<void> {
    const { model = "Bittle X", bootTime = 2 } = this.#options;
    this.#battery.forget();
    this.#input.clear();
    this.#print(
      "ets Jul 29 2019 12:21:46",
      "k",
      "Flush the serial buffer...",
      "\n* Start *",
      model,
      `Software version: ${VERSION}`,
      "Scanning I2C network...",
      "- I2C device found at address 0x69:\tICM42670",
      "- done",
      "MuQ\t0",
      "Buzzer volume: 5/10",
    );
    await life.pass(500 * bootTime);
    this.#print(
      "Setup ESP32 PWM servo driver...",
      "Calibrated Zero Position",
      "Build skill list...93",
      "TaskQ",
    );
    this.#motion.powered = true;
    await this.#motion.posture(life, "rest");
    await life.pass(500 * bootTime);
    this.#print("Module count: \t11", "Ready!");
    // Its first task is to rest.
    await this.#react(life, { token: "d", text: "", length: 0 });
  }

  async #react(life: Life, command: ReadCommand): Promise<void> {
    const { token } = command;
    life.token = token;
    if (life.lastToken === "d") {
      life.balancing = true;
      this.#print("G");
    }
    if (token !== "p" && life.paused) {
      life.paused = false;
      this.#print("p");
    }
    const echo = await this.#obey(life, command);
    if (this.#chance.uniform() >= this.#faults.loseEcho) this.#print(echo);
    // The firmware goes on with a posture after these; anything else ends what it was doing.
    const goesOn = (token === "p" && !life.paused) || (life.lastToken === "k" && "gpPjzi".includes(token));
    life.token = token === "k" || token === "r" ? token : goesOn ? "k" : "";
    life.lastToken = goesOn ? "k" : echo === "P" && token === "p" ? "P" : token;
    await this.#printer.room(life);
  }

  /** @returns the token it answers with when it is done */
  async #obey(life: Life, { token, text, length }: ReadCommand): Promise<string> {
    const motion = this.#motion;
    switch (token) {
      case "?":
        this.#print(this.#options.model ?? "Bittle X", VERSION);
        return token;
      case "z":
        life.random = !life.random;
        return life.random ? "Z" : "z";
      case "g":
        return this.#gyroscope(life, text, length);
      case "P":
        this.#print(`Voltage: ${this.#battery.voltage.toFixed(2)} V`);
        return token;
      case "p":
        life.paused = !life.paused;
        if (life.paused) motion.powered = false;
        return life.paused ? "P" : "k";
      case "d":
        life.balancing = false;
        this.#print("g");
        // Of length one it would switch off a single servo: what two commands that were read as one come to.
        if (length > 0) return token;
        if (life.lastCommand !== "rest") await motion.posture(life, "rest");
        motion.powered = false;
        this.body.rest();
        return token;
      case "j":
        this.#print("=", [...Array(16).keys()].map((index) => `${index}\t`).join(""));
        this.#print(
          [0, 0, 0, 0, 0, 0, 0, 0, ...motion.joints].map((angle) => `${Math.trunc(angle)},\t`).join(""),
        );
        return token;
      case "k":
        if (await motion.posture(life, text)) life.lastCommand = text;
        return token;
      case "r":
        this.#takeGait(life, text);
        return token;
      default:
        this.#print("Undefined token!", text);
        return token;
    }
  }

  #gyroscope(life: Life, text: string, length: number): string {
    if (length === 0) {
      life.balancing = !life.balancing;
      return life.balancing ? "G" : "g";
    }
    let echo = "g";
    for (const letter of text) {
      if (letter === "P" || letter === "p") {
        life.printing = letter === "P";
        this.#motion.report();
      } else if (letter === "B" || letter === "b") life.balancing = letter === "B";
      else if (letter === "F" || letter === "f") echo = letter === "F" ? "G" : "g";
    }
    return echo;
  }

  #takeGait(life: Life, text: string): void {
    const gait = readGait(text);
    const { skipSupport, skipSwing, phases } = gait;
    if (life.gait?.skipSupport !== skipSupport || life.gait.skipSwing !== skipSwing) {
      life.samples = samplesOf(gait);
      this.#print(`sampleLen\t${life.samples}`);
    }
    this.#print(...phases.map((phase) => String(Math.trunc((phase / 100) * life.samples))), "");
    life.gait = gait;
    life.balancing = false;
    this.#print("Amp\tside\tswitch\tShiftF\tShiftB\tdelay\tSupport\tSwing\tPhase", gaitLine(gait));
  }

  #print(...lines: readonly string[]): void {
    for (const line of lines) this.#printer.line(line);
  }
}
