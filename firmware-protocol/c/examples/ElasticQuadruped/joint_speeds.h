/* Speeds from angles that are sampled at equal intervals. */
#ifndef JOINT_SPEEDS_H
#define JOINT_SPEEDS_H

#include <gaitsmith.h>

typedef struct {
  float angle[GS_JOINTS]; /* the latest, rad */
  float speed[GS_JOINTS]; /* rad/s; NAN until two angles in a row were known */
} joint_speeds;

void joint_speeds_reset(joint_speeds *speeds);
/*
 * @param angles rad, NAN where one is not known
 * @param dt since the last sample, s
 */
void joint_speeds_update(joint_speeds *speeds, const float *angles, float dt);

#endif
