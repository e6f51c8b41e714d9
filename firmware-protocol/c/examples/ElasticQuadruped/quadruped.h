/*
 * An elastic quadruped with eight motors, in portable C: what it reports, what its limits are, and when it must stop by
 * itself. It knows no board; ElasticQuadruped.ino connects it to one. What it makes of its sensors is in springs.c,
 * attitude.c, odometry.c, joint_speeds.c and thermistor.c.
 *
 * Joints are in the order FR, FL, RR, RL, hip and knee each. A hip is 0 when the thigh hangs straight down and positive
 * backward, a knee is 0 when the leg is straight and negative when it is folded, relative to the thigh.
 */
#ifndef QUADRUPED_H
#define QUADRUPED_H

#include <gaitsmith.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the sensors say; NAN where one does not answer. */
typedef struct {
  float motor[GS_JOINTS];      /* angle on the motor's side of the spring, rad */
  float link[GS_JOINTS];       /* angle of the leg itself, beyond the spring, rad */
  float thermistor[GS_JOINTS]; /* at the motors: share of the converter's reference, 0 to 1 */
  float acceleration[3];       /* x forward, y left, z up, m/s^2 */
  float turning[3];            /* about the same axes, rad/s */
  float voltage;               /* of the battery, V */
  bool button;                 /* the stop button on its back is pressed */
} quadruped_sensors;

/* What a board can do. None of these may wait. */
typedef struct {
  size_t (*write)(const uint8_t *bytes, size_t length); /* returns how many were taken */
  uint32_t (*micros)(void);                             /* may wrap */
  void (*read)(quadruped_sensors *sensors);
  void (*power)(gs_drive mode);
  void (*move)(int joint, float angle); /* rad, on the motor's side */
} quadruped_board;

enum { QUADRUPED_RATE = 100 }; /* calls of quadruped_tick per second */

/*
 * @param boot_id another one after every reset
 * @param secret drawn at random at every reset
 * @return NULL, or what is wrong with the description
 */
const char *quadruped_begin(const quadruped_board *board, uint32_t boot_id, uint32_t secret, gs_reset reset,
                            uint32_t baud);
/* Bytes from the host; a stop among them has been carried out when this returns. */
void quadruped_receive(const uint8_t *bytes, size_t length);
/* One control period. */
void quadruped_tick(void);

#ifdef __cplusplus
}
#endif

#endif
