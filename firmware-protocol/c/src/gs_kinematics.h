/*
 * A planar two-link leg that hangs from its hip. x points forward and z up, both from the hip:
 *
 *     foot = -thigh (sin h, cos h) - shank (sin(h + k), cos(h + k))
 */
#ifndef GS_KINEMATICS_H
#define GS_KINEMATICS_H

#include "gs_gait.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where the foot is, m, for joint angles, rad. */
void gs_forward_kinematics(gs_real thigh, gs_real shank, gs_real hip, gs_real knee, gs_real *x, gs_real *z);

/**
 * Joint angles, rad, that put the foot at (x, z), m, with the knee folded (k <= 0). A point out of reach is answered with
 * the nearest the leg can do in that direction.
 *
 * Returns how far the point is out of reach, m; 0 within reach.
 */
gs_real gs_inverse_kinematics(gs_real thigh, gs_real shank, gs_real x, gs_real z, gs_real *hip, gs_real *knee);

#ifdef __cplusplus
}
#endif

#endif
