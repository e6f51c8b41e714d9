/** Every fault that is tried, and what is promised of it: tests, proof and the table of docs/safety.md come from here. */
import type { Fault, LinkName } from "./fault.ts";
import { BODY_FAULTS } from "./kinds/body.ts";
import { IDENTITY_FAULTS } from "./kinds/identity.ts";
import { LINE_FAULTS } from "./kinds/line.ts";
import { NETWORK_FAULTS } from "./kinds/network.ts";
import { OPERATOR_FAULTS } from "./kinds/operator.ts";
import { SENSOR_FAULTS } from "./kinds/sensors.ts";
import { TELEMETRY_FAULTS } from "./kinds/telemetry.ts";

export const FAULTS: readonly Fault[] = [
  ...SENSOR_FAULTS,
  ...BODY_FAULTS,
  ...TELEMETRY_FAULTS,
  ...LINE_FAULTS,
  ...NETWORK_FAULTS,
  ...IDENTITY_FAULTS,
  ...OPERATOR_FAULTS,
];

export function faultsOver(link: LinkName): readonly Fault[] {
  return FAULTS.filter(({ strike }) => strike[link] !== undefined);
}
