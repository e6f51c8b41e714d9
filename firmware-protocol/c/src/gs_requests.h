/* What the host asks for and what it is answered. Not for users of the library. */
#ifndef GS_REQUESTS_H
#define GS_REQUESTS_H

#include "gs_session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An answer and the words in it. */
typedef struct {
  gs_message message;
  char reason[GS_REASON_LENGTH + 1];
} gs_reply;

/*
 * Carries a request out. `decoded` is what decoding it gave; `message` is read only when that is 0. `now` is when the
 * request came, us. Fills in the answer.
 */
void gs_carry_out(gs_session *session, const gs_frame *request, int decoded, const gs_message *message, uint64_t now,
                  gs_reply *reply);

/* Sends a message that answers nothing. Returns whether there was room for it, with `reserve` bytes to spare. */
bool gs_session_send(gs_session *session, const gs_message *message, uint64_t now, size_t reserve);
/* Sends the events that are due. */
void gs_session_send_events(gs_session *session, uint64_t now);
/*
 * Stops, and tells of a fault unless `code` is GS_FAULT_NONE; `latch`: until a person has cleared it. A milder level
 * never softens a harder one.
 */
void gs_session_halt(gs_session *session, gs_level level, bool latch, gs_fault code, const char *reason, uint64_t now);
/* The first half of a control period: the latest sample, limits, telemetry. Returns whether a frame was due. */
bool gs_session_observe(gs_session *session, uint64_t now, bool silent);
/* The second half: dead-man and joints. */
void gs_session_control(gs_session *session, uint64_t now);

/* Makes the set that was kept over the last power cycle the active one, where there is one that this program can use. */
void gs_session_load_parameters(gs_session *session);

/* Silence of the host after which a robot with power settles, and cuts, s. */
gs_real gs_settle_after(const gs_robot *robot);
gs_real gs_cut_after(const gs_robot *robot);
/* Low half of the lease's epoch, 0 without one. */
uint16_t gs_session_number(const gs_session *session);
/* Clock by which a host is silent, us. */
uint64_t gs_session_wall(const gs_session *session, uint64_t now);
/* Bytes of one sample of the channels in these groups. */
uint16_t gs_sample_length(const gs_robot *robot, uint32_t groups);
/* Writes them. Returns their length. */
uint16_t gs_sample_write(const gs_robot *robot, uint32_t groups, const float *values, uint8_t *bytes);
/* What it answers to `describe`, `get-parameter` and `get-limit`. Returns false when there is none of that number. */
bool gs_describe_channel(const gs_robot *robot, uint16_t index, gs_msg_description *description);
bool gs_describe_joint(const gs_robot *robot, uint16_t index, gs_msg_description *description);
bool gs_describe_parameter(const gs_robot *robot, const gs_parameter_sets *sets, uint8_t index, gs_msg_parameter *told);
bool gs_describe_limit(const gs_robot *robot, const gs_hard_limits *limits, uint8_t index, gs_msg_limit *told);
/* How many parameters all gaits of the robot have; more than 255 cannot be asked for. */
unsigned gs_parameters_of(const gs_robot *robot);

#ifdef __cplusplus
}
#endif

#endif
