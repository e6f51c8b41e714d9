/*
 * The gaits at the end of a pipe: commands on the standard input, answers on the standard output. A body is its eight
 * numbers in the order of gs_body; values are in the order of the gait's parameters.
 *
 *     list                               names, parameters and ranges, as text
 *     check GAIT BODY VALUES             "1" or "0 INDEX REASON"
 *     neutral BODY                       eight angles, as doubles
 *     walk GAIT DT STEPS BODY VALUES     eight targets per step, as doubles
 *     time GAIT DT STEPS BODY VALUES     "NANOSECONDS-PER-STEP BYTES-OF-STATE"
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gs_gait.h"

static gs_real read_real(void) {
  double value = 0;
  if (scanf("%lf", &value) != 1) value = 0;
  return (gs_real)value;
}

static gs_body read_body(void) {
  gs_body body;
  body.thigh = read_real();
  body.shank = read_real();
  body.hip_low = read_real();
  body.hip_high = read_real();
  body.knee_low = read_real();
  body.knee_high = read_real();
  body.stance_height = read_real();
  body.motor_speed = read_real();
  return body;
}

static void write_targets(const gs_real *targets) {
  double out[GS_JOINTS];
  for (int joint = 0; joint < GS_JOINTS; joint++) out[joint] = targets[joint];
  fwrite(out, sizeof out, 1, stdout);
}

static void list(void) {
  for (uint8_t index = 0; gs_gait_at(index) != NULL; index++) {
    const gs_gait *gait = gs_gait_at(index);
    printf("%s\n", gait->name);
    for (uint8_t at = 0; at < gait->parameter_count; at++) {
      const gs_gait_parameter *parameter = &gait->parameters[at];
      printf(" %s %s %.17g %.17g\n", parameter->name, parameter->unit, (double)parameter->low, (double)parameter->high);
    }
  }
}

int main(void) {
  char command[16], name[32];
  while (scanf("%15s", command) == 1) {
    const gs_gait *gait = NULL;
    gs_gait_state state;
    gs_real values[GS_MAX_GAIT_PARAMETERS] = {0}, targets[GS_JOINTS];
    double dt = 0;
    long steps = 0;
    gs_body body;

    if (strcmp(command, "list") == 0) {
      list();
      continue;
    }
    if (strcmp(command, "neutral") == 0) {
      body = read_body();
      gs_neutral_stance(&body, targets);
      write_targets(targets);
      continue;
    }
    if (scanf("%31s", name) != 1 || (gait = gs_gait_find(name, strlen(name))) == NULL) return 2;
    if (strcmp(command, "check") != 0 && scanf("%lf %ld", &dt, &steps) != 2) return 2;
    body = read_body();
    for (uint8_t at = 0; at < gait->parameter_count; at++) values[at] = read_real();

    if (strcmp(command, "check") == 0) {
      char reason[80], cut[9];
      int bad = -2;
      /* With no room and with too little the verdict is the same, and what fits is written. */
      if (gait->check(values, &body, NULL, 0, NULL) != gait->check(values, &body, cut, sizeof cut, NULL)) return 3;
      if (gait->check(values, &body, reason, sizeof reason, &bad)) {
        printf("1\n");
      } else {
        if (strlen(cut) != sizeof cut - 1 || strncmp(cut, reason, sizeof cut - 1) != 0) return 3;
        printf("0 %d %s\n", bad, reason);
      }
    } else {
      clock_t begin = clock();
      gait->start(&state, values, &body);
      for (long at = 0; at < steps; at++) {
        gait->step(&state, (gs_real)dt, targets);
        if (command[0] == 'w') write_targets(targets);
      }
      if (command[0] == 't')
        printf("%.0f %zu\n", 1e9 * (double)(clock() - begin) / CLOCKS_PER_SEC / (double)steps, sizeof state);
    }
  }
  return 0;
}
