/** Errors as the HTTP API tells them: RFC 9457 problem documents that carry the catalogue's stable code. */
import { ERROR_CATALOGUE, type ErrorCode, GaitsmithError } from "../../errors.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export interface Problem {
  readonly type: string;
  /** The catalogue's line for the code. */
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly where?: string;
  readonly remedy?: string;
}

/** Codes whose status is not that of their class (2, wrong input: 400; the rest: 500). */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  STUDY_UNKNOWN: 404,
  ROBOT_UNKNOWN: 404,
  ROUTE_UNKNOWN: 404,
  REQUEST_REFUSED: 403,
  ROBOT_BUSY: 409,
  ROBOT_LATCHED: 409,
  STORE_BUSY: 409,
  PROMPT_CLOSED: 409,
  SEAT_TAKEN: 409,
  ESTOP_NOT_CONFIRMED: 503,
  LINK_UNAVAILABLE: 503,
  LINK_LOST: 503,
  STATION_FAILED: 503,
};

/**
 * @param error anything thrown in a handler; what is not catalogued and not a client's mistake becomes `INTERNAL`,
 *   and its words stay in the log: they may quote paths or data.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof GaitsmithError) {
    const status = STATUS[error.code] ?? (error.exitStatus === 2 ? 400 : 500);
    return problem(error.code, status, error.message, error);
  }
  const status = statusOf(error);
  if (status !== null) return problem("REQUEST_INVALID", status, (error as Error).message, {});
  return problem("INTERNAL", 500, "The service failed to answer; its log says why.", {});
}

function problem(
  code: ErrorCode,
  status: number,
  detail: string,
  extra: { readonly where?: string | undefined; readonly remedy?: string | undefined },
): Problem {
  return {
    type: `urn:gaitsmith:error:${code}`,
    title: ERROR_CATALOGUE[code][1],
    status,
    detail,
    code,
    ...(extra.where === undefined ? {} : { where: extra.where }),
    ...(extra.remedy === undefined ? {} : { remedy: extra.remedy }),
  };
}

/** The status of an error that Fastify raised about the request itself, or null. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("statusCode" in error)) return null;
  const status = error.statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : null;
}
