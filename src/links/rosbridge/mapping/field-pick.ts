/** Whether a field is what the config takes it for: a number, an array by names or places, an orientation, an IMU. */
import type { ChannelMapping, FieldPick } from "../../../config/rosbridge-link.ts";
import { type FieldStep, pathOf, type ResolvedField, resolveField } from "./field-path.ts";
import { type Mismatch, mismatch } from "./finding.ts";
import { nearestType, type RosTypes, shortType, typeInWords } from "./ros-types.ts";

/** A pick whose every field has been found. */
export type PickedField =
  | {
      readonly ok: true;
      readonly kind: "value";
      readonly field: ResolvedField;
      readonly covariance: Covariance | null;
    }
  | {
      readonly ok: true;
      readonly kind: "places";
      readonly field: ResolvedField;
      readonly places: readonly number[];
    }
  | {
      readonly ok: true;
      readonly kind: "names";
      readonly field: ResolvedField;
      readonly order: ResolvedField;
      readonly names: readonly string[];
    }
  | {
      readonly ok: true;
      readonly kind: "angle";
      readonly field: ResolvedField;
      readonly angle: "roll" | "pitch" | "yaw";
      readonly covariance: Covariance | null;
    }
  | {
      readonly ok: true;
      readonly kind: "tilt";
      readonly angle: "roll" | "pitch";
      /** Of the part of the message that has the accelerometer and the gyroscope. */
      readonly imu: readonly FieldStep[];
    };

/** Where a sensor_msgs/Imu says, with −1, that it does not measure something. */
export interface Covariance {
  /** What it is about: `orientation`. */
  readonly of: string;
  readonly steps: readonly FieldStep[];
}

const IMU = "sensor_msgs/Imu";
/** What an IMU may not measure. */
const MEASURED = ["orientation", "angular_velocity", "linear_acceleration"];
const QUATERNION = "geometry_msgs/Quaternion";

/** @param type of the topic's messages */
export function pickField(
  types: RosTypes,
  type: string,
  mapping: Pick<ChannelMapping, "field" | "pick">,
): PickedField | Mismatch {
  const { pick } = mapping;
  if (pick.kind === "tilt") return pickTilt(types, type, mapping.field, pick.angle);
  const field = resolveField(types, type, mapping.field);
  if (!field.ok) return field;
  switch (pick.kind) {
    case "value":
      return pickValue(types, type, field);
    case "places":
      return pickPlaces(field, pick.places);
    case "names":
      return pickNames(types, type, field, pick);
    case "angle":
      return pickAngle(types, type, field, pick.angle);
  }
}

function pickValue(types: RosTypes, type: string, field: ResolvedField): PickedField | Mismatch {
  if (field.array !== null)
    return mismatch(
      `${said(field)}, an array; one number is expected`,
      `Write \`${field.path}[0]\`, or say by names or places which elements belong to the channels.`,
    );
  if (isNumber(field))
    return { ok: true, kind: "value", field, covariance: covarianceIn(types, type, field) };
  if (field.type === QUATERNION)
    return mismatch(
      `${said(field)}; one number is expected`,
      "Say which angle is meant: roll, pitch or yaw.",
    );
  return mismatch(`${said(field)}; a number or a bool is expected`, `Name a field with a number.`);
}

function pickPlaces(field: ResolvedField, places: readonly number[]): PickedField | Mismatch {
  const wrong = notAnArray(field);
  if (wrong !== null) return wrong;
  const last = Math.max(...places);
  const length = field.array?.length ?? null;
  if (length !== null && last >= length)
    return mismatch(
      `\`${field.path}\` has ${length} elements; there is no element ${last}`,
      `Count from 0 to ${length - 1}.`,
    );
  return { ok: true, kind: "places", field, places };
}

function pickNames(
  types: RosTypes,
  type: string,
  field: ResolvedField,
  pick: Extract<FieldPick, { kind: "names" }>,
): PickedField | Mismatch {
  const wrong = notAnArray(field);
  if (wrong !== null) return wrong;
  const order = resolveField(types, type, pick.field);
  if (!order.ok) return order;
  if (order.kind !== "text" || order.array === null) {
    const texts = (types.fieldsOf(type) ?? []).filter((one) => one.type === "string" && one.array !== null);
    return mismatch(
      `${said(order)}; the names must be an array of string`,
      texts.length === 0
        ? `${shortType(type)} has none: give the elements by place.`
        : `Name \`${texts.map(({ name }) => name).join("` or `")}\`.`,
    );
  }
  return { ok: true, kind: "names", field, order, names: pick.names };
}

function pickAngle(
  types: RosTypes,
  type: string,
  field: ResolvedField,
  angle: "roll" | "pitch" | "yaw",
): PickedField | Mismatch {
  if (field.type !== QUATERNION || field.array !== null) {
    const inside = (types.fieldsOf(field.type) ?? []).filter((one) => one.type === QUATERNION);
    return mismatch(
      `${said(field)}; ${angle} is the angle of a ${QUATERNION}`,
      inside.length === 1 && field.array === null
        ? `Did you mean \`${field.path}.${inside[0]!.name}\`?`
        : "Name a field with an orientation.",
    );
  }
  return { ok: true, kind: "angle", field, angle, covariance: covarianceIn(types, type, field) };
}

/** @returns null for a field of another message than an IMU's */
function covarianceIn(types: RosTypes, type: string, { steps }: ResolvedField): Covariance | null {
  const at = steps.findLastIndex(({ name }) => MEASURED.includes(name));
  if (at < 0) return null;
  const measured = resolveField(types, type, pathOf(steps.slice(0, at + 1)));
  return measured.ok && measured.parent === IMU ? covarianceOf(steps.slice(0, at), steps[at]!.name) : null;
}

export function covarianceOf(imu: readonly FieldStep[], name: string): Covariance {
  const steps = [...imu, { name: `${name}_covariance`, index: 0 }];
  return { of: pathOf([...imu, { name, index: null }]), steps };
}

/** The field is the part of the message that holds the two sensors: empty or `.` for the message itself. */
function pickTilt(
  types: RosTypes,
  type: string,
  written: string,
  angle: "roll" | "pitch",
): PickedField | Mismatch {
  // Naming one of the sensors means the message they stand in.
  const path = written.replace(/(?:^|\.)(?:linear_acceleration|angular_velocity|orientation)$/u, "");
  let steps: readonly FieldStep[] = [];
  let inside = shortType(type);
  if (path !== "" && path !== ".") {
    const field = resolveField(types, type, path);
    if (!field.ok) return field;
    steps = field.steps;
    inside = field.array === null ? field.type : typeInWords(field);
  }
  const fields = types.fieldsOf(inside);
  if (fields === null && inside === shortType(type))
    return mismatch(
      `the message type ${inside} is not known`,
      `${nearestType(type, types)}Add its .msg text to link.definitions.`,
    );
  const isVector = (name: string): boolean =>
    fields?.some((one) => one.name === name && one.type === "geometry_msgs/Vector3" && one.array === null) ??
    false;
  if (isVector("linear_acceleration") && isVector("angular_velocity"))
    return { ok: true, kind: "tilt", angle, imu: steps };
  return mismatch(
    `${inside} is no ${IMU}: the tilt needs its linear_acceleration and angular_velocity`,
    "Name the field with the IMU's message.",
  );
}

function notAnArray(field: ResolvedField): Mismatch | null {
  if (field.array === null)
    return mismatch(`${said(field)}, not an array`, "Give it one channel, without names or places.");
  return isNumber(field)
    ? null
    : mismatch(`${said(field)}; an array of numbers is expected`, "Name another field.");
}

function isNumber({ kind }: ResolvedField): boolean {
  return kind === "number" || kind === "bool";
}

function said(field: ResolvedField): string {
  return `\`${field.path}\` of ${field.parent} is ${typeInWords(field)}`;
}
