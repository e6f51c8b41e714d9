#include "gs_kinematics.h"

#include "gs_math.h"

void gs_forward_kinematics(gs_real thigh, gs_real shank, gs_real hip, gs_real knee, gs_real *x, gs_real *z) {
  *x = -thigh * GS_MATH(sin)(hip) - shank * GS_MATH(sin)(hip + knee);
  *z = -thigh * GS_MATH(cos)(hip) - shank * GS_MATH(cos)(hip + knee);
}

gs_real gs_inverse_kinematics(gs_real thigh, gs_real shank, gs_real x, gs_real z, gs_real *hip, gs_real *knee) {
  gs_real distance = GS_MATH(hypot)(x, z);
  gs_real cosine = (distance * distance - thigh * thigh - shank * shank) / (2 * thigh * shank);
  if (cosine > 1) cosine = 1;
  if (cosine < -1) cosine = -1;
  *knee = -GS_MATH(acos)(cosine);
  *hip = GS_MATH(atan2)(-x, -z) -
         GS_MATH(atan2)(shank * GS_MATH(sin)(*knee), thigh + shank * GS_MATH(cos)(*knee));

  gs_real too_far = distance - (thigh + shank);
  gs_real too_near = GS_MATH(fabs)(thigh - shank) - distance;
  gs_real excess = too_near > too_far ? too_near : too_far;
  /* Written so that NaN stays NaN. */
  return excess < 0 ? 0 : excess;
}

void gs_neutral_stance(const gs_body *body, gs_real *targets) {
  gs_real hip, knee;
  gs_inverse_kinematics(body->thigh, body->shank, 0, -body->stance_height, &hip, &knee);
  for (int leg = 0; leg < GS_LEGS; leg++) {
    targets[2 * leg] = hip;
    targets[2 * leg + 1] = knee;
  }
}
