#include "gs_gait.h"

#include <string.h>

static const gs_gait *const gaits[] = {
    &gs_foot_cpg[0], &gs_foot_cpg[1], &gs_foot_cpg[2], &gs_foot_cpg[3], &gs_foot_cpg[4], &gs_joint_oscillators,
};

uint8_t gs_gait_count(void) { return (uint8_t)(sizeof gaits / sizeof gaits[0]); }

const gs_gait *gs_gait_at(uint8_t index) { return index < gs_gait_count() ? gaits[index] : NULL; }

const gs_gait *gs_gait_find(const char *name, size_t length) {
  for (uint8_t index = 0; index < gs_gait_count(); index++)
    if (strlen(gaits[index]->name) == length && memcmp(gaits[index]->name, name, length) == 0) return gaits[index];
  return NULL;
}
