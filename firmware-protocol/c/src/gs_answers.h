/* The last answers, for requests that come again because their answer was lost on the way. */
#ifndef GS_ANSWERS_H
#define GS_ANSWERS_H

#include "gs_frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many are kept; a host has fewer requests open. */
#ifndef GS_ANSWERS
#define GS_ANSWERS 8
#endif
/* Longest payload that is kept. Answers to commands fit; longer ones belong to questions, which may be asked twice. */
#define GS_ANSWER_BYTES 96

typedef struct {
  uint32_t content; /* CRC-32C of the request's type and payload: two hosts may use the same numbers */
  uint32_t time;    /* of the request's header */
  uint16_t session;
  uint8_t seq;
  uint8_t request;  /* type; 0: nothing is kept here */
  uint8_t type;     /* of the answer; 0 when it was too long */
  uint8_t length;
  uint8_t payload[GS_ANSWER_BYTES];
} gs_answer;

typedef struct {
  gs_answer kept[GS_ANSWERS];
  uint8_t next;
} gs_answers;

void gs_answers_init(gs_answers *answers);
/*
 * The answer this request had, or NULL when it is new. Seen before is a request that says so itself, and one that a
 * line has doubled: the same to the microsecond of its sending.
 */
const gs_answer *gs_answers_find(const gs_answers *answers, const gs_frame *request);
void gs_answers_keep(gs_answers *answers, const gs_frame *request, uint8_t type, const uint8_t *payload,
                     size_t length);
/* Forgets all answers to requests of this type. */
void gs_answers_forget(gs_answers *answers, uint8_t request);

#ifdef __cplusplus
}
#endif

#endif
