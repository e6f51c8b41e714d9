/** The simulated rosbridge server answers what a real one (rosbridge_suite 0.11.17, ROS 1) answered, text for text. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "@foxglove/rosmsg";
import { encodeCbor } from "../../../sim/rosbridge/cbor.ts";
import { RosTypes } from "../../../sim/rosbridge/message-type.ts";
import { RosGraph } from "../../../sim/rosbridge/ros-graph.ts";
import { RosbridgeServer } from "../../../sim/rosbridge/rosbridge-server.ts";
import { fixture } from "../../parity/fixture.ts";
import { addFixtureRobot } from "./fixture-robot.ts";
import { RawClient, type Received } from "./raw-client.ts";

interface Item {
  readonly dir: "C" | "S";
  readonly text?: string;
  readonly binary_base64?: string;
}

interface Exchange {
  readonly name: string;
  readonly exchange: readonly Item[];
}

const { exchanges } = fixture<{ exchanges: readonly Exchange[] }>("rosbridge_ros1_exchanges.json");

/** How long the server may say something more that it should not, ms. */
const QUIET = 120;

function expected({ text, binary_base64 }: Item): Received {
  return text ?? Uint8Array.from(Buffer.from(binary_base64!, "base64"));
}

interface RawMessage {
  readonly secs: number;
  readonly nsecs: number;
  readonly bytes: Uint8Array;
}

/** Of `{op, topic, msg: {secs, nsecs, bytes}}` in CBOR, whose ints have four bytes. */
function rawMessage(cbor: Uint8Array): RawMessage {
  const buffer = Buffer.from(cbor);
  const at = buffer.indexOf("dsecs");
  const bytesAt = buffer.indexOf("ebytes") + "ebytes".length;
  return {
    secs: buffer.readUInt32BE(at + 6),
    nsecs: buffer.readUInt32BE(at + 17),
    bytes: cbor.subarray(bytesAt + 3),
  };
}

/** What differs from run to run is masked: times, and the numbers of messages. */
function masked(received: Received): string {
  if (typeof received !== "string") {
    const { bytes } = rawMessage(received);
    // Number and stamp come first in a message with a header.
    return `cbor ${Buffer.from(bytes.subarray(12)).toString("hex")}`;
  }
  return received
    .replace(/"seq":\d+/g, '"seq":0')
    .replace(/"secs":\d+,"nsecs":\d+/g, '"secs":0,"nsecs":0')
    .replace(/"message":"\d+\.\d+"/g, '"message":"0.0"');
}

/** Of lists whose order is that of a hash table, and of definitions of which only the meaning is kept. */
function meaning(text: string): unknown {
  const message = JSON.parse(text) as { values?: Record<string, string[]> };
  const { values } = message;
  if (values?.typedefs_full_text !== undefined)
    return { ...message, values: { ...values, typedefs_full_text: values.typedefs_full_text.map(fields) } };
  for (const list of [values?.services, values?.nodes]) list?.sort();
  return message;
}

function fields(definition: string): unknown {
  return parse(definition).map(({ name, definitions }) => ({ name, definitions }));
}

function withoutRepeats(list: readonly string[]): readonly string[] {
  return list.filter((one, index) => one !== list[index - 1]);
}

/** Sends the client's side and waits, before each message, for as many answers as the real server had given by then. */
async function replay(client: RawClient, items: readonly Item[]): Promise<readonly Received[]> {
  let answers = 0;
  for (const item of items) {
    if (item.dir === "S") {
      answers++;
      continue;
    }
    await client.until(answers);
    client.send(item.text!);
  }
  await client.until(answers, 600);
  await sleep(QUIET);
  return client.received;
}

describe("a recorded rosbridge server", () => {
  let server: RosbridgeServer;
  let stop: () => void;

  before(async () => {
    const graph = new RosGraph(new RosTypes(1), () => Date.now() / 1000);
    stop = addFixtureRobot(graph);
    server = await RosbridgeServer.open(graph, { port: 0 });
  });

  after(async () => {
    stop();
    await server.close();
  });

  for (const { name, exchange } of exchanges)
    it(name, async () => {
      const client = await RawClient.open(server.url);
      const wanted = exchange.filter(({ dir }) => dir === "S").map(expected);
      const received = await replay(client, exchange);
      client.close();
      if (name === "rosapi") {
        assert.deepEqual(
          received.map((one) => meaning(masked(one))),
          wanted.map((one) => meaning(masked(one))),
        );
        const asText = (list: readonly Received[]): readonly string[] =>
          list.map(masked).filter((text) => !/"(services|nodes|typedefs_full_text)":/.test(text));
        assert.deepEqual(asText(received), asText(wanted));
        return;
      }
      // How many messages of a stream there are is a matter of timing.
      const streams = exchange.some(({ text }) => text?.includes('"/rates"') === true);
      const compared = (list: readonly Received[]): readonly string[] =>
        streams ? withoutRepeats(list.map(masked)) : list.map(masked);
      assert.deepEqual(compared(received), compared(wanted));
    });

  it("writes cbor-raw byte for byte", () => {
    const recorded = exchanges.flatMap(({ exchange }) =>
      exchange.flatMap(({ binary_base64 }) => (binary_base64 === undefined ? [] : [binary_base64])),
    );
    assert.ok(recorded.length > 0);
    for (const base64 of recorded) {
      const cbor = Uint8Array.from(Buffer.from(base64, "base64"));
      const { secs, nsecs, bytes } = rawMessage(cbor);
      const written = encodeCbor({ op: "publish", topic: "/joint_states", msg: { secs, nsecs, bytes } });
      assert.deepEqual(Buffer.from(written).toString("hex"), Buffer.from(cbor).toString("hex"));
    }
  });

  it("sends no more messages than the throttle lets through, and the last one after its time", async () => {
    const client = await RawClient.open(server.url);
    client.send({ op: "advertise", topic: "/rates", type: "std_msgs/UInt32" });
    client.send({
      op: "subscribe",
      topic: "/imu",
      type: "sensor_msgs/Imu",
      throttle_rate: 100,
      queue_length: 1,
    });
    client.send({ op: "publish", topic: "/rates", msg: { data: 20 * 65536 } });
    const arrivals: number[] = [];
    client.socket.on("message", () => arrivals.push(performance.now()));
    await client.until(5);
    client.send({ op: "publish", topic: "/rates", msg: { data: 0 } });
    await sleep(QUIET);
    client.close();
    const numbers = client.received.map((one) => {
      const { msg } = JSON.parse(one as string) as { msg: { header: { seq: number } } };
      return msg.header.seq;
    });
    assert.ok(numbers.length >= 5);
    const steps = numbers.slice(1, 5).map((number, index) => number - numbers[index]!);
    assert.ok(
      steps.every((step) => step >= 1) && steps.some((step) => step >= 2),
      `numbers ${numbers.join(" ")}`,
    );
    const gaps = arrivals.slice(1).map((arrival, index) => arrival - arrivals[index]!);
    assert.ok(Math.min(...gaps) > 50, `gaps ${gaps.map((gap) => gap.toFixed(0)).join(" ")} ms`);
  });
});
