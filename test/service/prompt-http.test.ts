import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../../src/service/http/app.ts";
import { type LiveMessage, type LiveSocket, LiveStream } from "../../src/service/http/live-stream.ts";
import { ScriptedDoor } from "./scripted-door.ts";

const URL = "/api/v1/robots/simulated-elastic-quadruped/prompt";
const never = new AbortController().signal;

async function withApp(test: (app: FastifyInstance, door: ScriptedDoor) => Promise<void>): Promise<void> {
  const door = new ScriptedDoor(12);
  const app = await buildApp(door);
  try {
    await test(app, door);
  } finally {
    await app.close();
  }
}

describe("prompts over HTTP", () => {
  it("tells the open prompt, takes its answer, and tells a latecomer whose it was", () =>
    withApp(async (app, door) => {
      assert.deepEqual((await app.inject(URL)).json(), { open: null, closed: null });
      const asked = door.desk.ask({ kind: "place-on-start-line", trial: 12, walked: 11 }, never);
      const { open } = (await app.inject(URL)).json();
      assert.equal(open.kind, "place-on-start-line");
      assert.deepEqual(open.answers, ["continue", "skip", "redo", "abandon"]);
      const post = (body: unknown) =>
        app.inject({ method: "POST", url: `${URL}/${open.number}`, payload: body as object });
      const first = await post({ answer: "redo", note: "a cable caught" });
      assert.equal(first.statusCode, 200);
      assert.deepEqual(await asked, { answer: "redo", note: "a cable caught" });
      const second = await post({ answer: "continue" });
      assert.deepEqual([second.statusCode, second.json().code], [409, "PROMPT_CLOSED"]);
      assert.match(second.json().detail, /answered on the page: redo \(a cable caught\)/);
      assert.match(second.headers["content-type"] as string, /^application\/problem\+json/);
    }));

  it("refuses what is no answer, with the prompt still open", () =>
    withApp(async (app, door) => {
      void door.desk.ask({ kind: "distance-walked", trial: 11, longest: 9 }, never);
      const { number } = door.desk.open!;
      const bodies = [
        {},
        { answer: 7 },
        { answer: "skip" },
        { answer: "continue" },
        { answer: "continue", distance: 1.2 },
        { answer: "continue", distance: "1.2" },
        { answer: "continue", distance: "120 m" },
        { answer: "redo", distance: "1 m" },
      ];
      for (const payload of bodies) {
        const answer = await app.inject({ method: "POST", url: `${URL}/${number}`, payload });
        const { code } = answer.json();
        assert.deepEqual([answer.statusCode, code], [400, "REQUEST_INVALID"], JSON.stringify(payload));
      }
      assert.equal(door.desk.open?.number, number);
      const wrong = await app.inject({ method: "POST", url: `${URL}/x`, payload: { answer: "redo" } });
      assert.equal(wrong.statusCode, 400);
      const other = await app.inject("/api/v1/robots/other/prompt");
      assert.deepEqual([other.statusCode, other.json().code], [404, "ROBOT_UNKNOWN"]);
      const foreign = await app.inject({
        method: "POST",
        url: `${URL}/${number}`,
        headers: { origin: "https://evil.example" },
        payload: { answer: "redo" },
      });
      assert.equal(foreign.statusCode, 403);
    }));

  it("are told to pages that are there, and to one that comes later", async () => {
    const door = new ScriptedDoor(3);
    const stream = new LiveStream(door);
    const page = () => {
      const sent: LiveMessage[] = [];
      const socket: LiveSocket = {
        bufferedAmount: 0,
        send: (text) => sent.push(JSON.parse(text)),
        close: () => {},
        terminate: () => {},
        on: () => {},
      };
      return { sent, socket };
    };
    const [first, late] = [page(), page()];
    await stream.add(first.socket);
    void door.desk.ask({ kind: "swap-battery", trial: 3, reason: "9.9 V" }, never);
    await stream.add(late.socket);
    door.desk.answer(door.desk.open!.number, { answer: "continue" }, "cli");
    stream.close();
    const prompts = (sent: readonly LiveMessage[]) =>
      sent.flatMap((message) =>
        message.kind === "prompt" ? [message.open?.kind ?? `closed by ${message.closed?.by}`] : [],
      );
    assert.deepEqual(prompts(first.sent), ["swap-battery", "closed by cli"]);
    assert.deepEqual(prompts(late.sent), ["swap-battery", "closed by cli"]);
  });
});
