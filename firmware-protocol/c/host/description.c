/*
 *     robot ID                 firmware NAME           clock lockstep|realtime       reset power-on|software|...
 *     boot ID SECRET EPOCH     rates CONTROL TELEMETRY
 *     dead-man SETTLE CUT      body THIGH SHANK HIP-LOW HIP-HIGH KNEE-LOW KNEE-HIGH STANCE SPEED
 *     joint NAME               (in the order of the targets)
 *     channel NAME UNIT measured|commanded JOINT GROUP RESOLUTION
 *     limit NAME JOINT UNIT CHANNEL-INDEX LOW HIGH settle|cut PERIODS
 *     begin
 *
 * No word is empty or has a blank in it; - stands for an empty one.
 */
#define _POSIX_C_SOURCE 200809L
#include "description.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD 96
#define WORDS 9

static char words[WORDS][WORD];
static char arena[24 * 1024];
static size_t used;
static gs_channel channels[GS_MAX_CHANNELS];
static gs_hard_limit limits[GS_MAX_LIMITS];
static const char *joints[GS_JOINTS];

static void refuse(const char *what) {
  fprintf(stderr, "the robot's description is wrong: %s\n", what);
  exit(2);
}

/* A copy that lives as long as the program. */
static const char *keep(const char *word) {
  const size_t size = strlen(word) + 1;
  char *const copy = arena + used;
  if (strcmp(word, "-") == 0) return "";
  if (used + size > sizeof arena) refuse("too long");
  memcpy(copy, word, size);
  used += size;
  return copy;
}

/* Byte by byte: what follows the last line belongs to somebody else. Returns how many words the line has. */
static int read_line(int descriptor) {
  int count = 0;
  size_t length = 0;
  char byte;
  memset(words, 0, sizeof words);
  while (read(descriptor, &byte, 1) == 1) {
    if (byte != ' ' && byte != '\n') {
      if (count == WORDS || length == WORD - 1) refuse("a line is too long");
      words[count][length++] = byte;
      continue;
    }
    if (length > 0) count++;
    length = 0;
    if (byte == '\n') return count;
  }
  refuse("it ends before `begin`");
  return 0;
}

static double number(int word) {
  char *end;
  const double value = strtod(words[word], &end);
  if (end == words[word] || *end != 0) refuse(words[word]);
  return value;
}

static uint32_t whole(int word) { return (uint32_t)strtoul(words[word], NULL, 10); }

static gs_reset reset_named(const char *name) {
  if (strcmp(name, "power-on") == 0) return GS_RESET_POWER_ON;
  if (strcmp(name, "software") == 0) return GS_RESET_SOFTWARE;
  if (strcmp(name, "watchdog") == 0) return GS_RESET_WATCHDOG;
  if (strcmp(name, "brown-out") == 0) return GS_RESET_BROWN_OUT;
  return GS_RESET_UNKNOWN;
}

static void read_channel(gs_robot *robot) {
  gs_channel *const channel = &channels[robot->channel_count];
  if (robot->channel_count == GS_MAX_CHANNELS) refuse("more channels than a frame holds");
  channel->name = keep(words[1]);
  channel->unit = keep(words[2]);
  channel->source = strcmp(words[3], "commanded") == 0 ? GS_SOURCE_COMMANDED : GS_SOURCE_MEASURED;
  channel->joint = keep(words[4]);
  channel->group = (uint8_t)number(5);
  channel->resolution = (float)number(6);
  robot->channel_count++;
}

static void read_limit(gs_robot *robot) {
  gs_hard_limit *const limit = &limits[robot->limit_count];
  if (robot->limit_count == GS_MAX_LIMITS) refuse("more limits than there is room for");
  limit->name = keep(words[1]);
  limit->joint = keep(words[2]);
  limit->unit = keep(words[3]);
  limit->channel = (uint16_t)number(4);
  limit->low = number(5);
  limit->high = number(6);
  limit->action = strcmp(words[7], "cut") == 0 ? GS_ACTION_CUT : GS_ACTION_SETTLE;
  limit->debounce = (uint8_t)number(8);
  robot->limit_count++;
}

void description_read(int descriptor, gs_robot *robot) {
  int joint = 0;
  memset(robot, 0, sizeof *robot);
  robot->channels = channels;
  robot->limits = limits;
  robot->joints = joints;
  for (;;) {
    const int count = read_line(descriptor);
    const char *const what = words[0];
    if (count == 0) continue;
    if (strcmp(what, "begin") == 0) break;
    if (strcmp(what, "robot") == 0) {
      robot->id = keep(words[1]);
    } else if (strcmp(what, "firmware") == 0) {
      robot->firmware = keep(words[1]);
    } else if (strcmp(what, "clock") == 0) {
      robot->clock = strcmp(words[1], "lockstep") == 0 ? GS_CLOCK_LOCKSTEP : GS_CLOCK_REALTIME;
    } else if (strcmp(what, "reset") == 0) {
      robot->reset = reset_named(words[1]);
    } else if (strcmp(what, "boot") == 0) {
      robot->boot_id = whole(1);
      robot->secret = whole(2);
      robot->last_epoch = whole(3);
    } else if (strcmp(what, "rates") == 0) {
      robot->control_rate = number(1);
      robot->telemetry_rate = number(2);
    } else if (strcmp(what, "dead-man") == 0) {
      robot->settle_after = number(1);
      robot->cut_after = number(2);
    } else if (strcmp(what, "body") == 0) {
      gs_body *const body = &robot->body;
      body->thigh = number(1);
      body->shank = number(2);
      body->hip_low = number(3);
      body->hip_high = number(4);
      body->knee_low = number(5);
      body->knee_high = number(6);
      body->stance_height = number(7);
      body->motor_speed = number(8);
    } else if (strcmp(what, "joint") == 0) {
      if (joint == GS_JOINTS) refuse("too many joints");
      joints[joint++] = keep(words[1]);
    } else if (strcmp(what, "channel") == 0) {
      read_channel(robot);
    } else if (strcmp(what, "limit") == 0) {
      read_limit(robot);
    } else {
      refuse(what);
    }
  }
  if (joint != GS_JOINTS) refuse("too few joints");
}
