#include "quadruped.h"

#include <math.h>
#include <string.h>

#include "attitude.h"
#include "joint_speeds.h"
#include "odometry.h"
#include "springs.h"
#include "thermistor.h"

/* Change these to what your robot is. Its hardware config, hardware-configs/teensy-elastic-quadruped.yaml, must say the same. */
#define ROBOT_ID "teensy-elastic-quadruped"
#define LOWEST_VOLTAGE 9.6 /* three cells in series, V */
#define ARMING_VOLTAGE 10.8f

/* To be measured. Lengths in m, angles in rad: thigh, shank, hips' and knees' range, stance height, rad/s of the motors. */
static const leg_geometry GEOMETRY = {
    {0.085, 0.085, -1.6, 1.6, -2.6, 0.05, 0.138, 4}, 0.12f, 0.08f, 0.012f, /* N m/rad: */ 2.75f};

static const char *const JOINTS[GS_JOINTS] = {"FR_hip", "FR_knee", "FL_hip", "FL_knee",
                                              "RR_hip", "RR_knee", "RL_hip", "RL_knee"};

/* Groups, which the host may leave out. */
enum { MOTORS, LEGS, BODY, SUPPLY };

/*
 * Steps of 16-bit samples. The inertial sensor's are no coarser than its own, and angles of the trunk are sent as they are: a
 * robot that stands still must not seem frozen.
 */
#define TARGET(joint) {"motor." joint ".target", "rad", GS_SOURCE_COMMANDED, joint, MOTORS, 0.0002f}
#define MOTOR(joint) {"motor." joint ".position", "rad", GS_SOURCE_MEASURED, joint, MOTORS, 0.0002f}
#define MOTOR_SPEED(joint) {"motor." joint ".velocity", "rad/s", GS_SOURCE_MEASURED, joint, MOTORS, 0.002f}
#define TORQUE(joint) {"motor." joint ".torque", "N·m", GS_SOURCE_MEASURED, joint, MOTORS, 0.0005f}
#define TEMPERATURE(joint) {"motor." joint ".temperature", "°C", GS_SOURCE_MEASURED, joint, MOTORS, 0.01f}
#define LEG(joint) {"joint." joint ".position", "rad", GS_SOURCE_MEASURED, joint, LEGS, 0.0002f}
#define LEG_SPEED(joint) {"joint." joint ".velocity", "rad/s", GS_SOURCE_MEASURED, joint, LEGS, 0.002f}
#define EVERY_JOINT(CHANNEL)                                                                                 \
  CHANNEL("FR_hip"), CHANNEL("FR_knee"), CHANNEL("FL_hip"), CHANNEL("FL_knee"), CHANNEL("RR_hip"),           \
      CHANNEL("RR_knee"), CHANNEL("RL_hip"), CHANNEL("RL_knee")
#define OTHER(name, unit, group, resolution) {name, unit, GS_SOURCE_MEASURED, "", group, resolution}

static const gs_channel CHANNELS[] = {
    EVERY_JOINT(TARGET),
    EVERY_JOINT(MOTOR),
    EVERY_JOINT(MOTOR_SPEED),
    EVERY_JOINT(TORQUE),
    EVERY_JOINT(TEMPERATURE),
    EVERY_JOINT(LEG),
    EVERY_JOINT(LEG_SPEED),
    OTHER("contact.FR", "", LEGS, 1),
    OTHER("contact.FL", "", LEGS, 1),
    OTHER("contact.RR", "", LEGS, 1),
    OTHER("contact.RL", "", LEGS, 1),
    OTHER("imu.roll", "rad", BODY, 0),
    OTHER("imu.pitch", "rad", BODY, 0),
    OTHER("imu.yaw", "rad", BODY, 0),
    OTHER("imu.angular_velocity.x", "rad/s", BODY, 0.00025f),
    OTHER("imu.angular_velocity.y", "rad/s", BODY, 0.00025f),
    OTHER("imu.angular_velocity.z", "rad/s", BODY, 0.00025f),
    OTHER("trunk.height", "m", BODY, 0),
    OTHER("odometry.x", "m", BODY, 0),
    OTHER("odometry.y", "m", BODY, 0),
    OTHER("odometry.yaw", "rad", BODY, 0),
    OTHER("battery.voltage", "V", SUPPLY, 0.001f),
    OTHER("stop_button", "", SUPPLY, 1),
};

/* Index of a kind's first channel. */
enum {
  TARGET_0 = 0,
  MOTOR_0 = 8,
  MOTOR_SPEED_0 = 16,
  TORQUE_0 = 24,
  TEMPERATURE_0 = 32,
  LEG_0 = 40,
  LEG_SPEED_0 = 48,
  CONTACT_0 = 56,
  ROLL = 60,
  PITCH,
  YAW,
  TURNING_X,
  HEIGHT = 66,
  ODOMETRY_X,
  ODOMETRY_Y,
  ODOMETRY_YAW,
  VOLTAGE,
  BUTTON
};

#define TILT 0.8 /* 45 degrees */
/* Beyond what springs and stops allow: an encoder or a leg is broken. */
#define HIP_RANGE(joint, index) {"joint-position", joint, "rad", LEG_0 + index, -1.9, 1.9, GS_ACTION_SETTLE, 2}
#define KNEE_RANGE(joint, index) {"joint-position", joint, "rad", LEG_0 + index, -2.9, 0.4, GS_ACTION_SETTLE, 2}
/* What the servos stall at, for 0.4 s: longer than a step, shorter than it takes to burn them. */
#define LOAD(joint, index) {"motor-torque", joint, "N·m", TORQUE_0 + index, -4, 4, GS_ACTION_SETTLE, 40}
/* A broken wire counts too: see GS_BLIND_PERIODS. */
#define HEAT(joint, index) \
  {"motor-temperature", joint, "°C", TEMPERATURE_0 + index, -INFINITY, 80, GS_ACTION_SETTLE, 50}
#define EVERY_MOTOR(LIMIT)                                                                             \
  LIMIT("FR_hip", 0), LIMIT("FR_knee", 1), LIMIT("FL_hip", 2), LIMIT("FL_knee", 3), LIMIT("RR_hip", 4), \
      LIMIT("RR_knee", 5), LIMIT("RL_hip", 6), LIMIT("RL_knee", 7)

/* Where the hardware would break: wider than the limits of the config, which end a walk. */
static const gs_hard_limit LIMITS[] = {
    {"roll", "", "rad", ROLL, -TILT, TILT, GS_ACTION_SETTLE, 2},
    {"pitch", "", "rad", PITCH, -TILT, TILT, GS_ACTION_SETTLE, 2},
    /* A second of it: a landing draws the voltage down for a moment. */
    {"battery-voltage", "", "V", VOLTAGE, LOWEST_VOLTAGE, INFINITY, GS_ACTION_SETTLE, 100},
    HIP_RANGE("FR_hip", 0), KNEE_RANGE("FR_knee", 1), HIP_RANGE("FL_hip", 2), KNEE_RANGE("FL_knee", 3),
    HIP_RANGE("RR_hip", 4), KNEE_RANGE("RR_knee", 5), HIP_RANGE("RL_hip", 6), KNEE_RANGE("RL_knee", 7),
    EVERY_MOTOR(LOAD),
    EVERY_MOTOR(HEAT),
};

static const float PERIOD = 1.0f / QUADRUPED_RATE;

static const quadruped_board *board;
static gs_robot robot;
static gs_session session;
static quadruped_sensors sensors;
static gs_drive drive;
static float targets[GS_JOINTS], torques[GS_JOINTS], contacts[GS_LEGS];
static joint_speeds motors, links;
static attitude trunk;
static odometry path;

/* micros() wraps after 71 minutes. */
static uint64_t now_us(void *user) {
  static uint32_t last, wraps;
  const uint32_t now = board->micros();
  (void)user;
  if (now < last) wraps++;
  last = now;
  return (uint64_t)wraps << 32 | now;
}

static void read_all(void) {
  board->read(&sensors);
  joint_speeds_update(&motors, sensors.motor, PERIOD);
  joint_speeds_update(&links, sensors.link, PERIOD);
  spring_torques(&GEOMETRY, sensors.motor, sensors.link, torques);
  find_contacts(&GEOMETRY, sensors.link, torques, contacts);
  attitude_update(&trunk, sensors.acceleration, sensors.turning, drive == GS_DRIVE_OFF, PERIOD);
  odometry_update(&path, &GEOMETRY, sensors.link, contacts, trunk.roll, trunk.pitch, trunk.yaw);
}

static size_t write_bytes(void *user, const uint8_t *bytes, size_t length) {
  (void)user;
  return board->write(bytes, length);
}

static void read_channels(void *user, float *values) {
  int joint;
  (void)user;
  memcpy(values + TARGET_0, targets, sizeof targets);
  memcpy(values + MOTOR_0, sensors.motor, sizeof sensors.motor);
  memcpy(values + MOTOR_SPEED_0, motors.speed, sizeof motors.speed);
  memcpy(values + TORQUE_0, torques, sizeof torques);
  for (joint = 0; joint < GS_JOINTS; joint++)
    values[TEMPERATURE_0 + joint] = thermistor_temperature(sensors.thermistor[joint]);
  memcpy(values + LEG_0, sensors.link, sizeof sensors.link);
  memcpy(values + LEG_SPEED_0, links.speed, sizeof links.speed);
  memcpy(values + CONTACT_0, contacts, sizeof contacts);
  values[ROLL] = trunk.roll;
  values[PITCH] = trunk.pitch;
  values[YAW] = values[ODOMETRY_YAW] = trunk.yaw;
  memcpy(values + TURNING_X, trunk.turning, sizeof trunk.turning);
  values[HEIGHT] = path.height;
  values[ODOMETRY_X] = path.x;
  values[ODOMETRY_Y] = path.y;
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
  if (mode == GS_DRIVE_FOLLOW && drive != GS_DRIVE_FOLLOW) {
    /* Whoever arms it has put it on its start line. */
    attitude_zero_yaw(&trunk);
    odometry_zero(&path);
  }
  drive = mode;
  board->power(mode);
}

static bool can_arm(void *user, char *reason, size_t size) {
  const char *why = NULL;
  (void)user;
  if (sensors.button) why = "its stop button is pressed";
  else if (!(sensors.voltage >= ARMING_VOLTAGE)) why = "the battery is empty";
  else if (!(trunk.roll == trunk.roll && trunk.pitch == trunk.pitch)) why = "the IMU does not answer";
  else if (!trunk.calibrated) why = "it has not lain still for a second, which its gyroscope needs";
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
  robot.firmware = "ElasticQuadruped 2.0";
  robot.boot_id = boot_id;
  robot.secret = secret;
  robot.last_epoch = secret;
  robot.reset = reset;
  robot.clock = GS_CLOCK_REALTIME;
  robot.control_rate = QUADRUPED_RATE;
  robot.telemetry_rate = QUADRUPED_RATE;
  robot.baud = baud;
  robot.body = GEOMETRY.body;
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
  memset(contacts, 0, sizeof contacts);
  joint_speeds_reset(&motors);
  joint_speeds_reset(&links);
  attitude_reset(&trunk);
  odometry_zero(&path);
  drive = GS_DRIVE_OFF;
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
