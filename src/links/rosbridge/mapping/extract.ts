/** Compiled extractors: from a message, parsed from JSON or read from its serialisation, to the channels' numbers. */
import type { ChannelMapping } from "../../../config/rosbridge-link.ts";
import { elementOf, numberFrom } from "./field-number.ts";
import { type FieldStep, pathOf, valueAt } from "./field-path.ts";
import { type Covariance, covarianceOf, type PickedField } from "./field-pick.ts";
import { NamesOrder } from "./names-order.ts";
import { angleOf } from "./orientation.ts";
import { TiltFilter } from "./tilt-filter.ts";

/** Writes channels into a frame's values, NaN where the message has no number for them; returns how often. */
type Extractor = (message: unknown, values: Float64Array) => number;

/** One field of a topic's messages, checked, and where its channels stand in the frame. */
export interface CompiledField {
  readonly mapping: ChannelMapping;
  readonly picked: PickedField;
  /** Index of its first channel; the others follow. */
  readonly first: number;
}

/** What an IMU says of one of its sensors. */
interface Sensor {
  readonly steps: readonly FieldStep[];
  /** In the newest message. */
  lacking: boolean;
}

const THERE: Readonly<Sensor> = { steps: [], lacking: false };

/** All that a topic's messages fill. */
export class TopicExtractor {
  readonly #orders = new Map<string, NamesOrder>();
  readonly #tilts = new Map<string, ImuTilt>();
  readonly #extractors: readonly Extractor[];
  readonly #sensors = new Map<string, Sensor>();
  /** What is looked up once per message, before the fields are read. */
  readonly #first: readonly ((message: unknown, stamp: number) => void)[];

  constructor(fields: readonly CompiledField[]) {
    this.#extractors = fields.map((field) => this.#compile(field));
    this.#first = [
      ...[...this.#sensors.values()].map((sensor) => (message: unknown) => {
        sensor.lacking = valueAt(message, sensor.steps) === -1;
      }),
      ...[...this.#orders.values()].map((order) => (message: unknown) => order.read(message)),
      ...[...this.#tilts.values()].map(
        (tilt) => (message: unknown, stamp: number) => tilt.read(message, stamp),
      ),
    ];
  }

  /**
   * @param stamp of the message, s
   * @param values of the frame; only the topic's own are written
   * @returns how many of them are NaN because the message has no number there
   */
  take(message: unknown, stamp: number, values: Float64Array): number {
    for (let index = 0; index < this.#first.length; index++) this.#first[index]!(message, stamp);
    let implausible = 0;
    for (let index = 0; index < this.#extractors.length; index++)
      implausible += this.#extractors[index]!(message, values);
    return implausible;
  }

  /** Names that the config gives and the newest message does not have, by the path of its names. */
  get missingNames(): readonly {
    readonly path: string;
    readonly missing: readonly string[];
    readonly has: readonly string[];
  }[] {
    return [...this.#orders]
      .filter(([, order]) => order.changes >= 0 && order.missing.length > 0)
      .map(([path, order]) => ({ path, missing: order.missing, has: order.names }));
  }

  /** Paths of what an IMU says it does not measure. */
  get notProvided(): readonly string[] {
    return [...this.#sensors].flatMap(([of, { lacking }]) => (lacking ? [of] : []));
  }

  #compile({ mapping, picked, first }: CompiledField): Extractor {
    switch (picked.kind) {
      case "value": {
        const { steps, kind } = picked.field;
        const flag = kind === "bool";
        const sensor = this.#sensor(picked.covariance);
        return single(mapping, first, (message) =>
          sensor.lacking ? Number.NaN : numberFrom(valueAt(message, steps), flag),
        );
      }
      case "places":
        return array(
          mapping,
          first,
          picked.field,
          picked.places.map((place) => () => place),
        );
      case "names": {
        const order = this.#order(picked.order.steps);
        const handles = picked.names.map((name) => order.want(name));
        return array(
          mapping,
          first,
          picked.field,
          handles.map((handle) => () => order.placeOf(handle)),
        );
      }
      case "angle":
        return single(mapping, first, this.#angle(picked));
      case "tilt": {
        const { angle, imu } = picked;
        const tilt = this.#tilt(imu);
        const acceleration = this.#sensor(covarianceOf(imu, "linear_acceleration"));
        const velocity = this.#sensor(covarianceOf(imu, "angular_velocity"));
        return single(mapping, first, () =>
          acceleration.lacking || velocity.lacking ? Number.NaN : tilt.filter[angle],
        );
      }
    }
  }

  #angle({
    field,
    angle,
    covariance,
  }: Extract<PickedField, { kind: "angle" }>): (message: unknown) => number {
    const at = field.steps;
    const sensor = this.#sensor(covariance);
    return (message) => {
      if (sensor.lacking) return Number.NaN;
      const q = valueAt(message, at);
      if (typeof q !== "object" || q === null) return Number.NaN;
      const { x, y, z, w } = q as Readonly<Record<string, unknown>>;
      return angleOf(
        angle,
        numberFrom(x, false),
        numberFrom(y, false),
        numberFrom(z, false),
        numberFrom(w, false),
      );
    };
  }

  #sensor(covariance: Covariance | null): Readonly<Sensor> {
    if (covariance === null) return THERE;
    const { of, steps } = covariance;
    const sensor = this.#sensors.get(of) ?? { steps, lacking: false };
    this.#sensors.set(of, sensor);
    return sensor;
  }

  #order(steps: readonly FieldStep[]): NamesOrder {
    const path = pathOf(steps);
    const order = this.#orders.get(path) ?? new NamesOrder(steps);
    this.#orders.set(path, order);
    return order;
  }

  /** Roll and pitch of one IMU are of one filter. */
  #tilt(steps: readonly FieldStep[]): ImuTilt {
    const path = pathOf(steps);
    const tilt = this.#tilts.get(path) ?? new ImuTilt(steps);
    this.#tilts.set(path, tilt);
    return tilt;
  }
}

function single(
  { signs, factor, offset }: ChannelMapping,
  index: number,
  read: (message: unknown) => number,
): Extractor {
  const sign = signs[0] ?? 1;
  return (message, values) => {
    const value = converted(read(message), factor, offset, sign);
    values[index] = value;
    return Number.isNaN(value) ? 1 : 0;
  };
}

function array(
  { signs, factor, offset }: ChannelMapping,
  first: number,
  { steps, type, kind }: { steps: readonly FieldStep[]; type: string; kind: string },
  places: readonly (() => number)[],
): Extractor {
  const flag = kind === "bool";
  return (message, values) => {
    const list = valueAt(message, steps);
    let implausible = 0;
    for (let channel = 0; channel < places.length; channel++) {
      const place = places[channel]!();
      const number = place < 0 ? Number.NaN : numberFrom(elementOf(list, place, type), flag);
      const value = converted(number, factor, offset, signs[channel] ?? 1);
      values[first + channel] = value;
      if (Number.isNaN(value)) implausible++;
    }
    return implausible;
  };
}

/** A value that is in SI already passes untouched, bit for bit. */
function converted(value: number, factor: number, offset: number, sign: 1 | -1): number {
  if (factor === 1 && offset === 0) return sign === 1 ? value : 0 - value;
  const si = factor * value + offset;
  if (!Number.isFinite(si)) return Number.NaN;
  return sign === 1 ? si : 0 - si;
}

class ImuTilt {
  readonly filter = new TiltFilter();
  readonly #acceleration: readonly FieldStep[];
  readonly #velocity: readonly FieldStep[];

  constructor(imu: readonly FieldStep[]) {
    this.#acceleration = [...imu, { name: "linear_acceleration", index: null }];
    this.#velocity = [...imu, { name: "angular_velocity", index: null }];
  }

  read(message: unknown, stamp: number): void {
    const a = vectorAt(message, this.#acceleration);
    const w = vectorAt(message, this.#velocity);
    this.filter.update(
      numberFrom(a["x"], false),
      numberFrom(a["y"], false),
      numberFrom(a["z"], false),
      numberFrom(w["x"], false),
      numberFrom(w["y"], false),
      numberFrom(w["z"], false),
      stamp,
    );
  }
}

const NOTHING: Readonly<Record<string, unknown>> = {};

function vectorAt(message: unknown, steps: readonly FieldStep[]): Readonly<Record<string, unknown>> {
  const vector = valueAt(message, steps);
  return typeof vector === "object" && vector !== null
    ? (vector as Readonly<Record<string, unknown>>)
    : NOTHING;
}
