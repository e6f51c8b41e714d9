/** The monitor allocates nothing in steady state: what is never allocated is never collected while a robot waits. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

/** One fraction that is kept on the heap takes 16. */
const MOST_BYTES = 4;
/** MB; 16 bytes for each of 200,000 frames take 3. */
const YOUNG = 256;

it("frames, ticks and what a page is shown allocate nothing, whatever the debounce rule", () => {
  // Counting what is covered takes ten times as long; a variable that is left out would be handed on all the same.
  const env = { ...process.env, NODE_V8_COVERAGE: "" };
  const program = fileURLToPath(new URL("./allocating.ts", import.meta.url));
  const flags = [
    ...["--expose-gc", `--min-semi-space-size=${YOUNG}`, `--max-semi-space-size=${YOUNG}`],
    // Else it depends on how busy the machine is when the code is compiled.
    "--no-concurrent-recompilation",
  ];
  const printed = execFileSync(process.execPath, [...flags, program], { env, encoding: "utf8" });
  const bytes = JSON.parse(printed) as number[];
  assert.equal(bytes.length, 3);
  for (const perFrame of bytes) assert.ok(perFrame < MOST_BYTES, `${printed} bytes a frame`);
});
