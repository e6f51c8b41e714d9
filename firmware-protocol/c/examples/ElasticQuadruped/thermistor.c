#include "thermistor.h"

#include <math.h>

/* From the thermistor's data sheet. */
#define SERIES 10000.0f /* resistor to the reference, ohm */
#define NOMINAL 10000.0f /* of the thermistor at 25 degrees, ohm */
#define BETA 3950.0f     /* K */
#define KELVIN 273.15f
/* With these parts: -37 and 143 degrees. Beyond, it is the wire that is measured. */
#define SHORTED 0.025f
#define BROKEN 0.975f

float thermistor_temperature(float share) {
  float resistance;
  /* Written so that NaN fails it. */
  if (!(share > SHORTED && share < BROKEN)) return NAN;
  resistance = SERIES * share / (1 - share);
  return 1 / (1 / (25 + KELVIN) + logf(resistance / NOMINAL) / BETA) - KELVIN;
}
