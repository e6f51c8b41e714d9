/** The numbers of commands, by which a robot knows what it was told already. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORDINARY } from "../../../src/links/patience.ts";
import { NodeRequests } from "../../../src/links/rosbridge/node-requests.ts";

test("whoever commands next by the same name begins above all numbers of before, however many there were", async () => {
  const numbers: number[] = [];
  const client = (): NodeRequests => {
    const requests: NodeRequests = new NodeRequests("gaitsmith station 7", {
      write: ({ number, owner }) => {
        numbers.push(Number(number));
        requests.onAnswer(owner, Number(number), { accepted: true, code: "", reason: "" });
      },
      robotTime: () => null,
    });
    return requests;
  };
  // In lockstep a robot is asked thousands of times a second.
  const first = client();
  for (let count = 0; count < 5000; count++) await first.ask("advance", {}, ORDINARY);
  await client().ask("acquire-lease", {}, ORDINARY);
  assert.ok(
    numbers.every((number, index) => Number.isSafeInteger(number) && !(number <= numbers[index - 1]!)),
  );
});
