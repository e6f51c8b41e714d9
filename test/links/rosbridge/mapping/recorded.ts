/** What a real server of ROS 1 sent (test/fixtures/rosbridge_ros1_exchanges.json). */
import { decode } from "cbor2";
import { fixture } from "../../../parity/fixture.ts";

interface Sent {
  readonly dir: "C" | "S";
  readonly text?: string;
  readonly binary_base64?: string;
}

const { exchanges } = fixture<{ exchanges: readonly { name: string; exchange: readonly Sent[] }[] }>(
  "rosbridge_ros1_exchanges.json",
);

function exchange(name: string): readonly Sent[] {
  const found = exchanges.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no exchange ${name}`);
  return found.exchange;
}

/** The messages that came on the topic, as JSON parses them and cbor decodes them. */
export function recordedMessages(name: string): unknown[] {
  return exchange(name)
    .filter(({ dir }) => dir === "S")
    .map(({ text, binary_base64 }) =>
      text === undefined
        ? (decode(Buffer.from(binary_base64 ?? "", "base64")) as { msg: unknown }).msg
        : (JSON.parse(text) as { msg: unknown }).msg,
    );
}

/** What rosapi and the robot's services answered. @returns null for what was not asked */
export function recordedAnswer(service: string, args: Readonly<Record<string, unknown>>): unknown {
  const calls = ["rosapi", "services"].flatMap((name) =>
    exchange(name).map(({ text }) => JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>),
  );
  const asked = calls.find(
    (call) =>
      call["op"] === "call_service" &&
      call["service"] === service &&
      JSON.stringify(call["args"] ?? {}) === JSON.stringify(args),
  );
  if (asked === undefined) return null;
  return calls.find((call) => call["op"] === "service_response" && call["id"] === asked["id"])?.["values"];
}
