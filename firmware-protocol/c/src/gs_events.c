#include "gs_events.h"

#include <string.h>

size_t gs_whole_characters(const char *text, size_t length, size_t most) {
  size_t end = length < most ? length : most;
  while (end > 0 && end < length && ((uint8_t)text[end] & 0xc0u) == 0x80u) end--;
  return end;
}

void gs_events_init(gs_events *events) {
  memset(events, 0, sizeof *events);
}

uint32_t gs_events_add(gs_events *events, gs_event event, uint8_t code, uint64_t now, const char *reason) {
  gs_pending_event *slot = &events->pending[0];
  size_t length;
  int at;
  /* A free place, or else the oldest event's. */
  for (at = 1; at < GS_EVENTS; at++)
    if (events->pending[at].number < slot->number) slot = &events->pending[at];
  if (++events->last == 0) events->last = 1;
  length = gs_whole_characters(reason, strlen(reason), GS_REASON_LENGTH);
  slot->number = events->last;
  slot->event = (uint8_t)event;
  slot->code = code;
  slot->left = GS_EVENT_REPEATS;
  slot->time = now;
  slot->due = now;
  memcpy(slot->reason, reason, length);
  slot->reason[length] = 0;
  return slot->number;
}

gs_pending_event *gs_events_due(gs_events *events, uint64_t now) {
  gs_pending_event *first = NULL;
  int at;
  for (at = 0; at < GS_EVENTS; at++) {
    gs_pending_event *const event = &events->pending[at];
    if (event->number == 0 || event->due > now) continue;
    if (first == NULL || event->number < first->number) first = event;
  }
  return first;
}

void gs_events_sent(gs_pending_event *event, uint64_t now, uint32_t interval) {
  event->due = now + interval;
  if (--event->left == 0) event->number = 0;
}
