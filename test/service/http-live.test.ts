import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, it } from "node:test";
import { type ListeningApp, listen } from "../../src/service/http/app.ts";
import {
  FRAME_BACKLOG,
  LARGEST_BACKLOG,
  type LiveMessage,
  type LiveSocket,
  LiveStream,
  MOST_PAGES,
} from "../../src/service/http/live-stream.ts";
import { ScriptedDoor } from "./scripted-door.ts";

/** The other end of a WebSocket, with a line as slow as the test wants. */
class SlowSocket implements LiveSocket {
  bufferedAmount = 0;
  readonly sent: LiveMessage[] = [];
  ended: string | null = null;
  #onClose: () => void = () => {};

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code: number): void {
    this.ended = `closed ${code}`;
    this.#onClose();
  }
  terminate(): void {
    this.ended = "terminated";
  }
  on(event: "close" | "error", listener: () => void): void {
    if (event === "close") this.#onClose = listener;
  }
  count(kind: LiveMessage["kind"]): number {
    return this.sent.filter((message) => message.kind === kind).length;
  }
}

describe("live stream", () => {
  it("drops frames for a slow page, keeps reports, and hangs up on a stuck one", async () => {
    const door = new ScriptedDoor(3);
    const stream = new LiveStream(door);
    const slow = new SlowSocket();
    const quick = new SlowSocket();
    await stream.add(slow);
    await stream.add(quick);
    slow.bufferedAmount = FRAME_BACKLOG + 1;
    for (let k = 0; k < 100; k++) door.frame(k / 30);
    door.walk(3, 2);
    assert.deepEqual([slow.count("frame"), slow.count("report")], [0, 2]);
    assert.deepEqual([quick.count("frame"), quick.count("report")], [100, 2]);
    slow.bufferedAmount = 0;
    door.frame(4);
    assert.equal(slow.count("frame"), 1);
    slow.bufferedAmount = LARGEST_BACKLOG + 1;
    door.walk(4, 1);
    assert.equal(slow.ended, "terminated");
    assert.equal(stream.pages, 1);
    stream.close();
    assert.equal(quick.ended, "closed 1001");
    assert.equal(door.listeners, 0, "nobody listens, nothing is subscribed");
  });

  it("sends the first state before what happened while it was gathered", async () => {
    const door = new ScriptedDoor(3);
    const stream = new LiveStream(door);
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const old = door.status;
    door.studies = async () => {
      await gate;
      return [old];
    };
    const socket = new SlowSocket();
    const added = stream.add(socket);
    door.frame(1);
    door.emit({ kind: "study", status: { ...old, done: 4 } });
    assert.equal(socket.sent.length, 0);
    go();
    await added;
    assert.deepEqual(
      socket.sent.map((message) => (message.kind === "study" ? message.status.done : message.kind)),
      [3, "robot", 4],
    );
    stream.close();
  });

  it("turns away more pages than it can serve", async () => {
    const stream = new LiveStream(new ScriptedDoor());
    for (let k = 0; k < MOST_PAGES; k++) await stream.add(new SlowSocket());
    const late = new SlowSocket();
    await stream.add(late);
    assert.equal(late.ended, "closed 1013");
    stream.close();
  });
});

describe("live stream over a real WebSocket", () => {
  let app: ListeningApp | null = null;
  afterEach(async () => {
    await app?.close();
    app = null;
  });

  it("starts with study and robot, follows with events and beats, and unsubscribes", {
    timeout: 10_000,
  }, async () => {
    const door = new ScriptedDoor(5);
    app = await listen(door, { port: 0 });
    const socket = new WebSocket(`${app.address.replace("http", "ws")}/api/v1/live`);
    const kinds: string[] = [];
    const beaten = new Promise<void>((resolve) => {
      socket.addEventListener("message", (message) => {
        const event = JSON.parse(String(message.data)) as LiveMessage;
        kinds.push(event.kind);
        if (event.kind === "robot" && kinds.length === 2) door.frame(1, { tilt: Number.NaN });
        if (event.kind === "frame") assert.equal(event.margins[0], null);
        if (event.kind === "beat") resolve();
      });
    });
    await beaten;
    assert.deepEqual(kinds, ["study", "robot", "seat", "frame", "beat"]);
    socket.close();
    await once(socket, "close");
    for (let k = 0; k < 100 && door.listeners > 0; k++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(door.listeners, 0);
  });

  it("refuses the hand-shake of a foreign page", { timeout: 10_000 }, async () => {
    app = await listen(new ScriptedDoor(), { port: 0 });
    const { host, hostname, port } = new URL(app.address);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /api/v1/live HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1\.1 403/);
    await once(socket, "close");
  });
});
