/* A robot without a body, for tests: its clock is turned by hand, its joints are where they are told to be. */
#ifndef TEST_ROBOT_H
#define TEST_ROBOT_H

#include "gaitsmith.h"

enum { TEST_CHANNELS = 18, TEST_LIMITS = 3, TEST_PERIOD_US = 10000, TEST_OUT = 1 << 16 };

typedef struct {
  gs_robot robot;
  gs_session session;
  uint64_t now, wall;
  float values[TEST_CHANNELS]; /* 8 motor positions, 8 velocities, tilt, battery voltage */
  gs_real targets[GS_JOINTS];
  gs_drive drive;
  bool refuses_to_arm, latch;
  bool has_memory; /* for a parameter set; what is in it stays over a start */
  uint8_t kept[GS_STORED_LENGTH];
  size_t kept_length;
  size_t room; /* bytes that the hardware takes before the next gs_session_tick */
  uint8_t out[TEST_OUT];
  size_t out_length;
  unsigned placed;
} test_robot;

/* Starts it, or starts it anew: clock, the persistent latch and the kept parameters stay. Returns what gs_session_init does. */
const char *test_robot_start(test_robot *test, gs_clock clock, uint32_t boot_id);
/* Moves the clock by `us` and does one control period. */
void test_robot_tick(test_robot *test, uint64_t us);

#endif
