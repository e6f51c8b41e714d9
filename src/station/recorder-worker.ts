/** The recorder's side of the rings: takes rows and requests in order and writes them to one file per walk. */
import { FrameRing } from "./frame-ring.ts";
import {
  type RecorderAnswer,
  type RecorderData,
  type RecorderRequest,
  RINGS,
  type RingMarks,
  type RingName,
} from "./recording-messages.ts";
import { RecordingWriter } from "./recording-writer.ts";

const POLL_MS = 10;

export interface RecorderPort {
  onRequest(listener: (request: RecorderRequest) => void): void;
  answer(answer: RecorderAnswer): void;
}

export function runRecorder(data: RecorderData, port: RecorderPort): void {
  const rings = RINGS.map((name) => {
    const { buffer, length } = data.rings[name];
    const row = { seq: 0, tRobot: 0, tArrival: 0, values: new Float64Array(length) };
    return { name, ring: new FrameRing(length, buffer), row };
  });
  let open: { readonly file: string; readonly writer: RecordingWriter } | null = null;
  let poll: NodeJS.Timeout | null = null;
  let saidFull = false;

  const drain = (until: (name: RingName, ring: FrameRing) => number): void => {
    for (const { name, ring, row } of rings) {
      const end = until(name, ring);
      while (ring.take(row, end)) open?.writer.row(name, row.seq, row.tRobot, row.tArrival, row.values);
    }
  };
  const giveUp = (file: string, error: unknown): void => {
    open?.writer.abandon();
    open = null;
    port.answer({ kind: "failed", file, words: error instanceof Error ? error.message : String(error) });
  };
  const tellFull = (): void => {
    const words = open?.writer.full ?? null;
    if (open === null || words === null || saidFull) return;
    saidFull = true;
    port.answer({ kind: "full", file: open.file, words });
  };
  const attempt = (task: () => void): void => {
    try {
      task();
      tellFull();
    } catch (error) {
      giveUp(open?.file ?? "", error);
    }
  };
  const begin = (request: Extract<RecorderRequest, { kind: "begin" }>): void => {
    open?.writer.abandon();
    open = null;
    saidFull = false;
    try {
      open = { file: request.file, writer: RecordingWriter.create(request.file, request.header) };
    } catch (error) {
      giveUp(request.file, error);
    }
    poll ??= setInterval(
      () =>
        attempt(() => {
          drain((_, ring) => ring.written);
          open?.writer.tick();
        }),
      POLL_MS,
    );
  };
  const end = ({ outcome, tStation, dropped }: Extract<RecorderRequest, { kind: "end" }>): void => {
    if (poll !== null) clearInterval(poll);
    poll = null;
    if (open === null) return;
    const { file, writer } = open;
    if (dropped > 0) writer.entry(droppedEvent(dropped, tStation));
    writer.outcome(outcome, tStation);
    writer.end();
    tellFull();
    open = null;
    port.answer({ kind: "ended", file });
  };
  port.onRequest((request) => {
    const { after } = request;
    attempt(() => {
      drain((name) => after[name as keyof RingMarks]);
      if (request.kind === "begin") begin(request);
      else if (request.kind === "entry") open?.writer.entry(request.entry);
      else end(request);
    });
  });
}

function droppedEvent(dropped: number, tStation: number) {
  return {
    kind: "event",
    level: "warn",
    name: "frames-dropped",
    words: `the recorder missed ${dropped} rows of telemetry, targets or margins`,
    tRobot: Number.NaN,
    tStation,
    frame: -1,
  } as const;
}
