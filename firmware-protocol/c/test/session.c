/*
 * A session that is told what happens, a line at a time, and after each line says where it stands:
 *
 *     <what it sent> <state> <drive> <latched> <kept latch> <targets, 8 numbers>
 *
 *     start <lockstep|realtime> <boot id>   as after a reset; the kept latch stays
 *     receive <hex>                         bytes from the host
 *     tick <periods> <us>                   so many control periods of so many microseconds
 *     clock <us>, wall <us>                 moves the robot's clock, the wall's, without a control period
 *     value <channel> <number>              what a sensor says from now on
 *     room <bytes>                          how many bytes the hardware will take
 *     arms <0|1>                            whether the hardware lets it arm
 *     memory <0|1>                          whether it keeps parameters, from the next start on
 *     spoil <byte>                          changes a byte of the kept parameters
 *     cut <bytes>                           shortens them to so many
 *     fault <level>, latch <level>, note    as the firmware itself would
 *     size                                  bytes of gs_session, instead of the above
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_robot.h"

enum { LONGEST_LINE = 1 << 20 };

static test_robot test;

static void receive(const char *text) {
  const size_t length = strlen(text) / 2;
  /* Memory of exactly that size, so that a read beyond its end is noticed. */
  uint8_t *const bytes = malloc(length > 0 ? length : 1);
  if (bytes == NULL) abort();
  for (size_t at = 0; at < length; at++) {
    const char digits[3] = {text[2 * at], text[2 * at + 1], 0};
    bytes[at] = (uint8_t)strtoul(digits, NULL, 16);
  }
  gs_session_receive(&test.session, bytes, length);
  free(bytes);
}

static void tell(void) {
  for (size_t at = 0; at < test.out_length; at++) printf("%02x", test.out[at]);
  printf(" %d %d %lu %d", (int)gs_session_state(&test.session), (int)test.drive,
         (unsigned long)gs_session_latched(&test.session), test.latch);
  for (int joint = 0; joint < GS_JOINTS; joint++) printf(" %.17g", (double)test.targets[joint]);
  putchar('\n');
  test.out_length = 0;
}

int main(void) {
  static char line[LONGEST_LINE], text[LONGEST_LINE];
  test.now = 1000000;
  while (fgets(line, sizeof line, stdin) != NULL) {
    unsigned first;
    unsigned long second;
    double number;
    if (sscanf(line, "start %s %lu", text, &second) == 2) {
      const char *const wrong = test_robot_start(
          &test, strcmp(text, "lockstep") == 0 ? GS_CLOCK_LOCKSTEP : GS_CLOCK_REALTIME, (uint32_t)second);
      if (wrong != NULL) fprintf(stderr, "%s\n", wrong);
    } else if (strcmp(line, "receive\n") == 0) receive("");
    else if (sscanf(line, "receive %s", text) == 1) receive(text);
    else if (sscanf(line, "tick %u %lu", &first, &second) == 2)
      for (; first > 0; first--) test_robot_tick(&test, second);
    else if (sscanf(line, "clock %lu", &second) == 1) test.now += second;
    else if (sscanf(line, "wall %lu", &second) == 1) test.wall += second;
    else if (sscanf(line, "value %u %lf", &first, &number) == 2 && first < TEST_CHANNELS)
      test.values[first] = (float)number;
    else if (sscanf(line, "room %u", &first) == 1) test.room = first;
    else if (sscanf(line, "arms %u", &first) == 1) test.refuses_to_arm = first == 0;
    else if (sscanf(line, "memory %u", &first) == 1) test.has_memory = first != 0;
    else if (sscanf(line, "spoil %u", &first) == 1 && first < GS_STORED_LENGTH) test.kept[first] ^= 1u;
    else if (sscanf(line, "cut %u", &first) == 1 && first <= test.kept_length) test.kept_length = first;
    else if (sscanf(line, "fault %u", &first) == 1)
      gs_session_fault(&test.session, (gs_level)first, GS_FAULT_MOTOR, "FR_hip does not answer");
    else if (sscanf(line, "latch %u", &first) == 1)
      gs_session_latch(&test.session, (gs_level)first, GS_FAULT_BUTTON, "its stop button was pressed");
    else if (strcmp(line, "note\n") == 0) gs_session_note(&test.session, "the gait has been walked before");
    else if (strcmp(line, "size\n") == 0) {
      printf("%lu\n", (unsigned long)sizeof(gs_session));
      fflush(stdout);
      continue;
    } else {
      fprintf(stderr, "not understood: %s", line);
      return 1;
    }
    tell();
    fflush(stdout);
  }
  return 0;
}
