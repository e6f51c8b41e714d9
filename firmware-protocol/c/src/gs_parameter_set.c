#include "gs_parameter_set.h"

#include <string.h>

#include "gs_reason.h"

enum {
  STORED_VERSION = 1,
  /* Version, length of the name, number of parameters, CRC of their names; ramps; hash and CRC. */
  STORED_OVERHEAD = 3 + 4 + 16 + 8,
  LONGEST_STORED_NAME = GS_STORED_LENGTH - STORED_OVERHEAD - 8 * GS_MAX_GAIT_PARAMETERS
};

static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t length) {
  size_t at;
  int bit;
  crc = ~crc;
  for (at = 0; at < length; at++) {
    crc ^= bytes[at];
    for (bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1u ? 0xedb88320u : 0u);
  }
  return ~crc;
}

const gs_gait *gs_robot_gait(const gs_robot *robot, uint8_t index) {
  if (robot->gaits == NULL) return gs_gait_at(index);
  return index < robot->gait_count ? robot->gaits[index] : NULL;
}

void gs_parameter_range(const gs_robot *robot, const gs_gait *gait, uint8_t parameter, gs_real *low, gs_real *high) {
  *low = gait->parameters[parameter].low;
  *high = gait->parameters[parameter].high;
  if (robot->parameter_range != NULL) robot->parameter_range(robot->user, gait, parameter, low, high);
}

void gs_parameter_sets_init(gs_parameter_sets *sets) {
  memset(sets, 0, sizeof *sets);
}

static gs_stage_result refuse(gs_parameter_sets *sets, gs_refusal *refusal, gs_nack_code code, gs_string field,
                              char *reason, size_t size, const char *words) {
  gs_reason out;
  /* A check may have written its own words into `reason`. */
  if (words != NULL) {
    out = gs_reason_begin(reason, size);
    gs_reason_add(&out, words);
  }
  refusal->code = code;
  refusal->field = field;
  /* What has been collected of a wrong set is of no use; a lost part may still come. */
  if (code != GS_NACK_CODE_MALFORMED) sets->collecting.gait = NULL;
  return GS_STAGE_REFUSED;
}

static const gs_gait *find_gait(const gs_robot *robot, gs_string name) {
  uint8_t index;
  const gs_gait *gait;
  for (index = 0; (gait = gs_robot_gait(robot, index)) != NULL; index++)
    if (gs_string_equal(gs_string_of(gait->name), name)) return gait;
  return NULL;
}

static int find_parameter(const gs_gait *gait, gs_string name) {
  int index;
  for (index = 0; index < gait->parameter_count; index++)
    if (gs_string_equal(gs_string_of(gait->parameters[index].name), name)) return index;
  return -1;
}

static bool is_ramp(double seconds) {
  return seconds >= 0 && seconds <= 3600;
}

gs_stage_result gs_stage(gs_parameter_sets *sets, const gs_robot *robot, const gs_msg_stage *part, gs_refusal *refusal,
                         char *reason, size_t size) {
  gs_set *const set = &sets->collecting;
  gs_values rest = part->values;
  gs_string name;
  double value;
  int index;
  if (part->part == 0) {
    set->gait = find_gait(robot, part->gait);
    if (set->gait == NULL)
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED, gs_string_of("gait"), reason, size, "there is no such gait");
    if (!is_ramp(part->ramp_in) || !is_ramp(part->ramp_out))
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED,
                    gs_string_of(is_ramp(part->ramp_in) ? "rampOut" : "rampIn"), reason, size,
                    "ramps last from 0 s to an hour");
    sets->ramps[0] = part->ramp_in;
    sets->ramps[1] = part->ramp_out;
    set->ramp_in = (gs_real)part->ramp_in;
    set->ramp_out = (gs_real)part->ramp_out;
    set->hash = crc32(0, (const uint8_t *)part->gait.bytes, part->gait.length);
    sets->given = 0;
    sets->part = 0;
    sets->parts = part->parts;
  }
  if (set->gait == NULL || part->part != sets->part || part->part >= part->parts)
    return refuse(sets, refusal, GS_NACK_CODE_MALFORMED, gs_string_of("part"), reason, size, "a part is missing");
  if (part->parts != sets->parts || !gs_string_equal(gs_string_of(set->gait->name), part->gait) ||
      part->ramp_in != sets->ramps[0] || part->ramp_out != sets->ramps[1])
    return refuse(sets, refusal, GS_NACK_CODE_MALFORMED, gs_string_of("part"), reason, size, "parts of two sets");
  while (gs_next_value(&rest, &name, &value)) {
    gs_real low, high;
    /* The bytes as they came: eight of the value stand behind the name. */
    set->hash = crc32(set->hash, (const uint8_t *)name.bytes, (size_t)name.length + 8);
    index = find_parameter(set->gait, name);
    if (index < 0)
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED, name, reason, size, "the gait has no such parameter");
    if ((sets->given >> index & 1u) != 0)
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED, name, reason, size, "is given twice");
    gs_parameter_range(robot, set->gait, (uint8_t)index, &low, &high);
    if (value - value != 0) return refuse(sets, refusal, GS_NACK_CODE_REFUSED, name, reason, size, "is not a number");
    if (!(value >= low && value <= high))
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED, name, reason, size, "is out of range");
    sets->given |= UINT32_C(1) << index;
    set->values[index] = (gs_real)value;
  }
  if (++sets->part < part->parts) return GS_STAGE_CONTINUES;
  for (index = 0; index < set->gait->parameter_count; index++)
    if ((sets->given >> index & 1u) == 0)
      return refuse(sets, refusal, GS_NACK_CODE_REFUSED, gs_string_of(set->gait->parameters[index].name), reason, size,
                    "is missing");
  index = -1;
  if (!set->gait->check(set->values, &robot->body, reason, size, &index)) {
    const bool named = index >= 0 && index < set->gait->parameter_count;
    return refuse(sets, refusal, GS_NACK_CODE_REFUSED, gs_string_of(named ? set->gait->parameters[index].name : ""),
                  reason, size, NULL);
  }
  sets->staged = *set;
  set->gait = NULL;
  return GS_STAGE_DONE;
}

bool gs_commit(gs_parameter_sets *sets, uint32_t hash) {
  if (sets->staged.gait == NULL || sets->staged.hash != hash) return false;
  sets->active = sets->staged;
  sets->staged.gait = NULL;
  return true;
}

static uint32_t crc_of_names(const gs_gait *gait) {
  uint32_t crc = 0;
  uint8_t index;
  for (index = 0; index < gait->parameter_count; index++) {
    const char *const name = gait->parameters[index].name;
    /* With its final 0, so that names do not run into one another. */
    crc = crc32(crc, (const uint8_t *)name, strlen(name) + 1);
  }
  return crc;
}

/* Little endian, whatever the processor. */
static uint8_t *put_u32(uint8_t *to, uint32_t value) {
  int byte;
  for (byte = 0; byte < 4; byte++) *to++ = (uint8_t)(value >> (8 * byte));
  return to;
}

static uint8_t *put_f64(uint8_t *to, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return put_u32(put_u32(to, (uint32_t)bits), (uint32_t)(bits >> 32));
}

static uint32_t get_u32(const uint8_t *from) {
  return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static double get_f64(const uint8_t *from) {
  const uint64_t bits = (uint64_t)get_u32(from) | (uint64_t)get_u32(from + 4) << 32;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

size_t gs_pack_active(const gs_parameter_sets *sets, uint8_t *bytes) {
  const gs_set *const set = &sets->active;
  uint8_t *at = bytes;
  size_t name;
  uint8_t index;
  if (set->gait == NULL) return 0;
  name = strlen(set->gait->name);
  if (name > LONGEST_STORED_NAME) return 0;
  *at++ = STORED_VERSION;
  *at++ = (uint8_t)name;
  memcpy(at, set->gait->name, name);
  at += name;
  *at++ = set->gait->parameter_count;
  at = put_u32(at, crc_of_names(set->gait));
  at = put_f64(at, (double)set->ramp_in);
  at = put_f64(at, (double)set->ramp_out);
  for (index = 0; index < set->gait->parameter_count; index++) at = put_f64(at, (double)set->values[index]);
  at = put_u32(at, set->hash);
  at = put_u32(at, crc32(0, bytes, (size_t)(at - bytes)));
  return (size_t)(at - bytes);
}

bool gs_unpack_active(gs_parameter_sets *sets, const gs_robot *robot, const uint8_t *bytes, size_t length) {
  gs_set set;
  gs_string name;
  const uint8_t *at;
  uint8_t index;
  if (length < STORED_OVERHEAD || length > GS_STORED_LENGTH || bytes[0] != STORED_VERSION) return false;
  if (crc32(0, bytes, length - 4) != get_u32(bytes + length - 4)) return false;
  name.bytes = (const char *)bytes + 2;
  name.length = bytes[1];
  if (length < (size_t)STORED_OVERHEAD + name.length) return false;
  set.gait = find_gait(robot, name);
  if (set.gait == NULL) return false;
  at = bytes + 2 + name.length;
  if (*at++ != set.gait->parameter_count || get_u32(at) != crc_of_names(set.gait)) return false;
  if (length != (size_t)STORED_OVERHEAD + name.length + 8 * (size_t)set.gait->parameter_count) return false;
  at += 4;
  set.ramp_in = (gs_real)get_f64(at);
  set.ramp_out = (gs_real)get_f64(at + 8);
  if (!is_ramp((double)set.ramp_in) || !is_ramp((double)set.ramp_out)) return false;
  at += 16;
  for (index = 0; index < set.gait->parameter_count; index++, at += 8) {
    gs_real low, high;
    const double value = get_f64(at);
    gs_parameter_range(robot, set.gait, index, &low, &high);
    if (!(value >= low && value <= high)) return false;
    set.values[index] = (gs_real)value;
  }
  set.hash = get_u32(at);
  if (!set.gait->check(set.values, &robot->body, NULL, 0, NULL)) return false;
  sets->active = set;
  return true;
}
