/* Limits that the firmware enforces by itself: built in, narrowed by the host, watched in every control period. */
#ifndef GS_HARD_LIMITS_H
#define GS_HARD_LIMITS_H

#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A limited channel that is NaN for this many control periods counts as crossed. */
#ifndef GS_BLIND_PERIODS
#define GS_BLIND_PERIODS 10
#endif

typedef struct {
  gs_real low[GS_MAX_LIMITS], high[GS_MAX_LIMITS]; /* as narrowed */
  uint8_t streak[GS_MAX_LIMITS];                   /* control periods in a row beyond */
} gs_hard_limits;

void gs_hard_limits_init(gs_hard_limits *limits, const gs_robot *robot);
/* Returns false when that would be wider than what is built in, or empty, and nothing has changed. */
bool gs_hard_limits_narrow(gs_hard_limits *limits, const gs_robot *robot, uint8_t index, double low, double high);
/* Forgets what was crossed before the motors had power. */
void gs_hard_limits_begin(gs_hard_limits *limits);
/* Whether `values` are beyond this limit, or NaN. */
bool gs_hard_limits_beyond(const gs_hard_limits *limits, const gs_robot *robot, uint8_t index, const float *values);
/* Looks at one sample of all channels. Returns the limit that is crossed, the one that cuts first, or -1. */
int gs_hard_limits_watch(gs_hard_limits *limits, const gs_robot *robot, const float *values);

#ifdef __cplusplus
}
#endif

#endif
