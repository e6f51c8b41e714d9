/**
 * Loaded before the command (`node --import …/out-of-memory.ts`): on SIGUSR2 its process takes memory until V8 has none left and
 * aborts it. Give it little: `--max-old-space-size=120`.
 */
process.on("SIGUSR2", () => {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 1e5 }, (_, index) => index + kept.length + 0.5));
});
