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
export async function emergencyStop(reason: string): Promise<StopAnswer> {
  try {
    const answer = await fetch(`${API}/estop`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reason }),
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

/** @returns what is wrong with the answer, or null when it was taken */
export function answerPrompt(
  { robot, number }: NonNullable<PromptState["open"]>,
  answer: { readonly answer: string; readonly distance?: string; readonly note?: string },
): Promise<string | null> {
  return posted(`/robots/${encodeURIComponent(robot)}/prompt/${number}`, answer);
}

/** @param now the walk under way is stopped, too @returns what went wrong, or null */
export function pauseStudy(study: string, now: boolean): Promise<string | null> {
  return posted(`/studies/${encodeURIComponent(study)}/pause`, { now });
}

/** @returns what went wrong, or null */
export function resumeStudy(study: string): Promise<string | null> {
  return posted(`/studies/${encodeURIComponent(study)}/resume`, {});
}

async function posted(route: string, body: object): Promise<string | null> {
  try {
    const response = await fetch(`${API}${route}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(STOP_TIMEOUT_MS),
    });
    if (response.ok) return null;
    const { detail, remedy } = (await response.json()) as { detail?: string; remedy?: string };
    return [detail ?? `the service refused (${response.status})`, remedy].filter(Boolean).join(". ");
  } catch {
    return "The service did not answer.";
  }
}
