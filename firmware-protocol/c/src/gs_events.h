/* What the robot has to tell unasked. Each event goes out three times, since nobody acknowledges it. */
#ifndef GS_EVENTS_H
#define GS_EVENTS_H

#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Events that are still being sent; the oldest gives way. */
#ifndef GS_EVENTS
#define GS_EVENTS 4
#endif
/* Longest reason in answers and events, bytes. */
#define GS_REASON_LENGTH 60u
#define GS_EVENT_REPEATS 3
/* Between two of them, us. */
#define GS_EVENT_INTERVAL 20000u

typedef struct {
  uint32_t number; /* 0: this place is free */
  uint8_t event, code; /* gs_event, gs_fault */
  uint8_t left;        /* how often it is still to be sent */
  uint64_t time;       /* when it happened, us */
  uint64_t due;        /* when it is to be sent next, us */
  char reason[GS_REASON_LENGTH + 1];
} gs_pending_event;

typedef struct {
  gs_pending_event pending[GS_EVENTS];
  uint32_t last; /* number of the latest */
} gs_events;

void gs_events_init(gs_events *events);
/* Returns the event's number. */
uint32_t gs_events_add(gs_events *events, gs_event event, uint8_t code, uint64_t now, const char *reason);
/* The event to be sent now, oldest first, or NULL. */
gs_pending_event *gs_events_due(gs_events *events, uint64_t now);
/* It has been sent once more; the next time comes `interval` us later. */
void gs_events_sent(gs_pending_event *event, uint64_t now, uint32_t interval);
/* Most bytes of `text` that end with a whole character. */
size_t gs_whole_characters(const char *text, size_t length, size_t most);

#ifdef __cplusplus
}
#endif

#endif
