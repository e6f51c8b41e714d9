/**
 * A station's recorder in a process of its own, fed at a rate in real time until it is killed: `recorder-at-rate.ts <file> <Hz>`.
 * Every frame carries the wall time at which it was handed over, ms, in its first channel.
 */
import { systemClock } from "../../src/clock.ts";
import { Recorder } from "../../src/station/recorder.ts";
import { layoutWithout } from "../safety/small-robot.ts";
import { shortWalk } from "./station-process.ts";

const [file = "", rate = ""] = process.argv.slice(2);
const layout = layoutWithout();
const joints = ["hip", "knee"];
const recorder = new Recorder(layout.length, joints.length, {
  onFailure: (words) => {
    throw new Error(words);
  },
  onOverrun: () => process.send?.("overrun"),
});
recorder.begin(file, {
  robotId: "small",
  trial: 0,
  attempt: 1,
  parameters: {},
  envelope: shortWalk.envelope,
  configHash: "",
  channels: layout.channels,
  joints,
  wallStart: Date.now(),
  stationStart: systemClock.now(),
});
const values = new Float64Array(layout.length);
const begun = performance.now();
let seq = 0;
setInterval(() => {
  for (; seq < ((performance.now() - begun) / 1000) * Number(rate); seq++) {
    values[0] = Date.now();
    recorder.frame({ seq, tRobot: seq / Number(rate), tArrival: systemClock.now(), values });
  }
}, 1);
process.send?.("begun");
