/** A page that is open, in a process of its own: fetches what a page fetches, and takes in the live stream. */
import { WebSocket } from "ws";

const address = process.argv[2]!;
await fetch(address).then((response) => response.text());
const socket = new WebSocket(`${address.replace(/^http/, "ws").replace(/\/$/, "")}/api/v1/live`);
let frames = 0;
socket.on("message", (data) => {
  if ((JSON.parse(String(data)) as { kind: string }).kind === "frame") frames++;
});
process.on("message", () => process.send?.(frames));
process.once("disconnect", () => process.exit(0));
await new Promise((resolve) => socket.once("open", resolve));
process.send?.("open");
