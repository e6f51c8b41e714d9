#include "gs_reason.h"

#include "gs_math.h"

gs_reason gs_reason_begin(char *text, size_t size) {
  gs_reason reason = {text, size};
  if (size > 0) *text = 0;
  return reason;
}

void gs_reason_add(gs_reason *reason, const char *words) {
  while (*words != 0 && reason->left > 1) {
    *reason->at++ = *words++;
    *reason->at = 0;
    reason->left--;
  }
}

void gs_reason_add_number(gs_reason *reason, gs_real number, int decimals) {
  char digits[16];
  int at = (int)sizeof digits - 1;
  gs_real scaled = GS_MATH(fabs)(number);
  uint32_t rest;

  for (int place = 0; place < decimals; place++) scaled *= 10;
  if (!(scaled < GS_REAL(4e9))) {
    gs_reason_add(reason, "very many");
    return;
  }
  rest = (uint32_t)(scaled + GS_REAL(0.5));
  digits[at] = 0;
  for (int place = 0; place <= decimals || rest > 0; place++) {
    if (place == decimals && decimals > 0) digits[--at] = '.';
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  }
  if (number < 0) gs_reason_add(reason, "-");
  gs_reason_add(reason, &digits[at]);
}

bool gs_values_usable(const gs_gait_parameter *parameters, int count, const gs_real *values, int swing, int stance,
                      gs_reason *reason, int *bad_parameter) {
  for (int index = 0; index < count; index++) {
    bool number = values[index] - values[index] == 0;
    if (number && ((index != swing && index != stance) || values[index] > 0)) continue;
    *bad_parameter = index;
    gs_reason_add(reason, parameters[index].name);
    gs_reason_add(reason, number ? " must be above 0" : " is not a number");
    return false;
  }
  return true;
}
