import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import { GaitsmithError } from "../../src/errors.ts";
import { buildApp, listen } from "../../src/service/http/app.ts";
import { ScriptedDoor } from "./scripted-door.ts";

async function withApp(
  test: (app: FastifyInstance, door: ScriptedDoor) => Promise<void>,
  trials = 12,
): Promise<void> {
  const door = new ScriptedDoor(trials);
  const app = await buildApp(door, { version: "1.2.3" });
  try {
    await test(app, door);
  } finally {
    await app.close();
  }
}

describe("HTTP API", () => {
  it("lists studies and robots, and gives a study's document", () =>
    withApp(async (app, door) => {
      const studies = await app.inject("/api/v1/studies");
      assert.deepEqual(studies.json(), [door.status]);
      assert.match(studies.headers["content-type"] as string, /application\/json/);
      assert.deepEqual(
        (await app.inject("/api/v1/studies/trot-speed")).json(),
        JSON.parse(JSON.stringify(door.study)),
      );
      const robots = (await app.inject("/api/v1/robots")).json();
      assert.equal(robots[0].id, "simulated-elastic-quadruped");
      assert.equal(robots[0].envelope.tilt.low, null, "an open side has no number in JSON");
    }));

  it("finds a study whose name needs escaping", () =>
    withApp(async (app, door) => {
      const name = "trot/speed äöü 100 %";
      door.study = { ...door.study, study: name };
      const answer = await app.inject(`/api/v1/studies/${encodeURIComponent(name)}`);
      assert.equal(answer.json().study, name);
    }));

  it("tells its version and the state of its robots", () =>
    withApp(async (app, door) => {
      door.latch("tilt");
      const { id } = door.robot;
      assert.deepEqual((await app.inject("/api/v1/health")).json(), {
        status: "ok",
        version: "1.2.3",
        robots: [{ id, phase: "latched", latched: "tilt" }],
      });
    }));

  it("answers errors with problem documents that carry a stable code", () =>
    withApp(async (app) => {
      const study = await app.inject("/api/v1/studies/nothing");
      assert.equal(study.statusCode, 404);
      assert.match(study.headers["content-type"] as string, /^application\/problem\+json/);
      assert.equal(study.json().code, "STUDY_UNKNOWN");
      assert.match(study.json().remedy, /trot-speed/);
      const route = await app.inject("/api/v1/nothing");
      assert.deepEqual([route.statusCode, route.json().code], [404, "ROUTE_UNKNOWN"]);
      const file = await app.inject("/page/..%2f..%2fpaths.ts");
      assert.deepEqual([file.statusCode, file.json().code], [404, "ROUTE_UNKNOWN"]);
    }));

  it("keeps the words of a defect to itself", () =>
    withApp(async (app, door) => {
      door.studies = async () => {
        throw new Error("secret path");
      };
      const answer = await app.inject("/api/v1/studies");
      assert.deepEqual([answer.statusCode, answer.json().code], [500, "INTERNAL"]);
      assert.doesNotMatch(answer.body, /secret/);
    }));
});

describe("e-stop over HTTP", () => {
  const url = "/api/v1/robots/simulated-elastic-quadruped/estop";

  it("takes a reason as JSON, as text, in an unreadable body, or none", () =>
    withApp(async (app, door) => {
      const post = (payload?: string, type?: string) =>
        app.inject({
          method: "POST",
          url,
          ...(payload === undefined ? {} : { payload }),
          ...(type === undefined ? {} : { headers: { "content-type": type } }),
        });
      const answers = [
        await post('{"reason":"it smokes"}', "application/json"),
        await post("leg caught", "text/plain"),
        await post("{broken", "application/json"),
        await post("reason=x", "application/x-www-form-urlencoded"),
        await post("", "application/json"),
        await post(),
      ];
      for (const answer of answers) assert.deepEqual([answer.statusCode, answer.json().taken], [200, true]);
      assert.deepEqual(
        door.stops.map((stop) => stop.reason),
        ["it smokes", "leg caught", "{broken", "reason=x", "e-stop over HTTP", "e-stop over HTTP"],
      );
    }));

  it("stops every robot of the service without naming one", () =>
    withApp(async (app, door) => {
      const second = { ...door.robot, id: "second" };
      const robots = [door.robot, second];
      door.robots = () => robots;
      assert.equal((await app.inject({ method: "POST", url: "/api/v1/estop" })).statusCode, 200);
      assert.deepEqual(
        door.stops.map((stop) => stop.robot),
        [door.robot.id, "second"],
      );
    }));

  it("says so when the station refuses, fails or stays silent", { timeout: 10_000 }, () =>
    withApp(async (app, door) => {
      const endings = [
        async () => ({ taken: false, words: "NOT CONFIRMED: the station did not answer" }),
        async () => {
          throw new Error("socket gone");
        },
        () => new Promise<never>(() => {}),
      ];
      const words: string[] = [];
      for (const ending of endings) {
        door.onStop = ending;
        const answer = await app.inject({ method: "POST", url });
        assert.deepEqual([answer.statusCode, answer.json().code], [503, "ESTOP_NOT_CONFIRMED"]);
        assert.match(answer.json().remedy, /power switch/);
        words.push(answer.json().detail);
      }
      assert.match(words[0] ?? "", /did not answer/);
      assert.match(words[1] ?? "", /socket gone/);
      assert.match(words[2] ?? "", /did not answer within 2 s/);
    }),
  );

  it("refuses an unknown robot", () =>
    withApp(async (app, door) => {
      const answer = await app.inject({ method: "POST", url: "/api/v1/robots/other/estop" });
      assert.deepEqual([answer.statusCode, answer.json().code], [404, "ROBOT_UNKNOWN"]);
      assert.equal(door.stops.length, 0);
    }));
});

describe("access control", () => {
  const estop = { method: "POST", url: "/api/v1/estop" } as const;

  it("welcomes the own page and programs without an Origin, by name or address", () =>
    withApp(async (app) => {
      const headers = [
        { host: "localhost:4747", origin: "http://localhost:4747" },
        { host: "127.0.0.1:4747", origin: "http://127.0.0.1:4747", "sec-fetch-site": "same-origin" },
        { host: "[::1]:4747", origin: "http://[::1]:4747" },
        { host: "192.168.1.20" },
        { host: "127.0.0.1:4747" },
      ];
      for (const header of headers)
        assert.equal(
          (await app.inject({ ...estop, headers: header })).statusCode,
          200,
          JSON.stringify(header),
        );
    }));

  it("refuses foreign pages and rebound names", () =>
    withApp(async (app, door) => {
      const headers = [
        { host: "127.0.0.1:4747", origin: "https://evil.example" },
        { host: "127.0.0.1:4747", origin: "http://127.0.0.1:8080" },
        { host: "127.0.0.1:4747", origin: "null" },
        { host: "127.0.0.1:4747", origin: "http://127.0.0.1:4747", "sec-fetch-site": "cross-site" },
        { host: "evil.example" },
        { host: "localhost.evil.example", origin: "http://localhost.evil.example" },
        { host: "evil.example\\@localhost" },
      ];
      for (const header of headers) {
        const answer = await app.inject({ ...estop, headers: header });
        assert.deepEqual(
          [answer.statusCode, answer.json().code],
          [403, "REQUEST_REFUSED"],
          JSON.stringify(header),
        );
      }
      assert.equal(door.stops.length, 0);
    }));

  it("lets in a host name that the service was told", async () => {
    const app = await buildApp(new ScriptedDoor(), { hostNames: ["bench.local"] });
    const answer = await app.inject({
      ...estop,
      headers: { host: "bench.local:4747", origin: "http://bench.local:4747" },
    });
    assert.equal(answer.statusCode, 200);
    await app.close();
  });
});

describe("the page's files", () => {
  it("are served as scripts without types, and only they may run", () =>
    withApp(async (app) => {
      const page = await app.inject("/");
      assert.match(page.headers["content-type"] as string, /text\/html/);
      assert.match(page.headers["content-security-policy"] as string, /script-src 'self' 'sha256-/);
      const main = await app.inject("/page/main.ts");
      assert.match(main.headers["content-type"] as string, /text\/javascript/);
      assert.doesNotMatch(main.body, /import type/);
      const again = await app.inject({
        url: "/page/main.ts",
        headers: { "if-none-match": main.headers.etag as string },
      });
      assert.equal(again.statusCode, 304);
      assert.match((await app.inject("/page/uplot.js")).body, /uPlot/);
    }));
});

describe("ports", () => {
  it("takes a free port when the usual one is taken, but not when one was asked for", async () => {
    const first = await listen(new ScriptedDoor(), { port: null });
    const second = await listen(new ScriptedDoor(), { port: null });
    after(() => Promise.all([first.close(), second.close()]));
    assert.notEqual(first.address, second.address);
    assert.equal((await fetch(`${second.address}/api/v1/health`)).status, 200);

    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    assert.ok(address !== null && typeof address === "object");
    await assert.rejects(
      listen(new ScriptedDoor(), { port: address.port }),
      (error) => error instanceof GaitsmithError && error.code === "PORT_TAKEN",
    );
    other.close();
  });
});
