/** The live stream as the page hears it: comes back by itself, and says when it has gone silent. */
import type { LiveEvent } from "../../service/live-events.ts";
import type { Connection } from "./page-state.ts";

type LiveMessage = LiveEvent | { readonly kind: "beat" };

/** The service beats once a second; a line that is open but silent is as dead as a closed one. */
const SILENCE_MS = 3500;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Connects, and connects again, for as long as the page lives.
 * @param onChange called when the connection comes or goes; after each `live` the page fetches what it missed
 * @param token of this tab's lease, or null: the service sees by the connection whether the tab is there
 * @returns shows a new token
 */
export function connectLive(
  onEvent: (event: LiveEvent) => void,
  onChange: (connection: Connection) => void,
  token: () => string | null,
): (token: string) => void {
  let current: WebSocket | null = null;
  const show = (lease: string | null): void => {
    if (lease !== null && current?.readyState === WebSocket.OPEN) current.send(JSON.stringify({ lease }));
  };
  let wait = FIRST_WAIT_MS;
  let lostSince: Date | null = null;

  const open = (): void => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/api/v1/live`);
    current = socket;
    let silence: ReturnType<typeof setTimeout>;
    let ended = false;

    const end = (): void => {
      if (ended) return;
      ended = true;
      clearTimeout(silence);
      socket.close();
      lostSince ??= new Date();
      onChange({ state: "lost", since: lostSince });
      // Pages of a whole lab must not come back in the same instant.
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    };
    const listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
    };

    listen();
    socket.addEventListener("message", (message) => {
      if (ended) return;
      listen();
      wait = FIRST_WAIT_MS;
      lostSince = null;
      const event = JSON.parse(String(message.data)) as LiveMessage;
      if (event.kind !== "beat") onEvent(event);
    });
    socket.addEventListener("open", () => {
      show(token());
      onChange({ state: "live" });
    });
    socket.addEventListener("close", end);
    socket.addEventListener("error", end);
  };

  onChange({ state: "connecting" });
  open();
  return show;
}
