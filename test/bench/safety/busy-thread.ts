/** A thread that computes and never waits. */
let x = 0.5;
for (;;) x = 3.9 * x * (1 - x);
