/* The robot's side of gaitsmith's serial protocol. Programs need this header only; see README.md. */
#ifndef GAITSMITH_H
#define GAITSMITH_H

#include "gs_frame.h"
#include "gs_gait.h"
#include "gs_kinematics.h"
#include "gs_messages.h"
#include "gs_robot.h"
#include "gs_session.h"

#endif
