#include "odometry.h"

#include <math.h>
#include <string.h>

void odometry_zero(odometry *path) {
  path->x = path->y = path->trunk_x = path->trunk_y = 0;
  memset(path->stood, 0, sizeof path->stood);
}

typedef struct {
  float x, y, z; /* from the trunk's centre along the ground's axes, m */
} position;

static position foot_position(const leg_geometry *geometry, int leg, const float *link, float roll, float pitch,
                              float yaw) {
  const bool front = leg < 2, left = leg % 2 == 1;
  gs_real forward, up;
  float x, y, z, level_x, level_y, level_z;
  position foot;
  gs_forward_kinematics(geometry->body.thigh, geometry->body.shank, (gs_real)link[0], (gs_real)link[1], &forward, &up);
  x = (front ? geometry->hip_x : -geometry->hip_x) + (float)forward;
  y = left ? geometry->hip_y : -geometry->hip_y;
  z = (float)up;
  /* Roll about x, pitch about y, yaw about z. */
  level_y = y * cosf(roll) - z * sinf(roll);
  z = y * sinf(roll) + z * cosf(roll);
  level_x = x * cosf(pitch) + z * sinf(pitch);
  level_z = -x * sinf(pitch) + z * cosf(pitch);
  foot.x = level_x * cosf(yaw) - level_y * sinf(yaw);
  foot.y = level_x * sinf(yaw) + level_y * cosf(yaw);
  foot.z = level_z;
  return foot;
}

void odometry_update(odometry *path, const leg_geometry *geometry, const float *link, const float *contacts,
                     float roll, float pitch, float yaw) {
  float dx = 0, dy = 0, depth = 0, deepest = NAN;
  int leg, moving = 0, standing = 0;
  for (leg = 0; leg < GS_LEGS; leg++) {
    const position foot = foot_position(geometry, leg, link + 2 * leg, roll, pitch, yaw);
    const float shank = link[2 * leg] + link[2 * leg + 1] + pitch;
    const bool known = foot.x + foot.y + foot.z == foot.x + foot.y + foot.z;
    const bool stands = known && contacts[leg] > 0;
    if (known && !(-foot.z <= deepest)) deepest = -foot.z;
    if (stands) {
      depth -= foot.z;
      standing++;
    }
    if (stands && path->stood[leg]) {
      /* A sphere that turns forward by an angle rolls forward by radius times angle. */
      const float rolled = geometry->foot_radius * (shank - path->shank[leg]);
      dx += rolled * cosf(yaw) - (foot.x - path->foot_x[leg]);
      dy += rolled * sinf(yaw) - (foot.y - path->foot_y[leg]);
      moving++;
    }
    path->foot_x[leg] = foot.x;
    path->foot_y[leg] = foot.y;
    path->shank[leg] = shank;
    path->stood[leg] = stands;
  }
  if (moving > 0) {
    path->trunk_x += dx / (float)moving;
    path->trunk_y += dy / (float)moving;
  }
  path->height = (standing > 0 ? depth / (float)standing : deepest) + geometry->foot_radius;
  /* `deepest` is NaN exactly when no foot is known: then nor is where it has been meanwhile. */
  path->x = deepest == deepest ? path->trunk_x : NAN;
  path->y = deepest == deepest ? path->trunk_y : NAN;
}
