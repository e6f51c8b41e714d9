/* The example robot on a board made of variables: says hello, arms, is stopped by its button, and outlives micros(). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../examples/ElasticQuadruped/quadruped.h"

static uint32_t microseconds;
static quadruped_sensors world;
static gs_drive power;
static float moved[GS_JOINTS];
static gs_frame_reader ears;
static gs_message heard;
static unsigned telemetry;
static uint64_t latest;
static uint8_t answer[GS_LONGEST_PAYLOAD];

static size_t write_bytes(const uint8_t *bytes, size_t length) {
  gs_frame frame;
  gs_message message;
  for (size_t at = 0; at < length; at++) {
    if (!gs_frame_reader_push(&ears, bytes[at], &frame)) continue;
    memcpy(answer, frame.payload, frame.length);
    if (gs_decode_from_robot(&message, frame.type, answer, frame.length) != 0) continue;
    if (message.id == GS_ID_TELEMETRY) {
      telemetry++;
      latest = message.as.telemetry.time;
    } else if (message.id != GS_ID_EVENT) heard = message;
  }
  return length;
}

static uint32_t read_micros(void) { return microseconds; }
static void read_world(quadruped_sensors *sensors) { *sensors = world; }
static void set_power(gs_drive mode) { power = mode; }
static void move(int joint, float angle) { moved[joint] = angle; }

static const gs_message *ask(gs_message *message, uint16_t session) {
  static uint8_t seq;
  uint8_t payload[GS_LONGEST_PAYLOAD], wire[GS_LONGEST_WIRE];
  gs_frame frame;
  frame.type = message->id;
  frame.flags = GS_FLAG_REPLY_WANTED;
  frame.seq = ++seq;
  frame.session = session;
  frame.time = seq;
  frame.payload = payload;
  frame.length = (uint16_t)gs_encode(message, payload, sizeof payload);
  heard.id = 0;
  quadruped_receive(wire, gs_frame_encode(&frame, wire));
  return &heard;
}

static void ticks(int periods) {
  for (; periods > 0; periods--) {
    microseconds += 10000;
    quadruped_tick();
  }
}

#define MUST(holds)                                    \
  do {                                                 \
    if (!(holds)) {                                    \
      fprintf(stderr, "line %d: %s\n", __LINE__, #holds); \
      return 1;                                        \
    }                                                  \
  } while (0)

int main(void) {
  static const quadruped_board board = {write_bytes, read_micros, read_world, set_power, move};
  const char *wrong;
  gs_message message;
  uint16_t lease;
  uint64_t before;
  microseconds = UINT32_C(0xffffffff) - 100000;
  gs_frame_reader_init(&ears);
  world.acceleration[2] = 9.81f;
  world.voltage = 12;
  for (int joint = 0; joint < GS_JOINTS; joint++) world.thermistor[joint] = 0.5f;
  power = GS_DRIVE_FOLLOW;
  wrong = quadruped_begin(&board, 1, 2, GS_RESET_POWER_ON, 921600);
  if (wrong != NULL) fprintf(stderr, "%s\n", wrong);
  MUST(wrong == NULL && power == GS_DRIVE_OFF);

  ticks(5);
  before = latest;
  ticks(20);
  MUST(telemetry == 25 && latest == before + 200000);
  MUST(microseconds < 1000000);

  memset(&message, 0, sizeof message);
  message.id = GS_ID_HELLO;
  message.as.hello.newest = 1;
  message.as.hello.host = gs_string_of("test");
  MUST(ask(&message, 0)->id == GS_ID_HELLO_REPLY && heard.as.hello_reply.channels == 72);
  message.id = GS_ID_ACQUIRE_LEASE;
  message.as.acquire_lease.owner = gs_string_of("test");
  MUST(ask(&message, 0)->id == GS_ID_LEASE);
  lease = (uint16_t)heard.as.lease.epoch;
  message.id = GS_ID_ARM;
  /* It has not lain still for a second. */
  MUST(ask(&message, lease)->id == GS_ID_NACK);
  ticks(100);
  world.voltage = 10.5f;
  ticks(1);
  MUST(ask(&message, lease)->id == GS_ID_NACK);
  world.voltage = 12;
  ticks(1);
  MUST(ask(&message, lease)->id == GS_ID_ACK && power == GS_DRIVE_FOLLOW);
  ticks(10);
  MUST(fabsf(moved[0]) > 0 && power == GS_DRIVE_FOLLOW);

  world.button = true;
  ticks(1);
  MUST(power == GS_DRIVE_OFF);
  world.button = false;
  ticks(1);
  MUST(ask(&message, lease)->id == GS_ID_NACK && heard.as.nack.code == GS_NACK_CODE_LATCHED);
  puts("ok");
  return 0;
}
