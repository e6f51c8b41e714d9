#include "gs_frame.h"

#include <string.h>

#define KNOWN_FLAGS (GS_FLAG_REPLY_WANTED | GS_FLAG_REPLY | GS_FLAG_RETRY)
#define LONGEST_RUN 254u

/* Four bits at a time: 64 bytes of table are enough for a microcontroller and as fast as a UART needs. */
static const uint32_t CRC_TABLE[16] = {
    0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u, 0x61c69362u, 0x7198540du,
    0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u, 0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u,
};

uint32_t gs_crc32c(uint32_t crc, const uint8_t *bytes, size_t length) {
  size_t at;
  crc = ~crc;
  for (at = 0; at < length; at++) {
    crc ^= bytes[at];
    crc = crc >> 4 ^ CRC_TABLE[crc & 15u];
    crc = crc >> 4 ^ CRC_TABLE[crc & 15u];
  }
  return ~crc;
}

size_t gs_cobs_encode(const uint8_t *block, size_t length, uint8_t *encoded) {
  size_t code = 0;
  size_t end = 1;
  size_t at;
  for (at = 0; at < length; at++) {
    /* Read before anything is written: the two may share memory. */
    const uint8_t byte = block[at];
    if (byte != 0) encoded[end++] = byte;
    if (byte == 0 || (end - code == LONGEST_RUN + 1 && at + 1 < length)) {
      encoded[code] = (uint8_t)(end - code);
      code = end++;
    }
  }
  encoded[code] = (uint8_t)(end - code);
  return end;
}

int gs_cobs_decode(uint8_t *encoded, size_t length) {
  size_t at = 0;
  size_t out = 0;
  if (length == 0) return -1;
  while (at < length) {
    const uint8_t code = encoded[at];
    const size_t end = at + code;
    if (code == 0 || end > length) return -1;
    for (at++; at < end; at++) {
      if (encoded[at] == 0) return -1;
      encoded[out++] = encoded[at];
    }
    if (code <= LONGEST_RUN && at < length) encoded[out++] = 0;
  }
  return (int)out;
}

static void put_u32(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
  bytes[2] = (uint8_t)(value >> 16);
  bytes[3] = (uint8_t)(value >> 24);
}

static uint32_t get_u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

size_t gs_frame_seal(const gs_frame *frame, uint8_t *wire) {
  uint8_t *const header = wire + GS_PAYLOAD_OFFSET - GS_HEADER_LENGTH;
  const size_t length = GS_HEADER_LENGTH + (size_t)frame->length;
  size_t encoded;
  if (frame->length > GS_LONGEST_PAYLOAD) return 0;
  header[0] = GS_FRAMING;
  header[1] = frame->type;
  header[2] = frame->flags;
  header[3] = frame->seq;
  header[4] = (uint8_t)frame->session;
  header[5] = (uint8_t)(frame->session >> 8);
  put_u32(header + 6, frame->time);
  put_u32(header + length, gs_crc32c(0, header, length));
  encoded = gs_cobs_encode(header, length + GS_CRC_LENGTH, wire);
  wire[encoded] = 0;
  return encoded + 1;
}

size_t gs_frame_encode(const gs_frame *frame, uint8_t *wire) {
  if (frame->length > GS_LONGEST_PAYLOAD) return 0;
  if (frame->length > 0) memcpy(wire + GS_PAYLOAD_OFFSET, frame->payload, frame->length);
  return gs_frame_seal(frame, wire);
}

gs_frame_result gs_frame_decode(uint8_t *block, size_t length, gs_frame *frame) {
  int decoded;
  size_t end;
  if (length > GS_LONGEST_BLOCK) return GS_FRAME_TOO_LONG;
  decoded = gs_cobs_decode(block, length);
  if (decoded < 0) return GS_FRAME_COBS;
  if ((size_t)decoded < GS_HEADER_LENGTH + GS_CRC_LENGTH) return GS_FRAME_TOO_SHORT;
  end = (size_t)decoded - GS_CRC_LENGTH;
  if (get_u32(block + end) != gs_crc32c(0, block, end)) return GS_FRAME_CRC;
  if (end - GS_HEADER_LENGTH > GS_LONGEST_PAYLOAD) return GS_FRAME_TOO_LONG;
  if (block[0] != GS_FRAMING) return GS_FRAME_VERSION;
  if ((block[2] & ~KNOWN_FLAGS) != 0) return GS_FRAME_FLAGS;
  frame->type = block[1];
  frame->flags = block[2];
  frame->seq = block[3];
  frame->session = (uint16_t)(block[4] | block[5] << 8);
  frame->time = get_u32(block + 6);
  frame->payload = block + GS_HEADER_LENGTH;
  frame->length = (uint16_t)(end - GS_HEADER_LENGTH);
  return GS_FRAME_OK;
}

void gs_frame_reader_init(gs_frame_reader *reader) {
  memset(reader, 0, sizeof *reader);
}

bool gs_frame_reader_push(gs_frame_reader *reader, uint8_t byte, gs_frame *frame) {
  const size_t length = reader->length;
  gs_frame_result result;
  if (byte != 0) {
    if (length < GS_LONGEST_BLOCK) reader->block[reader->length++] = byte;
    else reader->skipping = true;
    return false;
  }
  reader->length = 0;
  if (length == 0) return false;
  result = reader->skipping ? GS_FRAME_TOO_LONG : gs_frame_decode(reader->block, length, frame);
  reader->skipping = false;
  reader->results[result]++;
  return result == GS_FRAME_OK;
}

uint32_t gs_frame_reader_broken(const gs_frame_reader *reader) {
  uint32_t broken = 0;
  int result;
  for (result = GS_FRAME_OK + 1; result < GS_FRAME_RESULTS; result++) broken += reader->results[result];
  return broken;
}
