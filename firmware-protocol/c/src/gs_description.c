/* What a robot is, as messages tell it. */
#include <math.h>

#include "gs_requests.h"

bool gs_describe_channel(const gs_robot *robot, uint16_t index, gs_msg_description *description) {
  const gs_channel *channel;
  if (index >= robot->channel_count) return false;
  channel = &robot->channels[index];
  description->name = gs_string_of(channel->name);
  description->unit = gs_string_of(channel->unit);
  description->source = channel->source;
  description->joint = gs_string_of(channel->joint);
  description->group = channel->group;
  description->resolution = channel->resolution;
  return true;
}

bool gs_describe_joint(const gs_robot *robot, uint16_t index, gs_msg_description *description) {
  if (index >= GS_JOINTS) return false;
  description->name = gs_string_of(robot->joints[index]);
  description->unit = gs_string_of("rad");
  description->source = GS_SOURCE_MEASURED;
  description->joint = description->name;
  description->group = 0;
  description->resolution = 0;
  return true;
}

unsigned gs_parameters_of(const gs_robot *robot) {
  unsigned count = 0;
  uint8_t index;
  const gs_gait *gait;
  for (index = 0; (gait = gs_robot_gait(robot, index)) != NULL; index++) count += gait->parameter_count;
  return count;
}

bool gs_describe_parameter(const gs_robot *robot, const gs_parameter_sets *sets, uint8_t index,
                           gs_msg_parameter *told) {
  uint8_t parameter = index;
  uint8_t number = 0;
  const gs_gait *gait = gs_robot_gait(robot, number);
  gs_real low, high;
  while (gait != NULL && parameter >= gait->parameter_count) {
    parameter = (uint8_t)(parameter - gait->parameter_count);
    gait = gs_robot_gait(robot, ++number);
  }
  if (gait == NULL) return false;
  gs_parameter_range(robot, gait, parameter, &low, &high);
  told->gait = gs_string_of(gait->name);
  told->name = gs_string_of(gait->parameters[parameter].name);
  told->unit = gs_string_of(gait->parameters[parameter].unit);
  told->low = low;
  told->high = high;
  told->active = sets->active.gait == gait ? (double)sets->active.values[parameter] : (double)NAN;
  return true;
}

bool gs_describe_limit(const gs_robot *robot, const gs_hard_limits *limits, uint8_t index, gs_msg_limit *told) {
  const gs_hard_limit *limit;
  if (index >= robot->limit_count) return false;
  limit = &robot->limits[index];
  told->name = gs_string_of(limit->name);
  told->joint = gs_string_of(limit->joint);
  told->unit = gs_string_of(limit->unit);
  told->low = limits->low[index];
  told->high = limits->high[index];
  told->action = limit->action;
  return true;
}

static bool is_sent(const gs_channel *channel, uint32_t groups) {
  return (groups >> channel->group & 1u) != 0;
}

uint16_t gs_sample_length(const gs_robot *robot, uint32_t groups) {
  uint16_t length = 0;
  uint16_t index;
  for (index = 0; index < robot->channel_count; index++)
    if (is_sent(&robot->channels[index], groups))
      length = (uint16_t)(length + (robot->channels[index].resolution > 0 ? 2 : 4));
  return length;
}

/* 16 bits: steps of the resolution, as far as they go; -32768 for what is no finite number. */
static int16_t steps_of(float value, float resolution) {
  const double steps = floor((double)value / (double)resolution + 0.5);
  if (value - value != 0) return INT16_MIN;
  if (steps > 32767) return INT16_MAX;
  return steps < -32767 ? -32767 : (int16_t)steps;
}

uint16_t gs_sample_write(const gs_robot *robot, uint32_t groups, const float *values, uint8_t *bytes) {
  uint16_t length = 0;
  uint16_t index;
  for (index = 0; index < robot->channel_count; index++) {
    const gs_channel *const channel = &robot->channels[index];
    if (!is_sent(channel, groups)) continue;
    if (channel->resolution > 0) {
      const uint16_t steps = (uint16_t)steps_of(values[index], channel->resolution);
      bytes[length] = (uint8_t)steps;
      bytes[length + 1] = (uint8_t)(steps >> 8);
      length = (uint16_t)(length + 2);
    } else {
      gs_put_float(bytes + length, values[index]);
      length = (uint16_t)(length + 4);
    }
  }
  return length;
}
