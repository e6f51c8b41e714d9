import assert from "node:assert/strict";
import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import fc from "fast-check";
import { CHUNK_SECONDS, McapFile, partPath } from "../../src/station/mcap-file.ts";
import { isMcap, type McapCondition, readMcap } from "../../src/station/mcap-reader.ts";
import { finishLeftovers, REPAIR_METADATA, repairRecording } from "../../src/station/recording-repair.ts";
import { temporaryFolder } from "./station-process.ts";

const SCHEMA = { name: "std_msgs/Float64", text: "float64 data\n" };
const handlers = { zstd: (data: Uint8Array) => zstdDecompressSync(data) };

/** Messages 0, 1, 2, … on two topics, 10 ms apart; a chunk is closed every 20 messages. */
function written(messages: number, end = true): { readonly file: string; readonly path: string } {
  const path = join(temporaryFolder(), "walk.mcap");
  let now = 0;
  const file = McapFile.create(path, () => now);
  file.addMetadata("about", new Map([["robot", "small"]]));
  const ids = [file.addChannel("/even", SCHEMA, new Map([["unit", "m"]])), file.addChannel("/odd", SCHEMA)];
  for (let index = 0; index < messages; index++) {
    const data = Buffer.alloc(8);
    data.writeDoubleLE(index);
    file.write(ids[index % 2]!, BigInt(index) * 10_000_000n, data);
    now += 0.01;
    file.tick();
  }
  if (end) file.end();
  else file.abandon();
  return { file: end ? path : partPath(path), path };
}

interface Read {
  readonly values: number[];
  readonly metadata: string[];
  readonly condition: McapCondition;
}

async function read(path: string): Promise<Read> {
  const values: number[] = [];
  const metadata: string[] = [];
  let condition: McapCondition | null = null;
  const listener = {
    metadata: (name: string) => metadata.push(name),
    condition: (found: McapCondition) => {
      condition = found;
    },
  };
  for await (const { data, topic, time, schema } of readMcap(path, listener)) {
    const value = Buffer.from(data).readDoubleLE();
    assert.deepEqual([topic, time], [value % 2 === 0 ? "/even" : "/odd", BigInt(value) * 10_000_000n]);
    assert.equal(schema.name, SCHEMA.name);
    values.push(value);
  }
  return { values, metadata, condition: condition! };
}

/** In files that are damaged again and again: some chunks. */
const COUNT = 120;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("MCAP file", () => {
  it("is read back whole", async () => {
    const { file } = written(500);
    const { values, metadata, condition } = await read(file);
    assert.deepEqual(values, upTo(500));
    assert.deepEqual(metadata, ["about"]);
    const { size } = condition;
    assert.deepEqual(condition, { size, readable: size, cutOff: false, lostChunks: 0, problems: [] });
    assert.ok(await isMcap(file));
  });

  it("has an index and checks that hold for another reader", async () => {
    const bytes = readFileSync(written(500).file);
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(bytes.length),
        read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
      },
      decompressHandlers: handlers,
    });
    assert.equal(reader.statistics?.messageCount, 500n);
    assert.deepEqual([...(reader.statistics?.channelMessageCounts.values() ?? [])], [250n, 250n]);
    assert.equal(reader.statistics?.messageEndTime, 4_990_000_000n);
    assert.ok(reader.chunkIndexes.length > 20, `${reader.chunkIndexes.length}`);
    const some: bigint[] = [];
    for await (const { logTime } of reader.readMessages({
      startTime: 1_000_000_000n,
      endTime: 1_500_000_000n,
    }))
      some.push(logTime);
    assert.equal(some.length, 51);
    const stream = new McapStreamReader({ decompressHandlers: handlers, validateCrcs: true });
    stream.append(bytes);
    while (stream.nextRecord() !== undefined);
    assert.ok(stream.done());
  });

  it("closes a chunk when its oldest message has waited long enough, at any rate", async () => {
    for (const interval of [0.001, 0.02, 0.15]) {
      let now = 0;
      const path = join(temporaryFolder(), "walk.mcap");
      const file = McapFile.create(path, () => now);
      const channel = file.addChannel("/even", SCHEMA);
      let next = 0;
      let lost = 0;
      for (; now < 3; now += 0.001) {
        if (now >= next * interval) {
          file.write(channel, BigInt(Math.round(now * 1e9)), Buffer.alloc(8));
          next++;
        }
        file.tick();
        if (Math.round(now * 1000) % 250 !== 0) continue;
        let newest = 0;
        for await (const { time } of readMcap(partPath(path))) newest = Number(time) / 1e9;
        lost = Math.max(lost, now - newest);
      }
      file.abandon();
      assert.ok(lost <= CHUNK_SECONDS + interval + 0.002, `${lost} s lost at ${1 / interval} Hz`);
    }
  });

  it("that is cut off at any byte gives a prefix and never throws", async () => {
    const { file } = written(COUNT);
    const whole = readFileSync(file);
    const cut = join(dirname(file), "cut.mcap");
    let most = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        writeFileSync(cut, whole.subarray(0, length));
        const { values, condition } = await read(cut);
        assert.deepEqual(values, upTo(values.length));
        assert.ok(condition.cutOff);
        assert.ok(condition.readable <= length);
        // What lies before the readable end was recovered: at most the last chunk is missing.
        assert.ok(values.length >= COUNT * (length / whole.length) - 40 || length < 1000);
        most = Math.max(most, values.length);
      }),
      { numRuns: 150 },
    );
    assert.equal(most, COUNT);
  });

  it("in which any byte is flipped never gives a message that was not written", async () => {
    const { file } = written(COUNT);
    const whole = readFileSync(file);
    const damaged = join(dirname(file), "damaged.mcap");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const bytes = Buffer.from(whole);
          bytes[at] = bytes[at]! ^ flip;
          writeFileSync(damaged, bytes);
          const { values, condition } = await read(damaged);
          // Each once and in order; a damaged chunk is missing as a whole.
          assert.ok(values.every((value, index) => index === 0 || value > values[index - 1]!));
          assert.ok(values.length === COUNT || condition.problems.length > 0);
          assert.ok(condition.problems.length > 0, `the flip at ${at} went unnoticed`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("goes on behind a damaged chunk", async () => {
    const { file } = written(500);
    const bytes = readFileSync(file);
    bytes[bytes.indexOf(Buffer.from("zstd"), bytes.length >> 1) + 40]! ^= 0xff;
    writeFileSync(file, bytes);
    const { values, condition } = await read(file);
    assert.equal(condition.lostChunks, 1);
    assert.ok(values.length >= 450 && values.length < 500, `${values.length}`);
    assert.equal(values.at(-1), 499);
  });
});

describe("MCAP file on a disk that fills up", () => {
  /** From some number of bytes on the disk takes no more, unless the reserve is gone; half of what is asked is still written. */
  function filling(t: TestContext, path: string, room: number, reserveHelps: boolean): void {
    const { writeSync } = fs;
    let written = 0;
    t.mock.method(
      fs,
      "writeSync",
      (file: number, bytes: Buffer, from = 0, length = bytes.length - from, at?: number) => {
        const helped = reserveHelps && !existsSync(`${path}.reserve`);
        if (at !== undefined && written + length > room && !helped) {
          writeSync(file, bytes, from, length >> 1, at);
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        }
        if (at !== undefined) written += length;
        return writeSync(file, bytes, from, length, at);
      },
    );
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
  }

  it("is ended with the room that was kept for it", async (t) => {
    const path = join(temporaryFolder(), "walk.mcap");
    filling(t, path, 1500, true);
    let now = 0;
    const file = McapFile.create(path, () => now);
    const id = file.addChannel("/even", SCHEMA);
    let count = 0;
    for (; file.full === null; now += 0.05, file.tick()) file.write(id, BigInt(count++), Buffer.alloc(8));
    assert.match(file.full, /no space left/);
    file.write(id, BigInt(count++), Buffer.alloc(8));
    file.end();
    const times: bigint[] = [];
    let problems: readonly string[] = ["unread"];
    const listener = { condition: (found: McapCondition) => ({ problems } = found) };
    for await (const { time } of readMcap(path, listener)) times.push(time);
    assert.deepEqual([times.length, problems], [count, []]);
    assert.deepEqual(readdirSync(dirname(path)), ["walk.mcap"]);
  });

  it("that has no room left at all keeps its whole chunks and says so", async (t) => {
    const path = join(temporaryFolder(), "walk.mcap");
    filling(t, path, 1500, false);
    let now = 0;
    const file = McapFile.create(path, () => now);
    const id = file.addChannel("/even", SCHEMA);
    let count = 0;
    assert.throws(
      () => {
        for (; count < 1000; now += 0.05, file.tick()) file.write(id, BigInt(count++), Buffer.alloc(8));
      },
      { code: "ENOSPC" },
    );
    file.abandon();
    const times: bigint[] = [];
    for await (const { time } of readMcap(partPath(path))) times.push(time);
    assert.ok(times.length > 0 && times.length < count);
    assert.deepEqual(readdirSync(dirname(path)), ["walk.mcap.part"]);
  });
});

describe("repair", () => {
  it("makes a whole file of a cut-off one, with everything that could be read", async () => {
    const { file, path } = written(300, false);
    const before = await read(file);
    assert.ok(before.values.length >= 280 && before.condition.cutOff);
    const { messages, condition } = await repairRecording(file, path);
    assert.equal(messages, before.values.length);
    assert.deepEqual(condition, before.condition);
    const after = await read(path);
    assert.deepEqual(after.values, before.values);
    assert.deepEqual(after.condition.problems, []);
    assert.deepEqual(after.metadata, ["about", REPAIR_METADATA]);
  });

  it("of what a crash left in a folder finishes every part, and says so", async () => {
    const { file, path } = written(300, false);
    const folder = dirname(path);
    writeFileSync(join(folder, "empty.mcap.part"), "");
    writeFileSync(join(folder, "walk.mcap.reserve"), "0");
    // Of no walk: what a preflight records only to see that it can.
    writeFileSync(join(folder, "preflight.mcap.part"), readFileSync(file));
    // Of a repair that was cut off itself.
    writeFileSync(join(folder, "walk.mcap.repaired.part"), "half");
    const before = await read(file);
    const words = await finishLeftovers(folder);
    assert.deepEqual(readdirSync(folder).sort(), ["empty.mcap", "walk.mcap"]);
    assert.deepEqual((await read(path)).values, before.values);
    assert.equal(words.length, 2);
    assert.match(
      words[1]!,
      new RegExp(`walk.mcap: it holds ${before.values.length} messages over 2\\.\\d+ s`),
    );
    assert.deepEqual(await finishLeftovers(folder), []);
  });

  it("waits for a recording that is still being written", async () => {
    const { file, path } = written(300, false);
    setTimeout(() => writeFileSync(path, readFileSync(written(300).file)), 100);
    const words = finishLeftovers(dirname(path));
    await words;
    assert.ok(!existsSync(file));
    assert.deepEqual((await read(path)).values, upTo(300));
    assert.deepEqual(await words, []);
  });
});
