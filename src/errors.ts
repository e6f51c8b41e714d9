/**
 * The error catalogue. Every error a user can meet has a stable code here, says what was wrong, where, and
 * what to do about it. Rooms throw {@link GaitsmithError} through {@link fail}; the CLI turns the code's class
 * into an exit status and the HTTP API into a problem document.
 */

/** How a failure ends a command: 1 failed, 2 bad usage or bad config, 3 the robot is left latched. */
export type ExitStatus = 1 | 2 | 3;

/** Code → exit status and one line for the catalogue in the documents. Codes are never reused or renamed. */
export const ERROR_CATALOGUE = {
  BAD_USAGE: [2, "The command line is wrong."],
  CONFIG_UNREADABLE: [2, "A hardware config or study file cannot be read."],
  CONFIG_INVALID: [2, "A hardware config or study file says something it must not."],
  SPACE_INVALID: [2, "The search space is not one that can be searched."],
  SPACE_INFEASIBLE: [2, "No parameter set passes the feasibility check."],
  REWARD_INVALID: [2, "The reward expression is wrong."],
  SAMPLER_UNKNOWN: [2, "No sampler of that name."],
  PRUNER_UNKNOWN: [2, "No pruner of that name."],
  STUDY_UNKNOWN: [2, "No study of that name in that store."],
  STUDY_MISMATCH: [2, "The study exists with another search space, direction or seed."],
  STORE_UNREADABLE: [1, "The study file cannot be opened."],
  STORE_BUSY: [1, "Another service holds the study file."],
  STORE_FAILED: [1, "Writing to the study file failed."],
  LINK_UNAVAILABLE: [1, "The robot cannot be reached."],
  LINK_LOST: [1, "The link to the robot was lost."],
  LINK_TOO_SLOW: [2, "The robot's telemetry does not fit the data rate of its link."],
  ROBOT_BUSY: [1, "Another program holds this robot's lease."],
  ROBOT_LATCHED: [3, "The robot is latched by an e-stop or a safety abort."],
  STATE_FAILED: [1, "The robot's lock cannot be written."],
  ROBOT_REFUSED: [1, "The robot refused a command."],
  ROBOT_MISMATCH: [1, "The robot is not the one the config describes."],
  PREFLIGHT_REFUSED: [1, "A preflight item refused."],
  GATE_REFUSED: [1, "The gate refused a command."],
  STATION_FAILED: [1, "The station ended unexpectedly."],
  SAMPLER_FAILED: [1, "The sampler could not propose a parameter set."],
  SAMPLER_EXHAUSTED: [1, "The sampler has proposed everything it can."],
  STATION_NOT_STARTED: [1, "The station did not start."],
  RECORDING_UNREADABLE: [1, "A recording cannot be read."],
  RECORDING_FAILED: [1, "A recording could not be written."],
  REPORT_FAILED: [1, "The report of a check could not be written."],
  PROTOCOL_VIOLATION: [1, "A frame or message does not follow the protocol."],
  FIRMWARE_NOT_BUILT: [1, "The C library cannot be compiled on this machine."],
  FIRMWARE_FAILED: [1, "The robot's C program ended by itself."],
  ROBOT_UNKNOWN: [2, "No robot of that id."],
  ROUTE_UNKNOWN: [2, "Nothing is at that address of the HTTP API."],
  REQUEST_INVALID: [2, "An HTTP request is malformed."],
  REQUEST_REFUSED: [1, "An HTTP request came from another site or asked for another host."],
  ESTOP_NOT_CONFIRMED: [3, "The robot's station did not confirm an e-stop."],
  APPLY_REFUSED: [1, "A parameter set is not one to put on this robot."],
  APPLY_UNFINISHED: [1, "An earlier apply was not finished: nobody knows what the robot holds."],
  BACKUP_FAILED: [1, "What the robot holds could not be backed up, or a backup cannot be read."],
  PROMPT_CLOSED: [1, "The prompt is not open: it has been answered, or a stop closed it."],
  SEAT_TAKEN: [1, "Another browser tab holds the robot."],
  PORT_TAKEN: [1, "Another program listens on the port."],
  INTERNAL: [1, "A defect in gaitsmith itself."],
} as const satisfies Record<string, readonly [ExitStatus, string]>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** What a person needs to mend the failure. */
export interface FailureDetail {
  /** What was wrong, with the offending value. One sentence. */
  readonly what: string;
  /** File and line, field, port, command: where to look. */
  readonly where?: string;
  /** What to do next. One sentence, imperative. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

export class GaitsmithError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, detail: FailureDetail) {
    super(detail.what, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "GaitsmithError";
    this.code = code;
    this.where = detail.where;
    this.remedy = detail.remedy;
  }

  get exitStatus(): ExitStatus {
    return ERROR_CATALOGUE[this.code][0];
  }

  /** The whole failure as a person reads it: `what (where). remedy [CODE]`. */
  describe(): string {
    const where = this.where === undefined ? "" : ` (${this.where})`;
    const remedy = this.remedy === undefined ? "" : `\n  ${this.remedy}`;
    return `${this.message}${where}${remedy} [${this.code}]`;
  }
}

/** Throws a catalogued error. */
export function fail(code: ErrorCode, detail: FailureDetail): never {
  throw new GaitsmithError(code, detail);
}

/** The error itself where it is catalogued, else a defect of ours. */
export function asGaitsmithError(error: unknown): GaitsmithError {
  return error instanceof GaitsmithError
    ? error
    : new GaitsmithError("INTERNAL", { what: describeError(error), cause: error });
}

/** Its code in the catalogue; null of what is not catalogued. */
export function codeOf(error: unknown): ErrorCode | null {
  return error instanceof GaitsmithError ? error.code : null;
}

/** The words of anything thrown, catalogued or not. */
export function describeError(error: unknown): string {
  if (error instanceof GaitsmithError) return error.describe();
  return error instanceof Error ? error.message : String(error);
}
