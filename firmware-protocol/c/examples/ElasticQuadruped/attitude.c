#include "attitude.h"

#include <math.h>
#include <string.h>

/* The gyroscope for what is quick, gravity for what lasts: a complementary filter with this time constant, s. */
#define GRAVITY_TIME 0.5f
/*
 * Bias of the gyroscope: the mean (time constant) of what it says while it stays this close to that mean for so long. What
 * exceeds the largest bias of an MPU-6050 is somebody turning the robot.
 */
#define BIAS_TIME 0.3f      /* s */
#define STILLNESS 0.03f     /* rad/s */
#define STILL_FOR 1.0f      /* s */
#define LARGEST_BIAS 0.35f  /* rad/s */
#define PI 3.14159265f

void attitude_reset(attitude *trunk) {
  memset(trunk, 0, sizeof *trunk);
  trunk->roll = trunk->pitch = trunk->yaw = NAN;
}

void attitude_zero_yaw(attitude *trunk) {
  trunk->heading = 0;
  if (trunk->yaw == trunk->yaw) trunk->yaw = 0;
}

static void learn_bias(attitude *trunk, const float turning[3], float dt) {
  bool still = true;
  int axis;
  for (axis = 0; axis < 3; axis++) {
    const float change = turning[axis] - trunk->mean[axis];
    if (!(fabsf(change) < STILLNESS && fabsf(trunk->mean[axis]) < LARGEST_BIAS)) still = false;
    if (change == change) trunk->mean[axis] += dt / BIAS_TIME * change;
  }
  trunk->still = still ? trunk->still + 1 : 0;
  if ((float)trunk->still * dt < STILL_FOR) return;
  memcpy(trunk->bias, trunk->mean, sizeof trunk->bias);
  trunk->calibrated = true;
}

void attitude_update(attitude *trunk, const float acceleration[3], const float turning[3], bool resting, float dt) {
  const float *const a = acceleration;
  const float level_roll = atan2f(a[1], a[2]);
  const float level_pitch = atan2f(-a[0], sqrtf(a[1] * a[1] + a[2] * a[2]));
  const float share = dt / (GRAVITY_TIME + dt);
  float turn, upright;
  int axis;
  if (resting) learn_bias(trunk, turning, dt);
  else trunk->still = 0;
  for (axis = 0; axis < 3; axis++) trunk->turning[axis] = turning[axis] - trunk->bias[axis];
  if (trunk->roll == trunk->roll && trunk->pitch == trunk->pitch) {
    const float *const w = trunk->turning;
    /* On its nose, roll and yaw are the same thing: whoever lies so has fallen. */
    upright = fmaxf(cosf(trunk->pitch), 0.1f);
    turn = (w[1] * sinf(trunk->roll) + w[2] * cosf(trunk->roll)) / upright;
    trunk->pitch += (w[1] * cosf(trunk->roll) - w[2] * sinf(trunk->roll)) * dt;
    trunk->roll += (w[0] + turn * sinf(trunk->pitch)) * dt;
    trunk->roll += share * remainderf(level_roll - trunk->roll, 2 * PI);
    trunk->pitch += share * (level_pitch - trunk->pitch);
    trunk->roll = remainderf(trunk->roll, 2 * PI);
  } else {
    trunk->roll = level_roll;
    trunk->pitch = level_pitch;
    turn = trunk->turning[2];
  }
  /* Yaw has no gravity to lean on: it is what the gyroscope has added up, less its bias. */
  if (turn == turn) trunk->heading = remainderf(trunk->heading + turn * dt, 2 * PI);
  trunk->yaw = turn == turn ? trunk->heading : NAN;
}
