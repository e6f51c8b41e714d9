#include "gs_answers.h"

#include <string.h>

static uint32_t content_of(const gs_frame *request) {
  return gs_crc32c(gs_crc32c(0, &request->type, 1), request->payload, request->length);
}

void gs_answers_init(gs_answers *answers) {
  memset(answers, 0, sizeof *answers);
}

const gs_answer *gs_answers_find(const gs_answers *answers, const gs_frame *request) {
  const uint32_t content = content_of(request);
  uint8_t at;
  for (at = 0; at < GS_ANSWERS; at++) {
    const gs_answer *const kept = &answers->kept[at];
    if (kept->request != request->type || kept->seq != request->seq || kept->session != request->session) continue;
    if (kept->content != content) continue;
    if ((request->flags & GS_FLAG_RETRY) != 0 || kept->time == request->time) return kept;
  }
  return NULL;
}

void gs_answers_keep(gs_answers *answers, const gs_frame *request, uint8_t type, const uint8_t *payload,
                     size_t length) {
  const uint32_t content = content_of(request);
  gs_answer *slot = NULL;
  uint8_t at;
  for (at = 0; at < GS_ANSWERS; at++) {
    gs_answer *const kept = &answers->kept[at];
    if (kept->request != 0 && kept->seq == request->seq && kept->session == request->session) slot = kept;
  }
  if (slot == NULL) {
    slot = &answers->kept[answers->next];
    answers->next = (uint8_t)((answers->next + 1u) % GS_ANSWERS);
  }
  slot->content = content;
  slot->time = request->time;
  slot->session = request->session;
  slot->seq = request->seq;
  slot->request = request->type;
  slot->type = length <= GS_ANSWER_BYTES ? type : 0;
  slot->length = (uint8_t)(length <= GS_ANSWER_BYTES ? length : 0);
  if (slot->length > 0) memcpy(slot->payload, payload, slot->length);
}

void gs_answers_forget(gs_answers *answers, uint8_t request) {
  uint8_t at;
  for (at = 0; at < GS_ANSWERS; at++)
    if (answers->kept[at].request == request) answers->kept[at].request = 0;
}
