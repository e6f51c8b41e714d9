#include "springs.h"

#include <math.h>

/*
 * Force at which a foot touches and at which it lets go, N. Standing on four legs each bears 8 N; a leg that swings
 * quickly bends its springs as 3 N would.
 */
#define TOUCH 4.0f
#define LET_GO 2.0f
/* A knee that is bent less than this tells nothing of the force on its foot. */
#define STRAIGHT 0.1f

void spring_torques(const leg_geometry *geometry, const float *motor, const float *link, float *torques) {
  int joint;
  for (joint = 0; joint < GS_JOINTS; joint++) torques[joint] = geometry->stiffness * (motor[joint] - link[joint]);
}

/* Virtual work: torque . d(angle) + force . d(foot) = 0 for each small motion of hip and knee, solved for the force. */
float foot_force(const leg_geometry *geometry, const float *link, const float *torques) {
  const float thigh = (float)geometry->body.thigh, shank = (float)geometry->body.shank;
  const float hip = link[0], knee = link[1];
  const float along_knee = -shank * cosf(hip + knee);              /* d(x of the foot) / d(knee) */
  const float along_hip = along_knee - thigh * cosf(hip);          /* d(x of the foot) / d(hip) */
  if (fabsf(sinf(knee)) < STRAIGHT) return 0;
  return (along_knee * torques[0] - along_hip * torques[1]) / (-thigh * shank * sinf(knee));
}

void find_contacts(const leg_geometry *geometry, const float *link, const float *torques, float *contacts) {
  int leg;
  for (leg = 0; leg < GS_LEGS; leg++) {
    const float force = foot_force(geometry, link + 2 * leg, torques + 2 * leg);
    const float needed = contacts[leg] > 0 ? LET_GO : TOUCH;
    contacts[leg] = force != force ? NAN : force > needed ? 1.0f : 0.0f;
  }
}
