/*
 * Says what the library makes of bytes, a line for a line:
 *
 *     message <host|robot> <id> <payload>                    the payload, encoded from what was decoded
 *     frame <type> <flags> <seq> <session> <time> <payload>  the wire
 *     stream <wire>     its frames as above with `;` after each, then the blocks dropped by cause
 *     challenge <secret> <seq>
 *
 * Bytes are hex, `-` for none. A refused payload is answered with the cause: `unknown` or `payload`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gaitsmith.h"

enum { LONGEST_LINE = 1 << 20 };
static char line[LONGEST_LINE];

static void print_hex(const uint8_t *bytes, size_t length) {
  if (length == 0) putchar('-');
  for (size_t at = 0; at < length; at++) printf("%02x", bytes[at]);
}

/* Into memory of exactly that size, so that a read beyond its end is noticed. */
static uint8_t *from_hex(const char *text, size_t *length) {
  uint8_t *bytes;
  *length = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
  bytes = malloc(*length > 0 ? *length : 1);
  if (bytes == NULL) abort();
  for (size_t at = 0; at < *length; at++) {
    const char digits[3] = {text[2 * at], text[2 * at + 1], 0};
    bytes[at] = (uint8_t)strtoul(digits, NULL, 16);
  }
  return bytes;
}

static void message(const char *side, unsigned id, const char *text) {
  gs_message decoded;
  uint8_t again[GS_LONGEST_PAYLOAD];
  size_t length;
  uint8_t *const payload = from_hex(text, &length);
  int result = gs_decode(&decoded, strcmp(side, "host") == 0 ? GS_HOST : GS_ROBOT, (uint8_t)id, payload, length);
  if (result == 0) result = gs_encode(&decoded, again, sizeof again);
  if (result >= 0) print_hex(again, (size_t)result);
  else printf("%s", result == GS_ERROR_UNKNOWN ? "unknown" : result == GS_ERROR_PAYLOAD ? "payload" : "not encoded");
  free(payload);
}

static void print_frame(const gs_frame *frame) {
  printf("%u %u %u %u %lu ", frame->type, frame->flags, frame->seq, frame->session, (unsigned long)frame->time);
  print_hex(frame->payload, frame->length);
}

static void encode_frame(unsigned type, unsigned flags, unsigned seq, unsigned session, unsigned long time,
                         const char *text) {
  uint8_t wire[GS_LONGEST_WIRE];
  size_t length;
  uint8_t *const payload = from_hex(text, &length);
  gs_frame frame;
  frame.type = (uint8_t)type;
  frame.flags = (uint8_t)flags;
  frame.seq = (uint8_t)seq;
  frame.session = (uint16_t)session;
  frame.time = (uint32_t)time;
  frame.payload = payload;
  frame.length = (uint16_t)length;
  print_hex(wire, gs_frame_encode(&frame, wire));
  free(payload);
}

static void stream(const char *text) {
  static gs_frame_reader reader;
  gs_frame frame;
  size_t length;
  uint8_t *const wire = from_hex(text, &length);
  gs_frame_reader_init(&reader);
  for (size_t at = 0; at < length; at++)
    if (gs_frame_reader_push(&reader, wire[at], &frame)) {
      print_frame(&frame);
      putchar(';');
    }
  for (int cause = GS_FRAME_OK + 1; cause < GS_FRAME_RESULTS; cause++)
    printf(" %lu", (unsigned long)reader.results[cause]);
  free(wire);
}

int main(void) {
  static char text[LONGEST_LINE], side[8];
  while (fgets(line, sizeof line, stdin) != NULL) {
    unsigned type, flags, seq, session;
    unsigned long time;
    if (sscanf(line, "message %7s %u %s", side, &type, text) == 3) message(side, type, text);
    else if (sscanf(line, "frame %u %u %u %u %lu %s", &type, &flags, &seq, &session, &time, text) == 6)
      encode_frame(type, flags, seq, session, time, text);
    else if (sscanf(line, "stream %s", text) == 1) stream(text);
    else if (sscanf(line, "challenge %lu %u", &time, &seq) == 2) printf("%u", gs_challenge((uint32_t)time, seq));
    else return 1;
    putchar('\n');
  }
  return 0;
}
