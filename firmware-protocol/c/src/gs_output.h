/* Frames on their way out: kept until the hardware takes them, thrown away whole when there is no room. */
#ifndef GS_OUTPUT_H
#define GS_OUTPUT_H

#include "gs_frame.h"
#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that may wait for the wire: two of the longest frames. */
#ifndef GS_OUTPUT_BYTES
#define GS_OUTPUT_BYTES 1024
#endif
/* Telemetry leaves this many bytes free for answers and events. */
#define GS_OUTPUT_RESERVE 160u

typedef struct {
  uint8_t bytes[GS_OUTPUT_BYTES];
  uint16_t length;
  uint32_t sent, unsent; /* frames taken in, and thrown away for want of room */
} gs_output;

void gs_output_init(gs_output *output);
/* Hands the hardware what it takes. */
void gs_output_flush(gs_output *output, const gs_robot *robot);
/* Takes a frame in when that leaves `reserve` bytes of room, and hands over what it can. Returns whether it did. */
bool gs_output_send(gs_output *output, const gs_robot *robot, const gs_frame *frame, size_t reserve);

#ifdef __cplusplus
}
#endif

#endif
