/** The recorder: a worker thread of the station. Wiring only. */
import { parentPort, workerData } from "node:worker_threads";
import { runRecorder } from "../station/recorder-worker.ts";
import type { RecorderData } from "../station/recording-messages.ts";
import { beOrdinary } from "./thread-priority.ts";

beOrdinary();

runRecorder(workerData as RecorderData, {
  onRequest: (listener) => parentPort?.on("message", listener),
  answer: (answer) => parentPort?.postMessage(answer),
});
