#include "gs_hard_limits.h"

#include <string.h>

void gs_hard_limits_init(gs_hard_limits *limits, const gs_robot *robot) {
  uint8_t index;
  memset(limits, 0, sizeof *limits);
  for (index = 0; index < robot->limit_count; index++) {
    limits->low[index] = robot->limits[index].low;
    limits->high[index] = robot->limits[index].high;
  }
}

bool gs_hard_limits_narrow(gs_hard_limits *limits, const gs_robot *robot, uint8_t index, double low, double high) {
  const gs_hard_limit *const limit = &robot->limits[index];
  if (!(low >= limit->low && high <= limit->high && low <= high)) return false;
  limits->low[index] = (gs_real)low;
  limits->high[index] = (gs_real)high;
  return true;
}

void gs_hard_limits_begin(gs_hard_limits *limits) {
  memset(limits->streak, 0, sizeof limits->streak);
}

bool gs_hard_limits_beyond(const gs_hard_limits *limits, const gs_robot *robot, uint8_t index, const float *values) {
  const gs_real value = values[robot->limits[index].channel];
  return !(value >= limits->low[index] && value <= limits->high[index]);
}

int gs_hard_limits_watch(gs_hard_limits *limits, const gs_robot *robot, const float *values) {
  int crossed = -1;
  uint8_t index;
  for (index = 0; index < robot->limit_count; index++) {
    const gs_hard_limit *const limit = &robot->limits[index];
    const float value = values[limit->channel];
    uint8_t needed = limit->debounce > 1 ? limit->debounce : 1;
    if (!gs_hard_limits_beyond(limits, robot, index, values)) {
      limits->streak[index] = 0;
      continue;
    }
    /* One lost reading is no reason to fall down. */
    if (value != value && needed < GS_BLIND_PERIODS) needed = GS_BLIND_PERIODS;
    if (limits->streak[index] < UINT8_MAX) limits->streak[index]++;
    if (limits->streak[index] < needed) continue;
    if (crossed < 0 || (limit->action == GS_ACTION_CUT && robot->limits[crossed].action != GS_ACTION_CUT))
      crossed = index;
  }
  return crossed;
}
