/* The springs as force sensors: what the joints bear, and which feet press on the ground. */
#ifndef SPRINGS_H
#define SPRINGS_H

#include "leg_geometry.h"

/* From the angles on both sides of the springs, rad, the torques with which the motors drive the legs, N m. */
void spring_torques(const leg_geometry *geometry, const float *motor, const float *link, float *torques);

/*
 * Upward force of the ground on the foot of one leg, along the trunk's vertical, N: what balances the torques of its hip
 * and knee. The mass of the leg is neglected. A straight leg bears load without its springs: 0.
 */
float foot_force(const leg_geometry *geometry, const float *link, const float *torques);

/*
 * Whether the feet press, 1 or 0; NAN where an angle is not known. They let go at a smaller force than they touch at.
 *
 * @param contacts as they were before, GS_LEGS of them; overwritten
 */
void find_contacts(const leg_geometry *geometry, const float *link, const float *torques, float *contacts);

#endif
