/** Section 1: what is no frame is dropped and counted, and the next one is obeyed. */
import { cobsEncode } from "../../../../firmware-protocol/codec/cobs.ts";
import { crc32c } from "../../../../firmware-protocol/codec/crc32c.ts";
import { encodeFrame, FLAG, LONGEST_BLOCK } from "../../../../firmware-protocol/codec/frame.ts";
import type { Bench } from "./bench.ts";
import { type Clause, Complaints, type Verdict } from "./clause.ts";
import { sleep } from "./measure.ts";

const DELIMITER = Uint8Array.of(0);

/** The bytes of a request that would be answered if it were taken. @param spoil changes the block before COBS */
function spoilt(
  bench: Bench,
  spoil: (block: Uint8Array) => Uint8Array,
): { readonly seq: number; readonly wire: Uint8Array } {
  const seq = bench.talk.nextSeq();
  const frame = bench.talk.frameOf({ kind: "get-status" }, { seq });
  const head = new Uint8Array(10 + frame.payload.length);
  const view = new DataView(head.buffer);
  view.setUint8(0, 1);
  view.setUint8(1, frame.type);
  view.setUint8(2, frame.flags);
  view.setUint8(3, seq);
  view.setUint16(4, frame.session, true);
  view.setUint32(6, frame.time, true);
  return { seq, wire: Buffer.concat([cobsEncode(spoil(head)), DELIMITER]) };
}

function withCrc(head: Uint8Array): Uint8Array {
  const block = new Uint8Array(head.length + 4);
  block.set(head);
  new DataView(block.buffer).setUint32(head.length, crc32c(head), true);
  return block;
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

/**
 * Sends bytes that are no frame and a good request in the same write.
 *
 * @param broken how many blocks the robot must count
 */
async function dropped(
  bench: Bench,
  bytes: Uint8Array,
  seq: number | null,
  broken: number,
): Promise<Verdict> {
  const wrong = new Complaints();
  const before = await bench.statistics();
  const spurious = seq === null ? Promise.resolve(null) : bench.talk.replyTo(seq, 250);
  const { tries } = await bench.askAfter(bytes, { kind: "get-status" });
  wrong.unless(tries === 1, "the request right after it was lost");
  const { framesBroken } = await bench.statistics();
  const counted = framesBroken - before.framesBroken;
  wrong.unless(counted === broken, `framesBroken grew by ${counted}, not by ${broken}`);
  wrong.unless((await spurious) === null, "it was answered");
  return wrong.verdict(`not answered, framesBroken + ${broken}, next request obeyed`);
}

function drops(
  name: string,
  what: string,
  remedy: string,
  bytes: (bench: Bench) => { readonly seq: number | null; readonly wire: Uint8Array },
): Clause {
  return {
    id: `frame.${name}`,
    section: 1,
    expected: `${what} is dropped and counted in framesBroken, and the request right after it is obeyed`,
    remedy,
    run: (bench) => {
      const { seq, wire } = bytes(bench);
      return dropped(bench, wire, seq, 1);
    },
  };
}

export const FRAME_CLAUSES: readonly Clause[] = [
  drops(
    "crc",
    "a frame whose CRC is wrong",
    "Compare CRC-32C of header and payload before anything else.",
    (bench) =>
      spoilt(bench, (head) => {
        const block = withCrc(head);
        return changed(block, block.length - 1, block.at(-1)! ^ 0x40);
      }),
  ),
  drops(
    "cobs",
    "a block that COBS does not decode",
    "A code that points beyond the delimiter ends the block: drop it.",
    () => ({ seq: null, wire: Uint8Array.of(0x20, 1, 2, 3, 0) }),
  ),
  drops(
    "too-short",
    "a block with fewer bytes than header and CRC",
    "Check the decoded length before reading the header.",
    () => {
      const block = withCrc(Uint8Array.of(1, 0x0a, 1, 0, 0, 0));
      return { seq: null, wire: Buffer.concat([cobsEncode(block), DELIMITER]) };
    },
  ),
  drops(
    "too-long",
    `a block of more than ${LONGEST_BLOCK} bytes`,
    "Skip to the next delimiter when the buffer is full, and count one broken block.",
    () => ({ seq: null, wire: Buffer.concat([new Uint8Array(3 * LONGEST_BLOCK).fill(0x55), DELIMITER]) }),
  ),
  drops("version", "a frame of another framing version", "Drop frames whose first byte is not 1.", (bench) =>
    spoilt(bench, (head) => withCrc(changed(head, 0, 2))),
  ),
  drops(
    "flags",
    "a frame with a flag that has no name",
    "Drop frames with any other flag than 0x01, 0x02 and 0x08.",
    (bench) => spoilt(bench, (head) => withCrc(changed(head, 2, FLAG.replyWanted | 0x10))),
  ),
  {
    id: "frame.resync",
    section: 1,
    expected: "after noise and half a frame the next delimiter begins anew; zeros in a row are no blocks",
    remedy: "A 0x00 always ends the present block; an empty block is nothing.",
    run: async (bench) => {
      const half = bench.wire({ kind: "get-status" }).subarray(0, 7);
      const noise = Uint8Array.of(0xff, 0x13, 0x11, 0xaa, 0x55, 0x7e);
      return dropped(
        bench,
        Buffer.concat([DELIMITER, DELIMITER, noise, half, DELIMITER, DELIMITER]),
        null,
        1,
      );
    },
  },
  {
    id: "frame.pieces",
    section: 1,
    expected: "a frame that comes byte by byte is obeyed, and so are two in one write",
    remedy: "Keep the bytes of an unfinished block until its delimiter comes.",
    run: async (bench) => {
      const wrong = new Complaints();
      const seqs = [bench.talk.nextSeq(), bench.talk.nextSeq(), bench.talk.nextSeq()];
      const [first, ...rest] = seqs.map((seq) => ({
        wire: encodeFrame(bench.talk.frameOf({ kind: "get-status" }, { seq })),
        reply: bench.talk.replyTo(seq, 3000),
      }));
      for (const byte of first!.wire) {
        bench.talk.sendBytes(Uint8Array.of(byte));
        await sleep(0.002);
      }
      wrong.unless((await first!.reply) !== null, "byte by byte it is not answered");
      bench.talk.sendBytes(Buffer.concat(rest.map(({ wire }) => wire)));
      for (const { reply } of rest)
        wrong.unless((await reply) !== null, "of two in one write one is not answered");
      return wrong.verdict("all answered");
    },
  },
  {
    id: "frame.reply",
    section: 1,
    expected: "a reply has flag 0x02 alone, the request's seq and the lease's session, and stamps grow",
    remedy:
      "Copy seq from the request; session is the low half of the epoch; time is the clock of telemetry, in µs.",
    run: async (bench) => {
      const wrong = new Complaints();
      const epoch = await bench.lease();
      let before: number | null = null;
      for (let asked = 0; asked < 10; asked++) {
        const { frame } = await bench.talk.ask({ kind: "get-status" });
        wrong.unless(frame.flags === FLAG.reply, `the flags of a reply are 0x${frame.flags.toString(16)}`);
        wrong.unless(frame.session === (epoch & 0xffff), `session is ${frame.session} during epoch ${epoch}`);
        if (before !== null) wrong.unless(((frame.time - before) | 0) >= 0, "the header's time went back");
        before = frame.time;
      }
      return wrong.verdict("10 replies");
    },
  },
];
