/*
 * How the trunk lies, from its inertial sensor: x forward, y left, z up; turned by yaw, then pitch (nose down is positive),
 * then roll.
 */
#ifndef ATTITUDE_H
#define ATTITUDE_H

#include <stdbool.h>

typedef struct {
  float roll, pitch, yaw; /* rad; NAN while the sensor does not answer */
  float turning[3];       /* rad/s, without the gyroscope's bias */
  bool calibrated;        /* the bias is known */
  /* Of attitude.c. */
  float heading, bias[3], mean[3];
  unsigned still;
} attitude;

void attitude_reset(attitude *trunk);
/* The way it heads now is yaw 0. */
void attitude_zero_yaw(attitude *trunk);
/*
 * @param acceleration m/s^2, upward when it lies still
 * @param turning rad/s
 * @param resting the motors have no power: when it lies still, the gyroscope's bias is learnt
 * @param dt since the last sample, s
 */
void attitude_update(attitude *trunk, const float acceleration[3], const float turning[3], bool resting, float dt);

#endif
