/*
 * What the motors do: rise, stand, walk, blend out, settle, off. It has no idea of a host.
 *
 *     off -> rising -> standing -> walking -> ramping-out -> standing -> off
 *     any with power -> settling -> off, any -> off
 */
#ifndef GS_MOTION_H
#define GS_MOTION_H

#include "gs_parameter_set.h"
#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const gs_robot *robot;
  gs_state state;
  uint64_t entered; /* when, us */
  gs_real elapsed;  /* control periods in this state, s */
  gs_real period;   /* s */
  gs_real rise_seconds;
  gs_real ramp_in, ramp_out; /* s */
  gs_real blended_in;        /* how far the gait had been blended in when it was stopped, 0 to 1 */
  const gs_gait *gait;       /* that walks */
  gs_gait_state walk;
  gs_real origin[GS_JOINTS]; /* where rising began, rad */
  gs_real targets[GS_JOINTS];
} gs_motion;

void gs_motion_init(gs_motion *motion, const gs_robot *robot);
/* "off", "rising", ... */
const char *gs_state_name(gs_state state);

/* The next three return false with the reason, and nothing has changed. */
bool gs_motion_arm(gs_motion *motion, uint64_t now, char *reason, size_t size);
bool gs_motion_disarm(gs_motion *motion, uint64_t now, char *reason, size_t size);
bool gs_motion_start(gs_motion *motion, const gs_set *set, uint64_t now, char *reason, size_t size);

/* Takes effect before it returns. A milder level never softens a harder one. Returns the level in force. */
gs_level gs_motion_stop(gs_motion *motion, gs_level level, uint64_t now);
/* One control period: moves the state on and gives the drives their targets. */
void gs_motion_tick(gs_motion *motion, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
