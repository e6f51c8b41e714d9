#include "joint_speeds.h"

#include <math.h>

/*
 * A step of a 12-bit converter is 0.1 rad/s at 100 Hz, so difference quotients are smoothed over about three samples.
 * The speed is then two to three samples late.
 */
#define SHARE_OF_NEW 0.3f

void joint_speeds_reset(joint_speeds *speeds) {
  int joint;
  for (joint = 0; joint < GS_JOINTS; joint++) speeds->angle[joint] = speeds->speed[joint] = NAN;
}

void joint_speeds_update(joint_speeds *speeds, const float *angles, float dt) {
  int joint;
  for (joint = 0; joint < GS_JOINTS; joint++) {
    const float raw = (angles[joint] - speeds->angle[joint]) / dt, before = speeds->speed[joint];
    speeds->speed[joint] = raw == raw && before == before ? before + SHARE_OF_NEW * (raw - before) : raw;
    speeds->angle[joint] = angles[joint];
  }
}
