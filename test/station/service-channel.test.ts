/** When a service counts as silent: never for what the station slept through itself. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ManualClock } from "../../src/clock.ts";
import { type ServiceMessage, SILENCE_LIMIT_MS } from "../../src/station/messages.ts";
import { ServiceChannel } from "../../src/station/service-channel.ts";

const TOO_LONG = (1.2 * SILENCE_LIMIT_MS) / 1000;

function opened(t: TestContext) {
  const clock = new ManualClock();
  let hear: (message: ServiceMessage) => void = () => {};
  const channel = new ServiceChannel(
    {
      send: (_message, sent) => sent(),
      onMessage: (listener) => {
        hear = listener;
      },
      onDisconnect: () => {},
    },
    clock,
  );
  t.after(() => channel.close());
  let silences = 0;
  channel.listen({ onMessage: () => {}, onSilence: () => silences++, onDisconnect: () => {} });
  return { clock, channel, hear: () => hear({ kind: "beat" }), silences: () => silences };
}

const turns = async (): Promise<void> => {
  for (let k = 0; k < 3; k++) await turn();
};

describe("a service's silence", () => {
  it("is noticed once, until something is heard", async (t) => {
    const { clock, channel, hear, silences } = opened(t);
    clock.advance(TOO_LONG);
    channel.look();
    channel.look();
    await turns();
    channel.look();
    await turns();
    assert.equal(silences(), 1);
    hear();
    clock.advance(TOO_LONG);
    channel.look();
    await turns();
    assert.equal(silences(), 2);
  });

  it("is none when what it said was only not read yet", async (t) => {
    const { clock, channel, hear, silences } = opened(t);
    clock.advance(TOO_LONG);
    channel.look();
    await turn();
    hear();
    await turns();
    assert.equal(silences(), 0);
  });

  it("is none when the station stood still after it had listened", async (t) => {
    const { clock, channel, silences } = opened(t);
    channel.look();
    await turn();
    clock.advance(TOO_LONG);
    await turns();
    assert.equal(silences(), 0);
  });
});
