#include "quadruped.h"

#include <math.h>
#include <string.h>

/* Change these to what your robot is; its hardware config must say the same. */
#define ROBOT_ID "elastic-quadruped"
#define LOWEST_VOLTAGE 10.2 /* three cells in series, V */
#define ARMING_VOLTAGE 10.8f

static const char *const JOINTS[GS_JOINTS] = {"FR_hip", "FR_knee", "FL_hip", "FL_knee",
                                              "RR_hip", "RR_knee", "RL_hip", "RL_knee"};

/* Groups, which the host may leave out. */
enum { MOTORS, LEGS, BODY, SUPPLY };

/* 16 bits hold a full turn in steps of 0.2 mrad. */
#define MOTOR(joint) {"motor." joint ".position", "rad", GS_SOURCE_MEASURED, joint, MOTORS, 0.0002f}
#define TARGET(joint) {"motor." joint ".target", "rad", GS_SOURCE_COMMANDED, joint, MOTORS, 0.0002f}
#define LEG(joint) {"joint." joint ".position", "rad", GS_SOURCE_MEASURED, joint, LEGS, 0.0002f}
#define SPEED(joint) {"joint." joint ".velocity", "rad/s", GS_SOURCE_MEASURED, joint, LEGS, 0.002f}
#define EVERY_JOINT(CHANNEL)                                                                                 \
  CHANNEL("FR_hip"), CHANNEL("FR_knee"), CHANNEL("FL_hip"), CHANNEL("FL_knee"), CHANNEL("RR_hip"),           \
      CHANNEL("RR_knee"), CHANNEL("RL_hip"), CHANNEL("RL_knee")

static const gs_channel CHANNELS[] = {
    EVERY_JOINT(MOTOR),
    EVERY_JOINT(TARGET),
    EVERY_JOINT(LEG),
    EVERY_JOINT(SPEED),
    {"imu.roll", "rad", GS_SOURCE_MEASURED, "", BODY, 0.0002f},
    {"imu.pitch", "rad", GS_SOURCE_MEASURED, "", BODY, 0.0002f},
    {"imu.angular_velocity.x", "rad/s", GS_SOURCE_MEASURED, "", BODY, 0.002f},
    {"imu.angular_velocity.y", "rad/s", GS_SOURCE_MEASURED, "", BODY, 0.002f},
    {"imu.angular_velocity.z", "rad/s", GS_SOURCE_MEASURED, "", BODY, 0.002f},
    {"battery.voltage", "V", GS_SOURCE_MEASURED, "", SUPPLY, 0.001f},
    {"stop_button", "", GS_SOURCE_MEASURED, "", SUPPLY, 0},
};

/* Index of a kind's first channel. */
enum { MOTOR_0 = 0, TARGET_0 = 8, LEG_0 = 16, SPEED_0 = 24, ROLL = 32, PITCH, TURNING_X, VOLTAGE = 37, BUTTON };

#define TILT 0.8 /* 45 degrees */
/* Beyond what springs and stops allow: an encoder or a leg is broken. */
#define HIP_RANGE(joint, index) {"joint-position", joint, "rad", LEG_0 + index, -1.9, 1.9, GS_ACTION_SETTLE, 2}
#define KNEE_RANGE(joint, index) {"joint-position", joint, "rad", LEG_0 + index, -2.9, 0.4, GS_ACTION_SETTLE, 2}

static const gs_hard_limit LIMITS[] = {
    {"roll", "", "rad", ROLL, -TILT, TILT, GS_ACTION_SETTLE, 2},
    {"pitch", "", "rad", PITCH, -TILT, TILT, GS_ACTION_SETTLE, 2},
    /* A second of it: a landing draws the voltage down for a moment. */
    {"battery-voltage", "", "V", VOLTAGE, LOWEST_VOLTAGE, INFINITY, GS_ACTION_SETTLE, 100},
    HIP_RANGE("FR_hip", 0), KNEE_RANGE("FR_knee", 1), HIP_RANGE("FL_hip", 2), KNEE_RANGE("FL_knee", 3),
    HIP_RANGE("RR_hip", 4), KNEE_RANGE("RR_knee", 5), HIP_RANGE("RL_hip", 6), KNEE_RANGE("RL_knee", 7),
};

static const gs_body LEG_BODY = {0.085, 0.085, -1.6, 1.6, -2.6, 0.05, 0.138, 4};

static const quadruped_board *board;
static gs_robot robot;
static gs_session session;
static quadruped_sensors sensors;
static float targets[GS_JOINTS], speed[GS_JOINTS];
static float roll, pitch;
static bool settled; /* the attitude has been found */

/* micros() wraps after 71 minutes. */
static uint64_t now_us(void *user) {
  static uint32_t last, wraps;
  const uint32_t now = board->micros();
  (void)user;
  if (now < last) wraps++;
  last = now;
  return (uint64_t)wraps << 32 | now;
}

/* The gyroscope for what is quick, gravity for what lasts: a complementary filter with a time constant of 0.5 s. */
static void find_attitude(void) {
  const float dt = 1.0f / QUADRUPED_RATE, share = dt / (0.5f + dt);
  const float *const a = sensors.acceleration;
  const float level_roll = atan2f(a[1], a[2]);
  const float level_pitch = atan2f(-a[0], sqrtf(a[1] * a[1] + a[2] * a[2]));
  roll += sensors.turning[0] * dt;
  pitch += sensors.turning[1] * dt;
  if (!settled || roll != roll || pitch != pitch) {
    roll = level_roll;
    pitch = level_pitch;
    settled = roll == roll && pitch == pitch;
    return;
  }
  roll += share * (level_roll - roll);
  pitch += share * (level_pitch - pitch);
}

static void read_all(void) {
  const quadruped_sensors before = sensors;
  int joint;
  board->read(&sensors);
  for (joint = 0; joint < GS_JOINTS; joint++) {
    /* Difference quotients of an encoder are noisy: smoothed over about three periods. */
    const float raw = (sensors.link[joint] - before.link[joint]) * QUADRUPED_RATE;
    speed[joint] = raw == raw && speed[joint] == speed[joint] ? speed[joint] + 0.3f * (raw - speed[joint]) : raw;
  }
  find_attitude();
}

static size_t write_bytes(void *user, const uint8_t *bytes, size_t length) {
  (void)user;
  return board->write(bytes, length);
}

static void read_channels(void *user, float *values) {
  (void)user;
  memcpy(values + MOTOR_0, sensors.motor, sizeof sensors.motor);
  memcpy(values + TARGET_0, targets, sizeof targets);
  memcpy(values + LEG_0, sensors.link, sizeof sensors.link);
  memcpy(values + SPEED_0, speed, sizeof speed);
  values[ROLL] = roll;
  values[PITCH] = pitch;
  memcpy(values + TURNING_X, sensors.turning, sizeof sensors.turning);
  values[VOLTAGE] = sensors.voltage;
  values[BUTTON] = sensors.button ? 1 : 0;
}

static void read_joints(void *user, gs_real *angles) {
  int joint;
  (void)user;
  for (joint = 0; joint < GS_JOINTS; joint++) angles[joint] = (gs_real)sensors.motor[joint];
}

static void set_targets(void *user, const gs_real *wanted) {
  int joint;
  (void)user;
  for (joint = 0; joint < GS_JOINTS; joint++) {
    targets[joint] = (float)wanted[joint];
    board->move(joint, targets[joint]);
  }
}

static void set_drive(void *user, gs_drive mode) {
  (void)user;
  board->power(mode);
}

static bool can_arm(void *user, char *reason, size_t size) {
  const char *why = NULL;
  (void)user;
  if (sensors.button) why = "its stop button is pressed";
  else if (!(sensors.voltage >= ARMING_VOLTAGE)) why = "the battery is empty";
  else if (!settled) why = "the IMU does not answer";
  if (why == NULL) return true;
  strncpy(reason, why, size - 1);
  reason[size - 1] = 0;
  return false;
}

const char *quadruped_begin(const quadruped_board *with, uint32_t boot_id, uint32_t secret, gs_reset reset,
                            uint32_t baud) {
  board = with;
  memset(&robot, 0, sizeof robot);
  robot.id = ROBOT_ID;
  robot.firmware = "ElasticQuadruped 1.0";
  robot.boot_id = boot_id;
  robot.secret = secret;
  robot.last_epoch = secret;
  robot.reset = reset;
  robot.clock = GS_CLOCK_REALTIME;
  robot.control_rate = QUADRUPED_RATE;
  robot.telemetry_rate = QUADRUPED_RATE;
  robot.baud = baud;
  robot.body = LEG_BODY;
  robot.joints = JOINTS;
  robot.channels = CHANNELS;
  robot.channel_count = sizeof CHANNELS / sizeof *CHANNELS;
  robot.limits = LIMITS;
  robot.limit_count = sizeof LIMITS / sizeof *LIMITS;
  robot.write = write_bytes;
  robot.now_us = now_us;
  robot.read_channels = read_channels;
  robot.read_joints = read_joints;
  robot.set_targets = set_targets;
  robot.set_drive = set_drive;
  robot.can_arm = can_arm;
  memset(speed, 0, sizeof speed);
  settled = false;
  board->power(GS_DRIVE_OFF);
  read_all();
  memcpy(targets, sensors.motor, sizeof targets);
  return gs_session_init(&session, &robot);
}

void quadruped_receive(const uint8_t *bytes, size_t length) {
  gs_session_receive(&session, bytes, length);
}

void quadruped_tick(void) {
  const bool pressed = sensors.button;
  read_all();
  if (sensors.button && !pressed)
    gs_session_latch(&session, GS_LEVEL_CUT, GS_FAULT_BUTTON, "its stop button was pressed");
  gs_session_tick(&session);
}
