/*
 * A gait's parameters, taken over as one transaction: collected in parts, checked as a whole, echoed by their hash, and
 * active only when a commit quotes that hash. Whatever is refused changes nothing.
 */
#ifndef GS_PARAMETER_SET_H
#define GS_PARAMETER_SET_H

#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A gait and what it is to walk with; `gait` is NULL without one. */
typedef struct {
  const gs_gait *gait;
  gs_real values[GS_MAX_GAIT_PARAMETERS]; /* in the order of gait->parameters, SI */
  gs_real ramp_in, ramp_out;              /* s */
  uint32_t hash; /* CRC-32 (IEEE 802.3) of the gait's name, then of each name and binary64 value as they came */
} gs_set;

typedef struct {
  gs_set collecting, staged, active;
  double ramps[2];  /* of the first part, as they came */
  uint32_t given;   /* bit p: parameter p has been collected */
  uint8_t part, parts; /* the next one expected, of how many */
} gs_parameter_sets;

/* Why a part was refused: a nack's code, and the field that was wrong, "" when it was not one field. */
typedef struct {
  gs_nack_code code;
  gs_string field; /* a constant, or a view of the part */
} gs_refusal;

typedef enum {
  GS_STAGE_REFUSED,
  GS_STAGE_CONTINUES, /* more parts are to come */
  GS_STAGE_DONE       /* sets->staged is new */
} gs_stage_result;

/* Gaits of the robot by number; NULL beyond the last. */
const gs_gait *gs_robot_gait(const gs_robot *robot, uint8_t index);
/* What this robot accepts for a parameter. */
void gs_parameter_range(const gs_robot *robot, const gs_gait *gait, uint8_t parameter, gs_real *low, gs_real *high);

void gs_parameter_sets_init(gs_parameter_sets *sets);
/* Takes the next part; when it is refused, `refusal` and `reason` say why. */
gs_stage_result gs_stage(gs_parameter_sets *sets, const gs_robot *robot, const gs_msg_stage *part, gs_refusal *refusal,
                         char *reason, size_t size);
/* Makes the staged set the active one. Returns false when the hash is not that of the staged set. */
bool gs_commit(gs_parameter_sets *sets, uint32_t hash);

/* The active set as bytes to be kept, at most GS_STORED_LENGTH. Returns how many, 0 without a set. */
size_t gs_pack_active(const gs_parameter_sets *sets, uint8_t *bytes);
/*
 * Makes a set that was kept the active one. Returns false, and changes nothing, when the bytes are damaged, were kept by a program
 * with other gaits or parameters, or when this robot would not accept the set now.
 */
bool gs_unpack_active(gs_parameter_sets *sets, const gs_robot *robot, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
