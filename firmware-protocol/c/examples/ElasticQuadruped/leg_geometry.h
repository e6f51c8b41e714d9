/* The body as its legs carry it; what gs_body says and what it does not. Angles and order of legs are those of gs_gait.h. */
#ifndef LEG_GEOMETRY_H
#define LEG_GEOMETRY_H

#include <gaitsmith.h>

typedef struct {
  gs_body body;       /* its shank ends in the middle of the round foot */
  float hip_x, hip_y; /* hips from the trunk's centre, m: both above 0 */
  float foot_radius;  /* m */
  float stiffness;    /* of the spring of a joint, N m/rad */
} leg_geometry;

#endif
