#include "gs_motion.h"

#include <string.h>

#include "gs_math.h"
#include "gs_reason.h"

/* Rising takes this long at least, s, and is never faster than this, rad/s. */
#define SHORTEST_RISE GS_REAL(0.4)
#define RISE_SPEED GS_REAL(1.5)
/* How long `settle` damps before it cuts, us. */
#define SETTLE_US 500000u
/* Sums of control periods are not exact. */
#define ALMOST GS_REAL(1e-6)

const char *gs_state_name(gs_state state) {
  static const char *const names[] = {"off", "rising", "standing", "walking", "ramping-out", "settling"};
  return names[state];
}

/* A ramp from 0 to 1 that starts and ends at rest. */
static gs_real smooth(gs_real share) {
  if (!(share > 0)) return 0;
  return share < 1 ? share * share * (3 - 2 * share) : 1;
}

static gs_real blend(gs_real from, gs_real to, gs_real weight) {
  return from + weight * (to - from);
}

static void enter(gs_motion *motion, gs_state state, uint64_t now) {
  const gs_robot *const robot = motion->robot;
  if (state == GS_STATE_RAMPING_OUT)
    motion->blended_in = motion->ramp_in > 0 ? smooth(motion->elapsed / motion->ramp_in) : 1;
  motion->state = state;
  motion->entered = now;
  motion->elapsed = 0;
  robot->set_drive(robot->user, state == GS_STATE_OFF        ? GS_DRIVE_OFF
                                : state == GS_STATE_SETTLING ? GS_DRIVE_DAMP
                                                       : GS_DRIVE_FOLLOW);
  if (state == GS_STATE_OFF || state == GS_STATE_STANDING || state == GS_STATE_SETTLING) motion->gait = NULL;
}

static bool refuse(char *reason, size_t size, const char *what, gs_state state) {
  gs_reason words = gs_reason_begin(reason, size);
  gs_reason_add(&words, "cannot ");
  gs_reason_add(&words, what);
  gs_reason_add(&words, " while ");
  gs_reason_add(&words, gs_state_name(state));
  return false;
}

void gs_motion_init(gs_motion *motion, const gs_robot *robot) {
  memset(motion, 0, sizeof *motion);
  motion->robot = robot;
  motion->period = 1 / robot->control_rate;
  enter(motion, GS_STATE_OFF, robot->now_us(robot->user));
}

bool gs_motion_arm(gs_motion *motion, uint64_t now, char *reason, size_t size) {
  const gs_robot *const robot = motion->robot;
  gs_real neutral[GS_JOINTS], angles[GS_JOINTS];
  gs_real farthest = 0;
  gs_reason words = gs_reason_begin(reason, size);
  int joint;
  if (motion->state != GS_STATE_OFF) return refuse(reason, size, "arm", motion->state);
  if (robot->can_arm != NULL && !robot->can_arm(robot->user, reason, size)) return false;
  gs_neutral_stance(&robot->body, neutral);
  robot->read_joints(robot->user, angles);
  for (joint = 0; joint < GS_JOINTS; joint++) {
    const gs_real distance = GS_MATH(fabs)(angles[joint] - neutral[joint]);
    if (!(distance < GS_REAL(1e3))) {
      gs_reason_add(&words, "the angle of ");
      gs_reason_add(&words, robot->joints[joint]);
      gs_reason_add(&words, " is not known");
      return false;
    }
    if (distance > farthest) farthest = distance;
  }
  memcpy(motion->origin, angles, sizeof motion->origin);
  memcpy(motion->targets, angles, sizeof motion->targets);
  motion->rise_seconds = farthest / RISE_SPEED > SHORTEST_RISE ? farthest / RISE_SPEED : SHORTEST_RISE;
  /* Drives that begin to follow must not find an old target. */
  robot->set_targets(robot->user, motion->targets);
  enter(motion, GS_STATE_RISING, now);
  return true;
}

bool gs_motion_disarm(gs_motion *motion, uint64_t now, char *reason, size_t size) {
  if (motion->state == GS_STATE_OFF) return true;
  if (motion->state != GS_STATE_STANDING) return refuse(reason, size, "disarm", motion->state);
  enter(motion, GS_STATE_OFF, now);
  return true;
}

bool gs_motion_start(gs_motion *motion, const gs_set *set, uint64_t now, char *reason, size_t size) {
  gs_reason words = gs_reason_begin(reason, size);
  if (set->gait == NULL) {
    gs_reason_add(&words, "no parameter set is committed");
    return false;
  }
  if (motion->state != GS_STATE_STANDING) return refuse(reason, size, "start", motion->state);
  set->gait->start(&motion->walk, set->values, &motion->robot->body);
  motion->ramp_in = set->ramp_in;
  motion->ramp_out = set->ramp_out;
  enter(motion, GS_STATE_WALKING, now);
  motion->gait = set->gait;
  return true;
}

gs_level gs_motion_stop(gs_motion *motion, gs_level level, uint64_t now) {
  if (motion->state == GS_STATE_OFF) return GS_LEVEL_CUT;
  if (level == GS_LEVEL_CUT) enter(motion, GS_STATE_OFF, now);
  else if (level == GS_LEVEL_SETTLE && motion->state != GS_STATE_SETTLING) enter(motion, GS_STATE_SETTLING, now);
  else if (level == GS_LEVEL_NEUTRAL && motion->state == GS_STATE_WALKING) enter(motion, GS_STATE_RAMPING_OUT, now);
  if (motion->state == GS_STATE_OFF) return GS_LEVEL_CUT;
  return motion->state == GS_STATE_SETTLING ? GS_LEVEL_SETTLE : GS_LEVEL_NEUTRAL;
}

/* The gait's targets, blended with the neutral stance: weight 1 is the gait alone. */
static void walk(gs_motion *motion, const gs_real *neutral, gs_real weight) {
  gs_real wanted[GS_JOINTS];
  int joint;
  motion->gait->step(&motion->walk, motion->period, wanted);
  for (joint = 0; joint < GS_JOINTS; joint++) motion->targets[joint] = blend(neutral[joint], wanted[joint], weight);
}

void gs_motion_tick(gs_motion *motion, uint64_t now) {
  gs_real neutral[GS_JOINTS];
  int joint;
  if (motion->state == GS_STATE_OFF) return;
  if (motion->state == GS_STATE_SETTLING) {
    if (now - motion->entered >= SETTLE_US) enter(motion, GS_STATE_OFF, now);
    return;
  }
  motion->elapsed += motion->period;
  gs_neutral_stance(&motion->robot->body, neutral);
  switch (motion->state) {
    case GS_STATE_RISING: {
      const gs_real weight = smooth(motion->elapsed / motion->rise_seconds);
      for (joint = 0; joint < GS_JOINTS; joint++)
        motion->targets[joint] = blend(motion->origin[joint], neutral[joint], weight);
      if (motion->elapsed >= motion->rise_seconds - ALMOST) enter(motion, GS_STATE_STANDING, now);
      break;
    }
    case GS_STATE_WALKING:
      walk(motion, neutral, motion->ramp_in > 0 ? smooth(motion->elapsed / motion->ramp_in) : 1);
      break;
    case GS_STATE_RAMPING_OUT: {
      /* Stopped during the ramp-in, the gait had been blended in only so far: it leaves from there. */
      const gs_real left = 1 - (motion->ramp_out > 0 ? smooth(motion->elapsed / motion->ramp_out) : 1);
      walk(motion, neutral, motion->blended_in * left);
      if (motion->elapsed >= motion->ramp_out - ALMOST) enter(motion, GS_STATE_STANDING, now);
      break;
    }
    default:
      memcpy(motion->targets, neutral, sizeof motion->targets);
      break;
  }
  motion->robot->set_targets(motion->robot->user, motion->targets);
}
