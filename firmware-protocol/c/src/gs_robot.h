/*
 * What the library must be told about a robot, and the functions through which it reaches the hardware. A program fills
 * one `gs_robot` and keeps it, and all that it points to, for as long as the session lives. Texts are UTF-8.
 */
#ifndef GS_ROBOT_H
#define GS_ROBOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gs_gait.h"
#include "gs_messages.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most channels of telemetry: what one frame holds as f32. */
#ifndef GS_MAX_CHANNELS
#define GS_MAX_CHANNELS 115
#endif
/* Most hard limits. */
#ifndef GS_MAX_LIMITS
#define GS_MAX_LIMITS 32
#endif

/* Longest record of a parameter set that is to outlive the power. */
enum { GS_STORED_LENGTH = 320 };

/* A number that the robot reports, in the order of `read_channels`. */
typedef struct {
  const char *name; /* as the README lists them, e.g. "motor.fr_hip.position" */
  const char *unit; /* SI, "" for a ratio or a flag */
  gs_source source; /* a commanded value is a wish; it is never scored */
  const char *joint; /* the joint it belongs to, or "" */
  uint8_t group;     /* 0 to 31, chosen by `subscribe` */
  float resolution;  /* step of 16-bit samples, in the unit; 0 sends an f32 */
} gs_channel;

/* A bound that holds whenever the motors have power, whatever the host says. */
typedef struct {
  const char *name;  /* e.g. "joint-position" */
  const char *joint; /* or "" */
  const char *unit;
  uint16_t channel; /* index of the channel that must stay within */
  gs_real low, high; /* -INFINITY, INFINITY for an open end */
  gs_action action;
  uint8_t debounce; /* control periods in a row that count as crossing; 0 and 1: at once */
} gs_hard_limit;

/* What the drives do. Off: no torque. Damp: the joints yield slowly. Follow: position loop on the targets. */
typedef enum { GS_DRIVE_OFF, GS_DRIVE_DAMP, GS_DRIVE_FOLLOW } gs_drive;

/*
 * Every function gets `user`. None may wait for anything, none may call the session, except that those of simulated
 * robots may compute. A reason is terminated text; what does not fit `size` is cut.
 */
typedef struct {
  const char *id; /* the robot's name in its hardware config */
  const char *firmware; /* name and version of the program */
  uint32_t boot_id; /* differs after every reset */
  uint32_t secret;  /* drawn at random at every reset; keeps old keepalives from counting */
  uint32_t last_epoch; /* of the last lease before this reset where that is known, or random; else 0 */
  gs_reset reset;
  gs_clock clock;

  gs_real control_rate;   /* calls of gs_session_tick per second, Hz */
  gs_real telemetry_rate; /* until somebody subscribes, Hz; must divide the control rate */
  uint32_t baud;          /* of the line, so that no host asks for more telemetry than it carries; 0: no UART */
  gs_real settle_after;   /* silence of the host after which the robot damps, s; 0: 0.3 */
  gs_real cut_after;      /* silence after which torque is off, s; 0: 0.8 */
  gs_real late_after;     /* a control period this long settles the robot, s; 0: 0.2 */

  gs_body body;
  const char *const *joints; /* GS_JOINTS names, in the order of the targets */
  const gs_channel *channels;
  uint16_t channel_count;
  const gs_hard_limit *limits;
  uint8_t limit_count;
  const gs_gait *const *gaits; /* those it runs; NULL: all of the library */
  uint8_t gait_count;

  void *user;
  /* Takes up to `length` bytes for the host, as many as fit without waiting. Returns how many. */
  size_t (*write)(void *user, const uint8_t *bytes, size_t length);
  /* A clock that never goes back, us. */
  uint64_t (*now_us)(void *user);
  /* Fills `channel_count` values; NaN where one is not to be trusted. */
  void (*read_channels)(void *user, float *values);
  /* GS_JOINTS joint angles as the motors hold them, rad, in the order and frame of the targets; NaN: not known. */
  void (*read_joints)(void *user, gs_real *angles);
  /* GS_JOINTS targets, rad. */
  void (*set_targets)(void *user, const gs_real *targets);
  void (*set_drive)(void *user, gs_drive mode);

  /* From here on each may be NULL. */

  /* Whether the motors may get power now; when not, the reason. */
  bool (*can_arm)(void *user, char *reason, size_t size);
  /* Keep the e-stop's latch where a power cycle does not clear it. */
  bool (*load_latch)(void *user);
  void (*save_latch)(void *user, bool latched);
  /*
   * Keep a parameter set where a power cycle does not clear it: `length` opaque bytes, GS_STORED_LENGTH at most. Returns false when
   * it could not be kept. Writing flash may take long: the motors are off by then.
   */
  bool (*store_parameters)(void *user, const uint8_t *bytes, size_t length);
  /* What was kept last. Returns how many bytes, 0 without any; those that are damaged are not taken for a set. */
  size_t (*load_parameters)(void *user, uint8_t *bytes, size_t size);
  /* The range that a gait's parameter may have on this robot; `low` and `high` hold the library's. */
  void (*parameter_range)(void *user, const gs_gait *gait, uint8_t parameter, gs_real *low, gs_real *high);

  /* Simulated robots only. */

  /* Lockstep: moves body and clock by one control period. Returns false while the robot is to be silent. */
  bool (*advance)(void *user);
  /* Puts the robot back on its start line, without power; `carry_over` is JSON or empty. When not: the reason. */
  bool (*place)(void *user, uint32_t seed, uint32_t suggestion, gs_string carry_over, char *reason, size_t size);
  /* What the last walk left behind, JSON; good until the next call. */
  const char *(*carry_over)(void *user);
  /* In lockstep, the clock of the wall, by which a silent host loses its lease, us. */
  uint64_t (*wall_us)(void *user);
} gs_robot;

#ifdef __cplusplus
}
#endif

#endif
