import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { McapIndexedReader } from "@mcap/core";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { FrameRing } from "../../src/station/frame-ring.ts";
import type { WalkOutcome } from "../../src/station/messages.ts";
import { Recorder } from "../../src/station/recorder.ts";
import type { RecordingHeader } from "../../src/station/recording-messages.ts";
import { type RecordedItem, readOutcome, readRecording } from "../../src/station/recording-reader.ts";
import { RecordingWriter } from "../../src/station/recording-writer.ts";
import { rosReader } from "../../src/station/ros-messages.ts";
import { layoutWithout } from "../safety/small-robot.ts";
import { shortWalk, temporaryFolder } from "./station-process.ts";

const layout = layoutWithout();
const header: RecordingHeader = {
  robotId: "small",
  trial: 3,
  attempt: 2,
  parameters: { step_length: 0.04 },
  envelope: shortWalk.envelope,
  configHash: "abc",
  channels: layout.channels,
  joints: ["hip", "knee"],
  wallStart: Date.UTC(2026, 0, 2),
  stationStart: 10,
};
const outcome: WalkOutcome = {
  trial: 3,
  attempt: 2,
  end: "interrupted",
  reason: {
    code: "link-lost",
    words: "unplugged",
    time: Number.NaN,
    channel: null,
    value: null,
    limit: null,
  },
  truncated: false,
  constraints: LIMIT_NAMES.map((_, index) => (index - 14) / 14),
  breached: null,
  reports: 0,
  walked: 0,
  measured: 0,
  distance: null,
  carryOver: { charge: 0.5 },
  recording: null,
  latched: false,
};

const leans = {
  kind: "event",
  level: "warn",
  name: "tilt",
  words: "leans",
  tRobot: 101,
  tStation: 11,
  frame: 100,
} as const;

function write(frames: number, end: boolean): string {
  const file = join(temporaryFolder(), "walk.mcap");
  const writer = RecordingWriter.create(file, header);
  const values = new Float64Array(layout.length);
  for (let seq = 0; seq < frames; seq++) {
    values.fill(seq);
    values[layout.indexOf(channelName.jointPosition("knee"))] = Number.NaN;
    writer.row("frame", seq, 100 + seq / 100, 10 + seq / 100, values);
  }
  writer.entry(leans);
  writer.outcome(outcome, 12);
  if (end) writer.end();
  else writer.abandon();
  return file;
}

async function itemsOf(file: string): Promise<RecordedItem[]> {
  const items: RecordedItem[] = [];
  for await (const item of readRecording(file)) items.push(item);
  return items;
}

describe("recording", () => {
  it("is read as it was written, NaN included", async () => {
    const file = write(200, true);
    const items = await itemsOf(file);
    assert.equal(items.length, 204);
    assert.deepEqual(items[0], {
      kind: "trial",
      ...{ robot: "small", trial: 3, attempt: 2, config: "abc" },
      parameters: { step_length: 0.04 },
      stationStart: 10,
    });
    assert.ok(items[1]?.kind === "limits");
    assert.deepEqual(
      items[1].limits.filter(({ joint }) => joint === "").map(({ name }) => name),
      LIMIT_NAMES,
    );
    const tilt = items[1].limits[0];
    const { high, low } = shortWalk.envelope.tilt;
    assert.deepEqual([tilt?.high, tilt?.low, tilt?.unit], [high, low, "rad"]);
    const frame = items[152];
    assert.ok(frame?.kind === "frame");
    assert.deepEqual([frame.seq, frame.tRobot, frame.tArrival], [150, 101.5, 11.5]);
    assert.equal(frame.values[0], 150);
    assert.ok(Number.isNaN(frame.values[layout.indexOf(channelName.jointPosition("knee"))]));
    assert.deepEqual(frame.channels, layout.channels);
    assert.deepEqual(items[202], leans);
    assert.deepEqual(await readOutcome(file), outcome);
  });

  it("is an indexed MCAP file of ROS messages, which viewers open", async () => {
    const file = write(100, true);
    const bytes = readFileSync(file);
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(bytes.length),
        read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
      },
      decompressHandlers: { zstd: (data) => zstdDecompressSync(data) },
    });
    assert.equal(reader.header.profile, "ros1");
    const found = new Map<string, { count: number; first: Record<string, unknown>; time: bigint }>();
    for await (const message of reader.readMessages()) {
      const channel = reader.channelsById.get(message.channelId)!;
      const schema = reader.schemasById.get(channel.schemaId)!;
      assert.deepEqual([channel.messageEncoding, schema.encoding], ["ros1", "ros1msg"]);
      const key = `${channel.topic} ${schema.name}`;
      const known = found.get(key);
      if (known !== undefined) known.count++;
      else
        found.set(key, {
          count: 1,
          time: message.logTime,
          first: rosReader(new TextDecoder().decode(schema.data))(message.data) as Record<string, unknown>,
        });
    }
    assert.deepEqual(
      [...found].map(([key, { count }]) => [key, count]).sort(),
      [
        // What changes slowly is told less often: every tenth of a second, every half second.
        ["/battery sensor_msgs/BatteryState", 10],
        ["/diagnostics diagnostic_msgs/DiagnosticArray", 1],
        ["/gaitsmith/frame gaitsmith_msgs/Frame", 100],
        ["/gaitsmith/limits gaitsmith_msgs/Limits", 1],
        ["/gaitsmith/outcome gaitsmith_msgs/Outcome", 1],
        ["/gaitsmith/trial gaitsmith_msgs/Trial", 1],
        ["/imu sensor_msgs/Imu", 100],
        ["/joint_states sensor_msgs/JointState", 100],
        ["/motor_states sensor_msgs/JointState", 100],
        ["/motor_targets sensor_msgs/JointState", 100],
        ["/motor_temperature/hip sensor_msgs/Temperature", 2],
        ["/motor_temperature/knee sensor_msgs/Temperature", 2],
        ["/pose geometry_msgs/PoseStamped", 100],
      ].sort(),
    );
    const joints = found.get("/joint_states sensor_msgs/JointState")!;
    assert.deepEqual(joints.first["name"], ["hip", "knee"]);
    assert.equal(joints.time, BigInt(Date.UTC(2026, 0, 2)) * 1_000_000n);
    assert.deepEqual((joints.first["header"] as { stamp: unknown }).stamp, { sec: 100, nsec: 0 });
  });

  it("that does not exist has no outcome", async () => {
    assert.equal(await readOutcome(join(temporaryFolder(), "none.mcap")), null);
  });
});

describe("recorder", () => {
  it("that is behind drops and counts, says so once, and never waits", async () => {
    const file = join(temporaryFolder(), "walk.mcap");
    const said: string[] = [];
    const recorder = new Recorder(layout.length, 2, {
      onFailure: (words) => said.push(words),
      onOverrun: () => said.push("overrun"),
    });
    recorder.begin(file, header);
    const values = new Float64Array(layout.length);
    // In one turn: the recorder, a thread of its own, cannot keep up.
    const frames = 200_000;
    for (let seq = 0; seq < frames; seq++) recorder.frame({ seq, tRobot: seq, tArrival: 10, values });
    const { dropped } = recorder;
    assert.ok(dropped > 0 && dropped < frames);
    await recorder.end(outcome, 12);
    await recorder.close();
    assert.deepEqual(said, ["overrun"]);
    const items = await itemsOf(file);
    assert.equal(items.filter(({ kind }) => kind === "frame").length, frames - dropped);
    const [event] = items.filter((item) => item.kind === "event");
    assert.equal(event?.words, `the recorder missed ${dropped} rows of telemetry, targets or margins`);
    assert.equal(items.at(-1)?.kind, "outcome");
  });
});

describe("frame ring", () => {
  it("hands frames over in order, and drops and counts what finds no room", () => {
    const writer = new FrameRing(2);
    const reader = new FrameRing(2, writer.buffer);
    const frame = { seq: 0, tRobot: 0, tArrival: 0, values: new Float64Array(2) };
    let next = 0;
    for (let round = 0; round < 3; round++) {
      for (let seq = 0; seq < 5000; seq++)
        writer.push({ seq, tRobot: seq / 100, tArrival: seq / 50, values: Float64Array.of(seq, -seq) });
      for (next = 0; reader.take(frame, writer.written); next++) {
        assert.deepEqual([frame.seq, frame.tRobot, frame.tArrival], [next, next / 100, next / 50]);
        assert.deepEqual([...frame.values], [next, -next]);
      }
      assert.equal(next, 4096);
      assert.equal(writer.dropped, (round + 1) * (5000 - 4096));
    }
  });

  it("takes nothing beyond the given place", () => {
    const ring = new FrameRing(1);
    const frame = { seq: 0, tRobot: 0, tArrival: 0, values: new Float64Array(1) };
    for (let seq = 0; seq < 3; seq++) ring.push({ ...frame, seq });
    assert.equal(ring.take(frame, 1), true);
    assert.equal(ring.take(frame, 1), false);
    assert.equal(ring.take(frame, 3), true);
    assert.equal(frame.seq, 1);
  });
});
