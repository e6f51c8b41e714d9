/*
 * What stands for the hardware when the library runs as a program: fixed records on two pipes to the process that has the
 * simulated body. Both ends are on one machine, so numbers stand as it has them.
 */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "gaitsmith.h"

/* Descriptors that the parent has opened. */
enum { FROM_BODY = 3, TO_BODY = 4 };

/* Kinds of records from the body. */
enum {
  BODY_SENSES = 1,  /* one control period is over */
  BODY_PLACED = 2,  /* answers ASK_PLACE; `text` says why not, or is empty */
  BODY_CARRIED = 3, /* answers ASK_CARRY_OVER; JSON in `text` */
  BODY_RESET = 4    /* the supply broke down or somebody reset the computer; `text` says which */
};

/* Flags of records from the body. */
enum {
  BODY_SILENT = 1u,  /* telemetry is not to be sent */
  BODY_BUTTON = 2u,  /* the stop button is pressed */
  BODY_HOT = 4u,     /* a motor has cut out because it was hot */
  BODY_EMPTY = 8u,   /* the battery is empty */
  BODY_BROWN_OUT = 16u /* with BODY_RESET: it was the supply */
};

/* Kinds of records to the body. */
enum {
  ASK_DRIVE = 1, /* drive mode and targets from now on; answers BODY_SENSES in real time */
  ASK_STEP = 2,  /* the same, and let one control period pass; lockstep only */
  ASK_PLACE = 3,
  ASK_CARRY_OVER = 4,
  TELL_ACTIVE = 5 /* not a request: another parameter set is active; hash, gait in `text`, values in `numbers` */
};

#define BODY_TEXT 496

typedef struct {
  uint32_t kind, tick, flags, reserved;
  uint64_t time_us;
  double joints[GS_JOINTS]; /* as the motors hold them, rad */
  float channels[116];
  char text[BODY_TEXT];
} from_body;

typedef struct {
  uint32_t kind, tick, drive, seed, suggestion, hash;
  double numbers[GS_MAX_GAIT_PARAMETERS]; /* targets, rad */
  char text[BODY_TEXT];
} to_body;

/* Reads one whole record; ends the program when the other side is gone. */
void body_read(from_body *record);
/* Writes one whole record; ends the program when the other side is gone. */
void body_write(const to_body *record);

#endif
