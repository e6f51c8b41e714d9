/**
 * Reads hardware configs and study files: YAML with units in, SI out. Everything that is wrong is said at once, each
 * with file, line, column, field and remedy.
 */
import type { SearchSpace } from "../optimizer/search-space.ts";
import type { LimitName } from "../safety/limit.ts";
import { ConfigSource } from "./config-source.ts";
import { readGait } from "./gait-section.ts";
import {
  type HardwareConfig,
  type HealthConfig,
  type LinkConfig,
  type PreflightConfig,
  plannedSeconds,
  reportCount,
  type SpeedSource,
  type StudyConfig,
  type WalkTiming,
} from "./hardware-config.ts";
import { checkKnownGait } from "./known-gaits.ts";
import { readLimits } from "./limits-section.ts";
import { readMjbotsLink, readPetoiLink } from "./other-links-section.ts";
import { type RobotContext, readRosbridgeLink } from "./rosbridge-link-section.ts";
import type { WrittenHardware } from "./schema.ts";
import { readSerialLink } from "./serial-link-section.ts";
import { checkStructure } from "./structure.ts";
import type { WrittenStudy } from "./study-schema.ts";
import { readStudy } from "./study-section.ts";
import { readDuration, type SiUnit, toSi } from "./units.ts";

/** s */
const DEFAULT_COOL_DOWN = 600;
/**
 * Of the simulated quadruped on any of its bodies and grounds: motors hold their targets within 0.02 rad, legs sag by 0.8 rad at the
 * most (softest springs, payload), and no walk makes a motor hotter by more than 10 K.
 */
const DEFAULT_HEALTH: HealthConfig = { actuatorTolerance: 0.1, sagTolerance: 1, temperatureRise: 20 };

/**
 * @param file path of the YAML file
 * @param text its content when it does not come from the file itself (an editor, a test)
 * @throws CONFIG_UNREADABLE when there is no such text file, CONFIG_INVALID when it says something it must not
 */
export function readHardwareConfig(file: string, text?: string): HardwareConfig {
  const source = new ConfigSource(file, text);
  checkStructure(source, "hardware");
  source.refuseProblems();
  const written = source.content as WrittenHardware;
  const { robot } = written;
  const gait = readGait(source, written.gait);
  const walk = readWalk(source, written);
  const speedSource = written.telemetry.speed_source as SpeedSource;
  const config: HardwareConfig = {
    source: { file: source.file, hash: source.hash },
    robot: {
      id: robot.id,
      name: robot.name,
      mass: positive(source, ["robot", "mass"], toSi(robot.mass, "kg")),
      joints: robot.joints,
      jouleCoefficient: toSi(robot.joule_coefficient, "W/(N·m)²"),
    },
    link: readLink(source, written.link, {
      joints: robot.joints,
      legs: gait.gait.body?.legs ?? null,
      parameters: gait.units,
      tuned: gait.space.parameters.map(({ name }) => name),
      ownGait: gait.gait.body === null,
      planned: plannedSeconds(walk),
      speedSource,
    }),
    gait: { ...gait.gait, units: Object.fromEntries(gait.units) },
    space: gait.space,
    seedGait: gait.seedGait,
    envelope: readLimits(source, written.limits, robot.joints),
    arenaLength: positive(source, ["arena", "length"], toSi(written.arena.length, "m")),
    speedSource,
    odometryScale: readOdometryScale(source, written),
    walk,
    preflight: readPreflight(source, written),
    health: readHealth(source, written),
    study: written.study === undefined ? null : readStudy(source, ["study"], written.study, gait.space),
  };
  checkTogether(source, config);
  checkKnownGait(source, config);
  source.refuseProblems();
  return config;
}

/**
 * Reads a study file: the fields of a study block at its top level.
 *
 * @param space of the gait that is tuned
 * @throws CONFIG_UNREADABLE or CONFIG_INVALID
 */
export function readStudyFile(file: string, space: SearchSpace, text?: string): StudyConfig {
  const source = new ConfigSource(file, text);
  checkStructure(source, "study");
  source.refuseProblems();
  const study = readStudy(source, [], source.content as WrittenStudy, space);
  source.refuseProblems();
  return study;
}

function readLink(source: ConfigSource, written: WrittenHardware["link"], robot: RobotContext): LinkConfig {
  const clock = written.clock === "lockstep" ? "lockstep" : "realtime";
  if (written.kind === "simulated") {
    const { variation } = written;
    return {
      kind: "simulated",
      clock,
      variant: written.variant,
      variation: variation === "mild" || variation === "rough" ? variation : "none",
      ...(written.streamed === true ? { streamed: true } : {}),
    };
  }
  if (written.kind === "rosbridge") return readRosbridgeLink(source, written, clock, robot);
  if (written.kind === "petoi") return readPetoiLink(source, written);
  if (written.kind === "mjbots") return readMjbotsLink(source, written);
  return readSerialLink(source, written, clock);
}

/** Leg odometry that is off by more than this factor has another unit, or counts something else. */
const MOST_ODOMETRY_SCALE = 4;

function readOdometryScale(source: ConfigSource, { telemetry }: WrittenHardware): number | null {
  const scale = telemetry.odometry_scale;
  if (scale === undefined) return null;
  if (!(scale >= 1 / MOST_ODOMETRY_SCALE && scale <= MOST_ODOMETRY_SCALE))
    source.report({
      path: ["telemetry", "odometry_scale"],
      what: `\`${scale}\` is not between ${1 / MOST_ODOMETRY_SCALE} and ${MOST_ODOMETRY_SCALE}: odometry that is off by so much counts something else`,
      remedy: "Measure it with `npx gaitsmith first-run`, or mend the odometry.",
    });
  return scale;
}

function readWalk(source: ConfigSource, { walk }: WrittenHardware): WalkTiming {
  const atLeastZero = (name: "stand" | "settle"): number => {
    const value = toSi(walk[name], "s");
    if (value < 0)
      source.report({ path: ["walk", name], what: "it is below zero", remedy: "Write 0 s or more." });
    return value;
  };
  const above = (name: "ramp_in" | "measure" | "report_interval" | "ramp_out"): number =>
    positive(source, ["walk", name], toSi(walk[name], "s"));
  const timing: WalkTiming = {
    stand: atLeastZero("stand"),
    rampIn: above("ramp_in"),
    settle: atLeastZero("settle"),
    measure: above("measure"),
    reportInterval: above("report_interval"),
    rampOut: above("ramp_out"),
  };
  const reports = timing.measure / timing.reportInterval;
  if (reports < 1 || Math.abs(reports - Math.round(reports)) > 1e-9) {
    source.report({
      path: ["walk", "measure"],
      what: `\`${walk.measure}\` is not a whole number of report intervals of \`${walk.report_interval}\``,
      remedy: "Change one of the two, so that the last report is the end of measuring.",
    });
  }
  return timing;
}

/** Bytes. */
const MINIMUM_DISK_SPACE = 200 * 1024 ** 2;
const DISK_SPACE_WARNING = 1024 ** 3;

function readPreflight(
  source: ConfigSource,
  { preflight: written, limits }: WrittenHardware,
): PreflightConfig {
  const minimumTelemetryRate = toSi(written.minimum_telemetry_rate, "");
  if (minimumTelemetryRate <= 0 || minimumTelemetryRate > 1) {
    source.report({
      path: ["preflight", "minimum_telemetry_rate"],
      what: `\`${written.minimum_telemetry_rate}\` is not a share of the nominal rate`,
      remedy: "Write for example 90 %.",
    });
  }
  const coolDown = written.cool_down_within === undefined ? null : readDuration(written.cool_down_within);
  return {
    minimumBattery: ofWatched("minimum_battery", "battery-voltage", "V"),
    maximumMotorTemperature: ofWatched("maximum_motor_temperature", "motor-temperature", "°C"),
    maximumTilt: positive(source, ["preflight", "maximum_tilt"], toSi(written.maximum_tilt, "rad")),
    minimumTelemetryRate,
    coolDownWithin: coolDown?.ok ? coolDown.value : DEFAULT_COOL_DOWN,
    minimumDiskSpace: room("minimum_disk_space", MINIMUM_DISK_SPACE),
    diskSpaceWarning: room("disk_space_warning", DISK_SPACE_WARNING),
  };

  function room(field: "minimum_disk_space" | "disk_space_warning", otherwise: number): number {
    const value = written[field];
    return value === undefined ? otherwise : positive(source, ["preflight", field], toSi(value, "B"));
  }

  /** What a limit watches is looked at before as well; what none watches cannot be. */
  function ofWatched(
    field: "minimum_battery" | "maximum_motor_temperature",
    limit: LimitName,
    si: SiUnit,
  ): number | null {
    const value = written[field];
    const watched = !("unwatched" in limits[limit]);
    if (watched === (value !== undefined)) return value === undefined ? null : toSi(value, si);
    source.report(
      watched
        ? {
            path: ["preflight"],
            what: `\`${field}\` is missing: the limit ${limit} is watched`,
            remedy: `Add \`${field}:\`, inside that limit.`,
          }
        : {
            path: ["preflight", field],
            what: `nothing tells it: the limit ${limit} is unwatched`,
            remedy: "Remove one of the two.",
            atKey: true,
          },
    );
    return null;
  }
}

function readHealth(source: ConfigSource, { health = {} }: WrittenHardware): HealthConfig {
  const read = (field: keyof typeof health, si: SiUnit, usual: number): number => {
    const written = health[field];
    return written === undefined ? usual : positive(source, ["health", field], toSi(written, si));
  };
  return {
    actuatorTolerance: read("actuator_tolerance", "rad", DEFAULT_HEALTH.actuatorTolerance),
    sagTolerance: read("sag_tolerance", "rad", DEFAULT_HEALTH.sagTolerance),
    temperatureRise: read("temperature_rise", "°C", DEFAULT_HEALTH.temperatureRise),
  };
}

/** What no block can see alone. */
function checkTogether(source: ConfigSource, config: HardwareConfig): void {
  const { walk, envelope, preflight, robot } = config;
  const planned = plannedSeconds(walk);
  if (envelope.duration.high <= planned) {
    source.report({
      path: ["limits", "duration", "high"],
      what: `a whole walk takes ${planned} s (ramps, settling and measuring), so every walk would break this limit`,
      remedy: "Allow the planned time and a tenth.",
    });
  }
  if (preflight.minimumBattery !== null && preflight.minimumBattery < envelope["battery-voltage"].low) {
    source.report({
      path: ["preflight", "minimum_battery"],
      what: "a battery this low would break the limit battery-voltage at once",
      remedy: "Ask for more than limits.battery-voltage.low.",
    });
  }
  const hottest = preflight.maximumMotorTemperature;
  if (hottest !== null && hottest > envelope["motor-temperature"].high) {
    source.report({
      path: ["preflight", "maximum_motor_temperature"],
      what: "motors this hot would break the limit motor-temperature at once",
      remedy: "Ask for less than limits.motor-temperature.high.",
    });
  }
  if (preflight.maximumTilt > envelope.tilt.high) {
    source.report({
      path: ["preflight", "maximum_tilt"],
      what: "a robot leaning this much would break the limit tilt at once",
      remedy: "Ask for less than limits.tilt.high.",
    });
  }
  if ((config.speedSource === "robot" || config.speedSource === "operator") && reportCount(walk) !== 1) {
    source.report({
      path: ["walk", "report_interval"],
      what: `the ${config.speedSource} tells the distance of a whole walk, so there is one report, at its end`,
      remedy: "Write the same time as `measure`.",
    });
  }
  if (config.speedSource === "robot" && (config.link.kind === "simulated" || config.link.kind === "serial")) {
    source.report({
      path: ["telemetry", "speed_source"],
      what: `a robot whose link is ${config.link.kind} does not say how far it came`,
      remedy: "Choose pose, odometry or operator.",
    });
  }
  const needed = config.gait.body === null ? null : config.gait.body.legs.length * 2;
  if (needed !== null && robot.joints.length !== needed) {
    source.report({
      path: ["robot", "joints"],
      what: `it names ${robot.joints.length} joints; the gait ${config.gait.name} drives ${needed}: hip and knee of each leg`,
      remedy: "Name hip and knee, leg by leg, in the order of gait.body.legs.",
    });
  }
}

function positive(source: ConfigSource, path: readonly string[], value: number): number {
  if (!(value > 0)) source.report({ path, what: "it is not above zero", remedy: "Measure it again." });
  return value;
}
