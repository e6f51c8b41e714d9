/*
 * The robot's side of the serial protocol: everything between the bytes of a UART and the drives.
 *
 *     static gs_session session;
 *     gs_session_init(&session, &robot);
 *     forever, once per control period: gs_session_receive(&session, bytes, length); gs_session_tick(&session);
 *
 * Nothing waits, nothing is allocated. A stop is carried out inside gs_session_receive, which may be called as often as
 * bytes come. All functions belong to one thread, and none may be called from within a function of `gs_robot`.
 */
#ifndef GS_SESSION_H
#define GS_SESSION_H

#include "gs_answers.h"
#include "gs_dead_man.h"
#include "gs_events.h"
#include "gs_frame.h"
#include "gs_hard_limits.h"
#include "gs_motion.h"
#include "gs_output.h"
#include "gs_parameter_set.h"
#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A host that was silent this long may lose its lease to another, us. */
#define GS_LEASE_SILENCE 2000000u
/* What was sent before a stop can arrive this long after it, us. */
#define GS_LONGEST_DELAY 10000000u
/* Bytes of the owner's name that are kept for whoever is refused. */
#define GS_OWNER_LENGTH 40u

/* The fields are the library's; programs use the functions below. */
typedef struct {
  const gs_robot *robot;
  gs_frame_reader reader;
  gs_output output;
  gs_answers answers;
  gs_events events;
  gs_parameter_sets sets;
  gs_motion motion;
  gs_hard_limits limits;
  gs_dead_man dead_man;
  float values[GS_MAX_CHANNELS]; /* the latest sample */
  bool sampled;                  /* there is one */

  bool leased;
  char owner[GS_OWNER_LENGTH + 1];
  uint32_t owner_hash; /* of the whole name */
  uint32_t epoch;      /* of the latest lease */
  uint64_t heard;      /* when its host was last heard, us of the wall's clock */

  bool stopped;        /* the lease's host has stopped it, lately */
  uint32_t stop_sent;  /* header's time of that stop */
  uint64_t stop_heard; /* when, us of the wall's clock */
  uint32_t latched;    /* number of the event that latched, 0: not latched */

  uint32_t groups;          /* subscribed, bit g is group g */
  uint16_t control_periods; /* per telemetry frame */
  uint16_t until_frame;     /* control periods to the next one */

  uint64_t ticked; /* when, us; 0 before the first */
  uint32_t malformed, repeated, stale, overruns;
  uint32_t longest_period; /* us */
} gs_session;

/*
 * Begins with the drives off and a `rebooted` event. Returns NULL, or what is wrong with `robot`; then the session must
 * not be used.
 */
const char *gs_session_init(gs_session *session, const gs_robot *robot);
/* Bytes from the host, as they came. What they ask for has been done when this returns. */
void gs_session_receive(gs_session *session, const uint8_t *bytes, size_t length);
/* One control period: samples, watches limits and dead-man, moves the joints, sends. In lockstep it only sends. */
void gs_session_tick(gs_session *session);

/* The robot's own reasons to stop, in the same thread. */

/* Stops and tells the host. Nothing latches. */
void gs_session_fault(gs_session *session, gs_level level, gs_fault code, const char *reason);
/* Stops and latches, as a button on the robot does: nothing arms until a person has cleared it. */
void gs_session_latch(gs_session *session, gs_level level, gs_fault code, const char *reason);
/* Tells the host something that does not stop the robot. */
void gs_session_note(gs_session *session, const char *words);

gs_state gs_session_state(const gs_session *session);
/* Number of the event that latched, or 0. */
uint32_t gs_session_latched(const gs_session *session);
/* GS_JOINTS targets of the present control period, rad. */
const gs_real *gs_session_targets(const gs_session *session);

#ifdef __cplusplus
}
#endif

#endif
