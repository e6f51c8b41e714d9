/* The robot that this program is, as its parent describes it: lines of words up to `begin`, see description.c. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include "gaitsmith.h"

/* Reads the description from a descriptor and leaves what follows `begin` there; ends the program when it is not one. */
void description_read(int descriptor, gs_robot *robot);

#endif
