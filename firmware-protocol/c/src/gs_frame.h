/*
 * Frames on the wire: COBS(header, payload, CRC-32C) and a 0x00, little endian. What cannot be a frame is dropped up to
 * the next 0x00 and counted by its cause, never guessed at.
 */
#ifndef GS_FRAME_H
#define GS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gs_messages.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the framing, the first byte of every header. It is not the version of the messages. */
#define GS_FRAMING 1u
#define GS_HEADER_LENGTH 10u
#define GS_CRC_LENGTH 4u
/* Most bytes that a block of `length` bytes may become when its zeros are taken out. */
#define GS_LONGEST_ENCODING(length) ((length) + (length) / 254u + 1u)
/* Longest block between two 0x00, bytes; a frame on the wire is one byte longer. */
#define GS_LONGEST_BLOCK GS_LONGEST_ENCODING(GS_HEADER_LENGTH + GS_LONGEST_PAYLOAD + GS_CRC_LENGTH)
#define GS_LONGEST_WIRE (GS_LONGEST_BLOCK + 1u)
/* Where the payload of a frame that is made in place begins, see gs_frame_seal. */
#define GS_PAYLOAD_OFFSET (GS_LONGEST_BLOCK - GS_CRC_LENGTH - GS_LONGEST_PAYLOAD)

/* Bits of the header's flags; all others must be 0. */
#define GS_FLAG_REPLY_WANTED 0x01u /* the sender waits for a reply */
#define GS_FLAG_REPLY 0x02u        /* answers the request with the same `seq` */
#define GS_FLAG_RETRY 0x08u        /* sent before with this `seq`: to be carried out once, and answered as before */

/* Why a block was no frame. */
typedef enum {
  GS_FRAME_OK,
  GS_FRAME_TOO_LONG,
  GS_FRAME_COBS,
  GS_FRAME_TOO_SHORT,
  GS_FRAME_CRC,
  GS_FRAME_VERSION,
  GS_FRAME_FLAGS,
  GS_FRAME_RESULTS /* how many there are */
} gs_frame_result;

/* The header's fields, and a view of the payload. */
typedef struct {
  uint8_t type;     /* id of the message */
  uint8_t flags;    /* GS_FLAG_... */
  uint8_t seq;      /* counts the requests of one direction, modulo 256; a reply carries that of its request */
  uint16_t session; /* low 16 bits of the lease's epoch, 0 without one */
  uint32_t time;    /* the sender's monotonic clock when it sent this, us modulo 2^32 */
  const uint8_t *payload;
  uint16_t length;
} gs_frame;

/* CRC-32C (Castagnoli) of `length` bytes after those that gave `crc`; begin with 0. RFC 3720, appendix B.4. */
uint32_t gs_crc32c(uint32_t crc, const uint8_t *bytes, size_t length);

/*
 * Consistent Overhead Byte Stuffing: Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999.
 *
 * `encoded` may be the memory of `block`, moved forward by GS_LONGEST_ENCODING(length) - length bytes or more.
 *
 * Returns the length, without a delimiter.
 */
size_t gs_cobs_encode(const uint8_t *block, size_t length, uint8_t *encoded);
/* Decodes in place. Returns the length, or -1 when no block is encoded like this. */
int gs_cobs_decode(uint8_t *encoded, size_t length);

/* Writes a frame with its delimiter; `wire` has GS_LONGEST_WIRE bytes. Returns the length, 0 for too long a payload. */
size_t gs_frame_encode(const gs_frame *frame, uint8_t *wire);
/* The same with frame->length bytes of payload already at wire + GS_PAYLOAD_OFFSET; frame->payload is not read. */
size_t gs_frame_seal(const gs_frame *frame, uint8_t *wire);
/* Decodes in place what stood between two delimiters, not empty; the payload is a view of it. */
gs_frame_result gs_frame_decode(uint8_t *block, size_t length, gs_frame *frame);

/* Finds frames in a stream of bytes that may start, break or be corrupted anywhere. */
typedef struct {
  uint8_t block[GS_LONGEST_BLOCK];
  uint16_t length;
  bool skipping;                        /* the block outgrew any frame */
  uint32_t results[GS_FRAME_RESULTS]; /* blocks by what they were; GS_FRAME_OK counts frames */
} gs_frame_reader;

void gs_frame_reader_init(gs_frame_reader *reader);
/* Returns whether `byte` completed a frame; its payload is good until the next byte. */
bool gs_frame_reader_push(gs_frame_reader *reader, uint8_t byte, gs_frame *frame);
/* Blocks that were no frames. */
uint32_t gs_frame_reader_broken(const gs_frame_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
