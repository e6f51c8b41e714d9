/* The functions of math.h in the precision of gs_real, and what rounding may cost in it. Not for users of the library. */
#ifndef GS_MATH_H
#define GS_MATH_H

#include <math.h>

#include "gs_gait.h"

#ifdef GS_REAL_FLOAT
#define GS_MATH(function) function##f
/** Angles this far beyond a joint's range, or feet this far out of reach, are rounding. */
#define GS_TOLERANCE 1e-6f
/** Part of an integration step by which a control period may be longer than a whole number of them. */
#define GS_STEP_TOLERANCE 1e-5f
#else
#define GS_MATH(function) function
#define GS_TOLERANCE 1e-9
#define GS_STEP_TOLERANCE 1e-9
#endif

#define GS_REAL(literal) ((gs_real)(literal))
#define GS_PI GS_REAL(3.14159265358979323846)
#define GS_TURN (2 * GS_PI)

/** The control period that is walked: `dt` within [0, 1] s, 0 when it is not a number. */
static inline gs_real gs_control_period(gs_real dt) {
  if (!(dt > 0)) return 0;
  return dt < 1 ? dt : 1;
}

#endif
