/** The recorder's side of the ring: takes frames and requests in order and writes them to one file per walk. */
import { FrameRing } from "./frame-ring.ts";
import type { RecorderAnswer, RecorderData, RecorderRequest } from "./recording-messages.ts";
import { RecordingWriter } from "./recording-writer.ts";

const POLL_MS = 10;

export interface RecorderPort {
  onRequest(listener: (request: RecorderRequest) => void): void;
  answer(answer: RecorderAnswer): void;
}

export function runRecorder(data: RecorderData, port: RecorderPort): void {
  const ring = new FrameRing(data.channels, data.ring);
  const frame = { seq: 0, tRobot: 0, tArrival: 0, values: new Float64Array(data.channels) };
  let open: { readonly file: string; readonly writer: RecordingWriter } | null = null;
  let poll: NodeJS.Timeout | null = null;
  /** One thing at a time: the file format allows no overlapping writes. */
  let queue = Promise.resolve();

  const drain = async (until: number): Promise<void> => {
    while (ring.take(frame, until))
      await open?.writer.frame(frame.seq, frame.tRobot, frame.tArrival, frame.values);
  };
  const giveUp = (file: string, error: unknown): void => {
    open?.writer.abandon();
    open = null;
    port.answer({ kind: "failed", file, words: error instanceof Error ? error.message : String(error) });
  };
  const later = (task: () => Promise<void>): void => {
    queue = queue.then(task).catch((error: unknown) => giveUp(open?.file ?? "", error));
  };
  const serve = async (request: RecorderRequest): Promise<void> => {
    await drain(request.after);
    switch (request.kind) {
      case "begin":
        open?.writer.abandon();
        open = null;
        try {
          open = { file: request.file, writer: await RecordingWriter.create(request.file, request.header) };
        } catch (error) {
          giveUp(request.file, error);
        }
        return;
      case "event":
        await open?.writer.event(request.event);
        return;
      case "end": {
        if (open === null) return;
        const { file, writer } = open;
        if (request.dropped > 0)
          await writer.event({
            level: "warn",
            name: "frames-dropped",
            words: `the recorder missed ${request.dropped} frames`,
            tRobot: Number.NaN,
            tStation: request.tStation,
            frame: -1,
          });
        await writer.outcome(request.outcome, request.tStation);
        await writer.end();
        open = null;
        port.answer({ kind: "ended", file });
      }
    }
  };
  port.onRequest((request) => {
    later(() => serve(request));
    if (request.kind === "begin") poll ??= setInterval(() => later(() => drain(ring.written)), POLL_MS);
    if (request.kind === "end" && poll !== null) {
      clearInterval(poll);
      poll = null;
    }
  });
}
