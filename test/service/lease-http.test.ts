/** The lease between tabs over HTTP and its stream: what only the holder may do, what everybody may, and a holder that is gone. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type ListeningApp, listen } from "../../src/service/http/app.ts";
import { LEASE_HEADER } from "../../src/service/http/lease-routes.ts";
import { ScriptedDoor } from "./scripted-door.ts";

const ROBOT = "simulated-elastic-quadruped";
const never = new AbortController().signal;
const LATCH = { id: "17-b", code: "operator-stop", words: "e-stop", at: "2026-01-01T00:00:00Z" };

async function withService(
  test: (
    door: ScriptedDoor,
    call: (
      method: string,
      path: string,
      body?: object,
      token?: string,
    ) => Promise<{ status: number; body: Record<string, unknown> }>,
    app: ListeningApp,
  ) => Promise<void>,
): Promise<void> {
  const door = new ScriptedDoor(3);
  const app = await listen(door, { port: 0 });
  const call = async (method: string, path: string, body?: object, token?: string) => {
    const response = await fetch(`${app.address}/api/v1/robots/${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { [LEASE_HEADER]: token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  try {
    await test(door, call, app);
  } finally {
    await app.close();
  }
}

describe("the lease between tabs", { concurrency: true, timeout: 60_000 }, () => {
  it("lets programs answer while no tab holds the robot, and nobody else while one does; anybody may e-stop", () =>
    withService(async (door, call) => {
      const ask = () => {
        void door.desk.ask({ kind: "clear-fault", trial: 3, reason: "a cable" }, never);
        return `${ROBOT}/prompt/${door.desk.open?.number}`;
      };
      assert.equal((await call("POST", ask(), { answer: "continue" })).status, 200);
      const { status, body } = await call("POST", `${ROBOT}/lease`, {});
      assert.equal(status, 200);
      const token = String(body["token"]);
      const prompt = ask();
      const refused = await call("POST", prompt, { answer: "continue" });
      assert.deepEqual([refused.status, refused.body["code"]], [409, "SEAT_TAKEN"]);
      assert.match(String(refused.body["remedy"]), /Take it over/);
      assert.equal((await call("POST", `${ROBOT}/clear`, { id: "x", by: "y", checked: "z" })).status, 409);
      assert.equal((await call("GET", `${ROBOT}/prompt`)).status, 200);
      assert.equal((await call("POST", `${ROBOT}/estop`, { level: "cut" })).status, 200);
      assert.equal(door.stops.at(-1)?.level, "cut");
      assert.equal((await call("POST", prompt, { answer: "continue" }, token)).status, 200);
      assert.deepEqual(await call("DELETE", `${ROBOT}/lease`, undefined, token), {
        status: 200,
        body: { released: true },
      });
      assert.equal((await call("POST", ask(), { answer: "continue" })).status, 200);
    }));

  it("is taken from another tab only by whoever names the robot", () =>
    withService(async (_door, call) => {
      const first = await call("POST", `${ROBOT}/lease`);
      assert.equal((await call("POST", `${ROBOT}/lease`, {})).status, 409);
      assert.equal((await call("POST", `${ROBOT}/lease`, { take: true })).status, 400);
      assert.equal((await call("POST", `${ROBOT}/lease`, { take: true, confirm: "rex" })).status, 400);
      const second = await call("POST", `${ROBOT}/lease`, { take: true, confirm: ROBOT });
      assert.equal(second.status, 200);
      assert.notEqual(second.body["token"], first.body["token"]);
      assert.equal((await call("POST", "nobody/lease", {})).status, 404);
    }));

  it("is told to everybody, and ends with its connection", () =>
    withService(async (door, call, app) => {
      const { body } = await call("POST", `${ROBOT}/lease`, {});
      const socket = new WebSocket(`${app.address.replace("http", "ws")}/api/v1/live`);
      const holders: unknown[] = [];
      socket.addEventListener("message", ({ data }) => {
        const event = JSON.parse(String(data)) as { kind: string; holder?: unknown };
        if (event.kind === "seat") holders.push(event.holder);
      });
      await once(socket, "open");
      socket.send(JSON.stringify({ lease: body["token"] }));
      // Longer than a tab that answers no ping would be waited for.
      await pause(7000);
      assert.deepEqual([holders, door.gone], [[body["holder"]], []]);
      socket.close();
      for (let k = 0; k < 100 && door.gone.length === 0; k++) await pause(50);
      assert.deepEqual(door.gone, [ROBOT]);
    }));

  it("clears a latch on a person's word, whose prompt closes with it", () =>
    withService(async (door, call) => {
      const asked = door.desk.ask<"clear-latch">(
        { kind: "clear-latch", trial: 3, walked: 3, latch: LATCH, refused: "" },
        never,
      );
      const path = `${ROBOT}/prompt/${door.desk.open?.number}`;
      const wrong = [
        { answer: "cleared" },
        { answer: "cleared", latch: LATCH.id, checked: "  " },
        { answer: "cleared", checked: "all legs free" },
        { answer: "redo", latch: "another", checked: "all legs free" },
        { answer: "continue", latch: LATCH.id, checked: "all legs free" },
      ];
      for (const body of wrong)
        assert.equal((await call("POST", path, body)).status, 400, JSON.stringify(body));
      const clear = { id: LATCH.id, by: "Ada", checked: "all legs free" };
      assert.equal((await call("POST", `${ROBOT}/clear`, { ...clear, checked: "" })).status, 400);
      assert.equal((await call("POST", `${ROBOT}/clear`, { ...clear, id: "another" })).status, 400);
      assert.equal((await call("POST", `${ROBOT}/clear`, clear)).status, 200);
      assert.deepEqual(await asked, { answer: "cleared", note: "", checked: "all legs free", person: "Ada" });
    }));
});
