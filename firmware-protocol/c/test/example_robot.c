/*
 * The example robot on a board that is told, line by line, what its sensors say:
 *     sense MOTOR*8 LINK*8 THERMISTOR*8 ACCELERATION*3 TURNING*3 VOLTAGE BUTTON
 *     tick PERIODS
 *     receive HEX
 * Each line is answered by one: what its drives do (0 off, 1 damp, 2 follow) and the bytes that it has sent, in
 * hexadecimal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../examples/ElasticQuadruped/quadruped.h"

static uint32_t microseconds;
static quadruped_sensors world;
static gs_drive power;
static char sent[1 << 16];
static size_t sent_length;

static size_t write_bytes(const uint8_t *bytes, size_t length) {
  if (sent_length + 2 * length >= sizeof sent) return 0;
  for (size_t at = 0; at < length; at++) sent_length += (size_t)sprintf(sent + sent_length, "%02x", bytes[at]);
  return length;
}

static uint32_t read_micros(void) { return microseconds; }
static void read_world(quadruped_sensors *sensors) { *sensors = world; }
static void set_power(gs_drive mode) { power = mode; }
static void move(int joint, float angle) { (void)joint, (void)angle; }

static void sense(char *words) {
  float *const groups[] = {world.motor, world.link, world.thermistor, world.acceleration, world.turning, &world.voltage};
  static const int counts[] = {GS_JOINTS, GS_JOINTS, GS_JOINTS, 3, 3, 1};
  for (int group = 0; group < 6; group++)
    for (int index = 0; index < counts[group]; index++) groups[group][index] = strtof(words, &words);
  world.button = strtol(words, &words, 10) != 0;
}

static void receive(const char *hex) {
  static uint8_t bytes[1024];
  size_t length = 0;
  unsigned byte;
  while (length < sizeof bytes && sscanf(hex, "%2x", &byte) == 1) {
    bytes[length++] = (uint8_t)byte;
    hex += 2;
  }
  quadruped_receive(bytes, length);
}

int main(void) {
  static const quadruped_board board = {write_bytes, read_micros, read_world, set_power, move};
  static char line[4096];
  bool begun = false;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "sense ", 6) == 0) {
      sense(line + 6);
    } else if (!begun) {
      fprintf(stderr, "it begins with its sensors\n");
      return 1;
    } else if (strncmp(line, "receive ", 8) == 0) {
      receive(line + 8);
    } else {
      for (long periods = strtol(line + 5, NULL, 10); periods > 0; periods--) {
        microseconds += 1000000 / QUADRUPED_RATE;
        quadruped_tick();
      }
    }
    if (!begun) {
      const char *const wrong = quadruped_begin(&board, 1, 2, GS_RESET_POWER_ON, 921600);
      if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        return 1;
      }
      begun = true;
    }
    sent[sent_length] = 0;
    printf("%d %s\n", (int)power, sent);
    sent_length = 0;
    fflush(stdout);
  }
  return 0;
}
