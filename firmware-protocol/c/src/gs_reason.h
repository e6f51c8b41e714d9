/* Sentences without stdio. A text that does not fit is cut; what is written always ends with a 0. */
#ifndef GS_REASON_H
#define GS_REASON_H

#include "gs_gait.h"

typedef struct gs_reason {
  char *at;
  size_t left;
} gs_reason;

/** `text` may be NULL when `size` is 0. */
gs_reason gs_reason_begin(char *text, size_t size);
void gs_reason_add(gs_reason *reason, const char *words);
/** Rounded to `decimals` (0 to 3). */
void gs_reason_add_number(gs_reason *reason, gs_real number, int decimals);

/**
 * Whether all values are finite numbers and the frequencies, numbers `swing` and `stance`, above 0. When not, names the first
 * that is wrong and sets `bad_parameter` to its number.
 */
bool gs_values_usable(const gs_gait_parameter *parameters, int count, const gs_real *values, int swing, int stance,
                      gs_reason *reason, int *bad_parameter);

#endif
