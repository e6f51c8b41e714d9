#include "test_robot.h"

#include <math.h>
#include <string.h>

static const char *const JOINTS[GS_JOINTS] = {"FR_hip", "FR_knee", "FL_hip", "FL_knee",
                                              "RR_hip", "RR_knee", "RL_hip", "RL_knee"};

#define POSITION(joint) {"motor." joint ".position", "rad", GS_SOURCE_MEASURED, joint, 0, 0.0001f}
#define VELOCITY(joint) {"motor." joint ".velocity", "rad/s", GS_SOURCE_MEASURED, joint, 1, 0}

static const gs_channel CHANNELS[TEST_CHANNELS] = {
    POSITION("FR_hip"), POSITION("FR_knee"), POSITION("FL_hip"), POSITION("FL_knee"),
    POSITION("RR_hip"), POSITION("RR_knee"), POSITION("RL_hip"), POSITION("RL_knee"),
    VELOCITY("FR_hip"), VELOCITY("FR_knee"), VELOCITY("FL_hip"), VELOCITY("FL_knee"),
    VELOCITY("RR_hip"), VELOCITY("RR_knee"), VELOCITY("RL_hip"), VELOCITY("RL_knee"),
    {"imu.roll", "rad", GS_SOURCE_MEASURED, "", 2, 0},
    {"battery.voltage", "V", GS_SOURCE_MEASURED, "", 3, 0.01f},
};

static const gs_hard_limit LIMITS[TEST_LIMITS] = {
    {"tilt", "", "rad", 16, -1, 1, GS_ACTION_CUT, 0},
    {"motor-speed", "FR_hip", "rad/s", 8, -20, 20, GS_ACTION_SETTLE, 3},
    {"battery-voltage", "", "V", 17, 9.6, INFINITY, GS_ACTION_SETTLE, 1},
};

static size_t take(void *user, const uint8_t *bytes, size_t length) {
  test_robot *const test = user;
  size_t taken = length < test->room ? length : test->room;
  if (taken > TEST_OUT - test->out_length) taken = TEST_OUT - test->out_length;
  memcpy(test->out + test->out_length, bytes, taken);
  test->out_length += taken;
  test->room -= taken;
  return taken;
}

static uint64_t now_us(void *user) { return ((test_robot *)user)->now; }
static uint64_t wall_us(void *user) { return ((test_robot *)user)->wall; }

static void read_channels(void *user, float *values) {
  const test_robot *const test = user;
  memcpy(values, test->values, sizeof test->values);
}

static void read_joints(void *user, gs_real *angles) {
  const test_robot *const test = user;
  for (int joint = 0; joint < GS_JOINTS; joint++) angles[joint] = (gs_real)test->values[joint];
}

static void set_targets(void *user, const gs_real *targets) {
  test_robot *const test = user;
  memcpy(test->targets, targets, sizeof test->targets);
  for (int joint = 0; joint < GS_JOINTS; joint++) test->values[joint] = (float)targets[joint];
}

static void set_drive(void *user, gs_drive mode) { ((test_robot *)user)->drive = mode; }

static bool can_arm(void *user, char *reason, size_t size) {
  const test_robot *const test = user;
  if (!test->refuses_to_arm) return true;
  strncpy(reason, "its stop button is pressed", size - 1);
  reason[size - 1] = 0;
  return false;
}

static bool load_latch(void *user) { return ((test_robot *)user)->latch; }
static void save_latch(void *user, bool latched) { ((test_robot *)user)->latch = latched; }

static bool store_parameters(void *user, const uint8_t *bytes, size_t length) {
  test_robot *const test = user;
  memcpy(test->kept, bytes, length);
  test->kept_length = length;
  return true;
}

static size_t load_parameters(void *user, uint8_t *bytes, size_t size) {
  const test_robot *const test = user;
  const size_t length = test->kept_length < size ? test->kept_length : size;
  memcpy(bytes, test->kept, length);
  return length;
}

static bool advance(void *user) {
  ((test_robot *)user)->now += TEST_PERIOD_US;
  return true;
}

static bool place(void *user, uint32_t seed, uint32_t suggestion, gs_string carry_over, char *reason, size_t size) {
  (void)seed, (void)carry_over, (void)size;
  if (suggestion == UINT32_MAX) {
    reason[0] = '?';
    reason[1] = 0;
    return false;
  }
  ((test_robot *)user)->placed++;
  return true;
}

static const char *carry_over(void *user) {
  (void)user;
  return "{\"charge\":1}";
}

const char *test_robot_start(test_robot *test, gs_clock clock, uint32_t boot_id) {
  static const gs_body body = {0.085, 0.085, -1.6, 1.6, -2.6, 0.05, 0.138, 4};
  gs_robot *const robot = &test->robot;
  memset(robot, 0, sizeof *robot);
  memset(test->values, 0, sizeof test->values);
  test->values[17] = 12;
  test->room = TEST_OUT;
  robot->id = "test-quadruped";
  robot->firmware = "test 1.0";
  robot->boot_id = boot_id;
  robot->secret = boot_id * UINT32_C(2654435761) + 12345u;
  robot->reset = GS_RESET_POWER_ON;
  robot->clock = clock;
  robot->control_rate = 1e6 / TEST_PERIOD_US;
  robot->telemetry_rate = 50;
  robot->body = body;
  robot->joints = JOINTS;
  robot->channels = CHANNELS;
  robot->channel_count = TEST_CHANNELS;
  robot->limits = LIMITS;
  robot->limit_count = TEST_LIMITS;
  robot->user = test;
  robot->write = take;
  robot->now_us = now_us;
  robot->read_channels = read_channels;
  robot->read_joints = read_joints;
  robot->set_targets = set_targets;
  robot->set_drive = set_drive;
  robot->can_arm = can_arm;
  robot->load_latch = load_latch;
  robot->save_latch = save_latch;
  if (test->has_memory) {
    robot->store_parameters = store_parameters;
    robot->load_parameters = load_parameters;
  }
  if (clock == GS_CLOCK_LOCKSTEP) {
    robot->advance = advance;
    robot->place = place;
    robot->carry_over = carry_over;
    robot->wall_us = wall_us;
  }
  return gs_session_init(&test->session, robot);
}

void test_robot_tick(test_robot *test, uint64_t us) {
  test->now += us;
  gs_session_tick(&test->session);
}
