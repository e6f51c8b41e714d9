#include "gs_output.h"

#include <string.h>

void gs_output_init(gs_output *output) {
  memset(output, 0, sizeof *output);
  /* What was sent before the reset may have been cut short: a delimiter closes it. */
  output->length = 1;
}

void gs_output_flush(gs_output *output, const gs_robot *robot) {
  size_t taken;
  if (output->length == 0) return;
  taken = robot->write(robot->user, output->bytes, output->length);
  if (taken > output->length) taken = output->length;
  output->length = (uint16_t)(output->length - taken);
  if (taken > 0 && output->length > 0) memmove(output->bytes, output->bytes + taken, output->length);
}

bool gs_output_send(gs_output *output, const gs_robot *robot, const gs_frame *frame, size_t reserve) {
  const size_t block = GS_HEADER_LENGTH + (size_t)frame->length + GS_CRC_LENGTH;
  /* While it is being made, the payload of a short frame stands as far back as that of a long one. */
  const size_t needed = GS_PAYLOAD_OFFSET - GS_HEADER_LENGTH + block + 1u;
  if (output->length + needed + reserve > GS_OUTPUT_BYTES) gs_output_flush(output, robot);
  if (output->length + needed + reserve > GS_OUTPUT_BYTES) {
    output->unsent++;
    return false;
  }
  output->length = (uint16_t)(output->length + gs_frame_encode(frame, output->bytes + output->length));
  output->sent++;
  gs_output_flush(output, robot);
  return true;
}
