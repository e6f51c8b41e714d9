/** The HTTP API as the page calls it. */
import type { PromptState } from "../../service/live-events.ts";
import type { StudyDocument } from "../../study/study-document.ts";

const API = "/api/v1";
/** Longer than the service itself waits for a station. */
const STOP_TIMEOUT_MS = 3000;

/** @throws when the service does not answer or has no such study */
export async function fetchStudy(name: string): Promise<StudyDocument> {
  const answer = await fetch(`${API}/studies/${encodeURIComponent(name)}`);
  if (!answer.ok) throw new Error(`the study could not be read (${answer.status})`);
  return (await answer.json()) as StudyDocument;
}

export interface StopAnswer {
  readonly taken: boolean;
  readonly words: string;
}

/** Stops every robot of the service. Never throws: no answer is an answer, and the bad one. */
export async function emergencyStop(reason: string, level: "settle" | "cut"): Promise<StopAnswer> {
  try {
    const answer = await fetch(`${API}/estop`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reason, level }),
      signal: AbortSignal.timeout(STOP_TIMEOUT_MS),
      // The page may be closed in the same breath.
      keepalive: true,
    });
    const body = (await answer.json()) as { taken?: unknown; words?: unknown; detail?: unknown };
    const words = body.words ?? body.detail;
    return { taken: answer.ok && body.taken === true, words: typeof words === "string" ? words : "" };
  } catch {
    return { taken: false, words: "the service did not answer" };
  }
}

/** What a person answers, as the API takes it. */
export interface PageAnswer {
  readonly answer: string;
  readonly distance?: string;
  readonly note?: string;
  readonly checked?: string;
  readonly latch?: string;
}

/** @param token of this tab's lease. @returns what is wrong with the answer, or null when it was taken */
export async function answerPrompt(
  { robot, number }: NonNullable<PromptState["open"]>,
  answer: PageAnswer,
  token: string | null,
): Promise<string | null> {
  const answered = await send("POST", `${robotPath(robot)}/prompt/${number}`, token, answer);
  return typeof answered === "string" ? answered : null;
}

/** @param now the walk under way is stopped, too @returns what went wrong, or null */
export async function pauseStudy(study: string, now: boolean, token: string | null): Promise<string | null> {
  const paused = await send("POST", `${API}/studies/${encodeURIComponent(study)}/pause`, token, { now });
  return typeof paused === "string" ? paused : null;
}

/** @returns what went wrong, or null */
export async function resumeStudy(study: string, token: string | null): Promise<string | null> {
  const resumed = await send("POST", `${API}/studies/${encodeURIComponent(study)}/resume`, token, {});
  return typeof resumed === "string" ? resumed : null;
}

/** @param take also from another tab. @returns the lease, or why there is none */
export async function takeLease(
  robot: string,
  token: string | null,
  take: boolean,
): Promise<{ readonly token: string; readonly holder: string } | string> {
  const wish = take ? { take, confirm: robot } : {};
  return (await send("POST", `${robotPath(robot)}/lease`, token, wish)) as
    | { readonly token: string; readonly holder: string }
    | string;
}

export async function giveBackLease(robot: string, token: string): Promise<void> {
  await send("DELETE", `${robotPath(robot)}/lease`, token);
}

function robotPath(robot: string): string {
  return `${API}/robots/${encodeURIComponent(robot)}`;
}

/** @returns the answer's body, or what is wrong, in words */
async function send(
  method: string,
  path: string,
  token: string | null,
  body?: object,
): Promise<object | string> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === null ? {} : { "x-gaitsmith-lease": token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(STOP_TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as object;
    const { detail, remedy } = (await response.json()) as { detail?: string; remedy?: string };
    return [detail ?? `the service refused (${response.status})`, remedy].filter(Boolean).join(". ");
  } catch {
    return "The service did not answer.";
  }
}
