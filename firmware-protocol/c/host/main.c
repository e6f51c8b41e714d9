/*
 * The library as a program: its standard input and output are the UART, and a simulated body on two more pipes stands
 * for motors and sensors, see body.h. Session, gait, dead-man and limits are the library's; nothing of them is here.
 *
 * In real time the body sets the pace: each of its records is one control period. In lockstep the host does: the library
 * asks for a period when the host has asked to advance.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "body.h"
#include "description.h"

/* A walk longer than this ends by itself, us: far beyond any that a study asks for. */
#define LONGEST_WALK 120000000u

static gs_robot robot;
static gs_session session;

/* What the body said last, and when that was by this machine's clock, us. */
static from_body senses;
static uint64_t sensed_at;
/* What the drives were told last. */
static to_body drives;
static bool reset_due;
static bool latched; /* kept through resets, as in flash */
static uint32_t active_hash;
/* The parameter set that outlives a reset. */
static uint8_t kept[GS_STORED_LENGTH];
static size_t kept_length;
static uint64_t walk_began;
static char carried[BODY_TEXT];

static uint64_t monotonic_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static uint64_t wall_us(void *user) {
  (void)user;
  return monotonic_us();
}

/* The body's clock; within a control period it goes on as this machine's does. */
static uint64_t now_us(void *user) {
  const uint64_t period = (uint64_t)(1e6 / robot.control_rate) - 1;
  const uint64_t since = monotonic_us() - sensed_at;
  (void)user;
  if (robot.clock == GS_CLOCK_LOCKSTEP) return senses.time_us;
  return senses.time_us + (since < period ? since : period);
}

static size_t write_uart(void *user, const uint8_t *bytes, size_t length) {
  const ssize_t count = write(STDOUT_FILENO, bytes, length);
  (void)user;
  return count > 0 ? (size_t)count : 0;
}

static void read_channels(void *user, float *values) {
  (void)user;
  memcpy(values, senses.channels, robot.channel_count * sizeof *values);
}

static void read_joints(void *user, gs_real *angles) {
  int joint;
  (void)user;
  for (joint = 0; joint < GS_JOINTS; joint++) angles[joint] = (gs_real)senses.joints[joint];
}

static void set_targets(void *user, const gs_real *targets) {
  int joint;
  (void)user;
  for (joint = 0; joint < GS_JOINTS; joint++) drives.numbers[joint] = targets[joint];
}

static bool can_arm(void *user, char *reason, size_t size) {
  const char *const why = senses.flags & BODY_BUTTON  ? "its stop button is pressed"
                          : senses.flags & BODY_EMPTY ? "the battery is empty"
                          : senses.flags & BODY_HOT   ? "a motor has cut out because it is hot"
                                                      : NULL;
  (void)user;
  if (why != NULL) snprintf(reason, size, "%s", why);
  return why == NULL;
}

static bool load_latch(void *user) {
  (void)user;
  return latched;
}

static void save_latch(void *user, bool is_latched) {
  (void)user;
  latched = is_latched;
}

static bool store_parameters(void *user, const uint8_t *bytes, size_t length) {
  (void)user;
  memcpy(kept, bytes, length);
  kept_length = length;
  return true;
}

static size_t load_parameters(void *user, uint8_t *bytes, size_t size) {
  (void)user;
  if (kept_length > size) return 0;
  memcpy(bytes, kept, kept_length);
  return kept_length;
}

static void tell_drives(uint32_t kind, uint32_t tick) {
  drives.kind = kind;
  drives.tick = tick;
  body_write(&drives);
}

/* At once: whoever hears that the robot has stopped finds it stopped. */
static void set_drive(void *user, gs_drive mode) {
  (void)user;
  if (drives.drive == (uint32_t)mode) return;
  drives.drive = (uint32_t)mode;
  tell_drives(ASK_DRIVE, senses.tick);
}

static void take(const from_body *record) {
  senses = *record;
  sensed_at = monotonic_us();
  if (record->kind == BODY_RESET) reset_due = true;
}

/* Asks the body and waits; in real time its control periods go on meanwhile. */
static void ask(to_body *request, uint32_t answer, from_body *record) {
  body_write(request);
  for (;;) {
    body_read(record);
    if (record->kind == answer) return;
    take(record);
    if (record->kind == BODY_SENSES) tell_drives(ASK_DRIVE, record->tick);
  }
}

static bool advance(void *user) {
  from_body record;
  (void)user;
  tell_drives(ASK_STEP, senses.tick);
  body_read(&record);
  take(&record);
  return (record.flags & BODY_SILENT) == 0;
}

static bool place(void *user, uint32_t seed, uint32_t suggestion, gs_string carry_over, char *reason, size_t size) {
  static to_body request;
  from_body record;
  const size_t length = carry_over.length < BODY_TEXT ? carry_over.length : BODY_TEXT - 1;
  (void)user;
  request.kind = ASK_PLACE;
  request.seed = seed;
  request.suggestion = suggestion;
  memset(request.text, 0, sizeof request.text);
  memcpy(request.text, carry_over.bytes, length);
  ask(&request, BODY_PLACED, &record);
  take(&record);
  if (record.text[0] != 0) snprintf(reason, size, "%s", record.text);
  return record.text[0] == 0;
}

static const char *carry_over(void *user) {
  static to_body request;
  from_body record;
  (void)user;
  request.kind = ASK_CARRY_OVER;
  ask(&request, BODY_CARRIED, &record);
  memcpy(carried, record.text, sizeof carried);
  return carried;
}

/* The body keeps a list of what this robot has walked with, for those who doubt. */
static void tell_active(void) {
  static to_body record;
  const gs_set *const active = &session.sets.active;
  uint8_t parameter;
  if (active->gait == NULL || active->hash == active_hash) return;
  active_hash = active->hash;
  record.kind = TELL_ACTIVE;
  record.hash = active->hash;
  for (parameter = 0; parameter < active->gait->parameter_count; parameter++)
    record.numbers[parameter] = active->values[parameter];
  snprintf(record.text, sizeof record.text, "%s", active->gait->name);
  body_write(&record);
}

static void start_session(void) {
  const char *const wrong = gs_session_init(&session, &robot);
  active_hash = 0;
  if (wrong == NULL) return;
  fprintf(stderr, "the library refuses this robot: %s\n", wrong);
  _exit(2);
}

/* The computer starts anew: everything it was told is forgotten. */
static void reset(void) {
  reset_due = false;
  robot.boot_id++;
  robot.secret = robot.secret * 1664525u + 1013904223u;
  robot.last_epoch = session.epoch;
  robot.reset = senses.flags & BODY_BROWN_OUT ? GS_RESET_BROWN_OUT : GS_RESET_SOFTWARE;
  start_session();
}

static void watch_button(bool before) {
  if ((senses.flags & BODY_BUTTON) != 0 && !before)
    gs_session_latch(&session, GS_LEVEL_CUT, GS_FAULT_BUTTON, "its stop button was pressed");
}

static void watch_duration(void) {
  if (gs_session_state(&session) != GS_STATE_WALKING) {
    walk_began = senses.time_us;
  } else if (senses.time_us - walk_began > LONGEST_WALK) {
    gs_session_fault(&session, GS_LEVEL_SETTLE, GS_FAULT_LIMIT, "it has walked for two minutes");
  }
}

static void on_bytes(void) {
  static uint8_t bytes[512];
  const bool pressed = (senses.flags & BODY_BUTTON) != 0;
  const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
  if (count <= 0) _exit(0);
  gs_session_receive(&session, bytes, (size_t)count);
  if (reset_due) reset();
  watch_button(pressed);
  if (robot.clock == GS_CLOCK_LOCKSTEP) {
    watch_duration();
    gs_session_tick(&session);
  }
  tell_active();
}

static void on_body(void) {
  static from_body record;
  const bool pressed = (senses.flags & BODY_BUTTON) != 0;
  body_read(&record);
  take(&record);
  if (reset_due) reset();
  if (robot.clock == GS_CLOCK_REALTIME) {
    watch_button(pressed);
    watch_duration();
    gs_session_tick(&session);
  }
  tell_drives(ASK_DRIVE, record.tick);
}

int main(void) {
  struct pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {FROM_BODY, POLLIN, 0}};
  int descriptor;
  signal(SIGPIPE, SIG_IGN);
  /* Whatever else the parent had open: a pseudo-terminal held here would not hang up when it is unplugged. */
  for (descriptor = TO_BODY + 1; descriptor < 256; descriptor++) close(descriptor);
  description_read(FROM_BODY, &robot);
  robot.write = write_uart;
  robot.now_us = now_us;
  robot.read_channels = read_channels;
  robot.read_joints = read_joints;
  robot.set_targets = set_targets;
  robot.set_drive = set_drive;
  robot.can_arm = can_arm;
  robot.load_latch = load_latch;
  robot.save_latch = save_latch;
  robot.store_parameters = store_parameters;
  robot.load_parameters = load_parameters;
  robot.advance = robot.clock == GS_CLOCK_LOCKSTEP ? advance : NULL;
  robot.place = place;
  robot.carry_over = carry_over;
  robot.wall_us = wall_us;
  /* A UART does not wait; in lockstep there is all the time in the world. */
  if (robot.clock == GS_CLOCK_REALTIME) fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
  body_read(&senses);
  sensed_at = monotonic_us();
  start_session();
  for (;;) {
    if (poll(sources, 2, -1) < 0) continue;
    if (sources[0].revents != 0) on_bytes();
    if (sources[1].revents != 0) on_body();
  }
}
