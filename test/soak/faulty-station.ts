/**
 * Loaded before a study (`node --expose-gc --import …/faulty-station.ts`): its stations drive a simulated robot that things
 * happen to, and note what they hold. SOAK_FOLDER: where; SOAK_SEED: what happens, absent: nothing.
 */
import { registerHooks } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread && /processes[/\\]station\.ts$/.test(process.argv[1] ?? ""))
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const robot = /\/sim\/simulated-robot\.ts$/.test(found.url);
      if (!robot || !/\/processes\/open-robot\.ts$/.test(context.parentURL ?? "")) return found;
      return { ...found, url: new URL("faulty-robot.ts", import.meta.url).href };
    },
  });
