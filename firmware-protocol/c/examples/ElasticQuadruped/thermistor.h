/* Temperature from a thermistor in a voltage divider. */
#ifndef THERMISTOR_H
#define THERMISTOR_H

/*
 * An NTC from the converter's pin to ground, a resistor from the pin to the converter's reference: what the reference is
 * exactly does not matter.
 *
 * @param share of the reference that the converter reads, 0 to 1
 * @return degrees Celsius; NAN where the wire is broken or shorted
 */
float thermistor_temperature(float share);

#endif
