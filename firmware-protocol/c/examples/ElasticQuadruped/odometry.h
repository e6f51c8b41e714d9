/*
 * Where the trunk is, from the legs that stand: feet that press on the ground stay where they are, so the trunk moves
 * against them. After Bloesch et al. (RSS 2012), without their filter: the mean over the feet in contact. A foot is a
 * sphere and rolls as its shank turns. What a foot slides is taken for walking.
 */
#ifndef ODOMETRY_H
#define ODOMETRY_H

#include "leg_geometry.h"

typedef struct {
  /* From where it was zeroed, along the ground at yaw 0, m; NAN while the attitude is not known. */
  float x, y;
  /*
   * Of the trunk's centre above the ground, m: over the feet in contact. While none is (in flight, or held in the air), above
   * the lowest foot, which is the least that it can be.
   */
  float height;
  /* Of odometry.c: where the trunk is, and each foot from it, along the ground's axes. */
  float trunk_x, trunk_y;
  float foot_x[GS_LEGS], foot_y[GS_LEGS], shank[GS_LEGS];
  bool stood[GS_LEGS];
} odometry;

/* Where it is now is the start line. */
void odometry_zero(odometry *path);
/*
 * @param link angles behind the springs, rad
 * @param contacts above 0 where a foot presses
 */
void odometry_update(odometry *path, const leg_geometry *geometry, const float *link, const float *contacts,
                     float roll, float pitch, float yaw);

#endif
