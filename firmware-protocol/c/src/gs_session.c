#include "gs_session.h"

#include <string.h>

#include "gs_reason.h"
#include "gs_requests.h"

#define MICROSECONDS 1000000

gs_real gs_settle_after(const gs_robot *robot) {
  return robot->settle_after > 0 ? robot->settle_after : (gs_real)0.3;
}

gs_real gs_cut_after(const gs_robot *robot) {
  return robot->cut_after > 0 ? robot->cut_after : (gs_real)0.8;
}

static uint64_t now_of(const gs_session *session) {
  return session->robot->now_us(session->robot->user);
}

uint16_t gs_session_number(const gs_session *session) {
  return (uint16_t)(session->leased ? session->epoch : 0);
}

uint64_t gs_session_wall(const gs_session *session, uint64_t now) {
  const gs_robot *const robot = session->robot;
  return robot->wall_us != NULL ? robot->wall_us(robot->user) : now;
}

/* --- sending */

static bool send_payload(gs_session *session, gs_frame *frame, uint64_t now, size_t reserve) {
  frame->session = gs_session_number(session);
  frame->time = (uint32_t)now;
  return gs_output_send(&session->output, session->robot, frame, reserve);
}

bool gs_session_send(gs_session *session, const gs_message *message, uint64_t now, size_t reserve) {
  uint8_t payload[GS_LONGEST_PAYLOAD];
  gs_frame frame;
  const int length = gs_encode(message, payload, sizeof payload);
  if (length < 0) return false;
  frame.type = message->id;
  frame.flags = 0;
  frame.seq = 0;
  frame.payload = payload;
  frame.length = (uint16_t)length;
  return send_payload(session, &frame, now, reserve);
}

void gs_session_send_events(gs_session *session, uint64_t now) {
  const uint32_t interval = session->robot->clock == GS_CLOCK_LOCKSTEP ? 0 : GS_EVENT_INTERVAL;
  gs_pending_event *event;
  while ((event = gs_events_due(&session->events, now)) != NULL) {
    gs_message message;
    message.id = GS_ID_EVENT;
    message.as.event.number = event->number;
    message.as.event.event = (gs_event)event->event;
    message.as.event.code = event->code;
    message.as.event.time = event->time;
    message.as.event.reason = gs_string_of(event->reason);
    /* The robot's own words may be no UTF-8. */
    if (!gs_is_utf8(event->reason, message.as.event.reason.length)) message.as.event.reason.length = 0;
    if (!gs_session_send(session, &message, now, 0)) return;
    gs_events_sent(event, now, interval);
  }
}

static void send_carry_over(gs_session *session, uint64_t now) {
  const gs_robot *const robot = session->robot;
  const gs_state state = session->motion.state;
  gs_message message;
  if (robot->carry_over == NULL || (state != GS_STATE_OFF && state != GS_STATE_SETTLING)) return;
  message.id = GS_ID_CARRY_OVER;
  message.as.carry_over.state = gs_string_of(robot->carry_over(robot->user));
  gs_session_send(session, &message, now, 0);
}

static void answer(gs_session *session, const gs_frame *request, const gs_reply *reply) {
  uint8_t payload[GS_LONGEST_PAYLOAD];
  const uint64_t now = now_of(session);
  gs_frame frame;
  int length = gs_encode(&reply->message, payload, sizeof payload);
  frame.type = reply->message.id;
  if (length < 0) {
    /* Its texts were checked at the start: this is a defect, and saying nothing would leave the host waiting. */
    static const gs_msg_nack defect = {GS_NACK_CODE_REFUSED, {"", 0}, {"internal", 8}};
    length = gs_encode_nack(&defect, payload, sizeof payload);
    frame.type = GS_ID_NACK;
  }
  gs_answers_keep(&session->answers, request, frame.type, payload, (size_t)length);
  gs_session_send_events(session, now);
  send_carry_over(session, now);
  if ((request->flags & GS_FLAG_REPLY_WANTED) == 0) return;
  frame.flags = GS_FLAG_REPLY;
  frame.seq = request->seq;
  frame.payload = payload;
  frame.length = (uint16_t)length;
  send_payload(session, &frame, now, 0);
}

static void answer_again(gs_session *session, const gs_frame *request, const gs_answer *kept) {
  gs_frame frame;
  const uint64_t now = now_of(session);
  if ((request->flags & GS_FLAG_REPLY_WANTED) == 0) return;
  send_carry_over(session, now);
  frame.type = kept->type;
  frame.flags = GS_FLAG_REPLY;
  frame.seq = request->seq;
  frame.payload = kept->payload;
  frame.length = kept->length;
  send_payload(session, &frame, now, 0);
}

/* --- receiving */

static void keepalive(gs_session *session, const gs_frame *frame, const gs_msg_keepalive *told, uint64_t now) {
  if (session->leased && frame->session == gs_session_number(session) &&
      gs_dead_man_accepts(&session->dead_man, session->robot->secret, told->telemetry_seq, told->response, now))
    gs_dead_man_feed(&session->dead_man, now);
  else session->stale++;
}

static void on_frame(gs_session *session, const gs_frame *frame) {
  const uint64_t now = now_of(session);
  const gs_answer *kept;
  gs_message message;
  gs_reply reply;
  const int decoded = gs_decode_from_host(&message, frame->type, frame->payload, frame->length);
  const bool stops = decoded == 0 && (message.id == GS_ID_STOP || message.id == GS_ID_E_STOP);
  if (session->leased && frame->session == gs_session_number(session)) session->heard = gs_session_wall(session, now);
  if (decoded == 0 && message.id == GS_ID_KEEPALIVE) {
    keepalive(session, frame, &message.as.keepalive, now);
    return;
  }
  /* A robot asks nothing, so nothing answers it: this is its own echo, or a defect. */
  if ((frame->flags & GS_FLAG_REPLY) != 0 && !stops) {
    session->malformed++;
    return;
  }
  kept = gs_answers_find(&session->answers, frame);
  if (kept != NULL) session->repeated++;
  /* A stop is carried out however often it comes: it does no harm twice, and must not be lost once. */
  if (kept != NULL && kept->type != 0 && !stops) {
    answer_again(session, frame, kept);
    return;
  }
  gs_carry_out(session, frame, decoded, &message, now, &reply);
  answer(session, frame, &reply);
}

void gs_session_receive(gs_session *session, const uint8_t *bytes, size_t length) {
  gs_frame frame;
  size_t at;
  for (at = 0; at < length; at++)
    if (gs_frame_reader_push(&session->reader, bytes[at], &frame)) on_frame(session, &frame);
  gs_output_flush(&session->output, session->robot);
}

/* --- a control period */

void gs_session_halt(gs_session *session, gs_level level, bool latch, gs_fault code, const char *reason, uint64_t now) {
  const gs_robot *const robot = session->robot;
  gs_motion_stop(&session->motion, level, now);
  if (code != GS_FAULT_NONE) gs_events_add(&session->events, GS_EVENT_FAULT, (uint8_t)code, now, reason);
  if (latch && session->latched == 0) {
    session->latched = gs_events_add(&session->events, GS_EVENT_LATCHED, GS_FAULT_NONE, now, reason);
    if (robot->save_latch != NULL) robot->save_latch(robot->user, true);
  }
}

static void watch_limits(gs_session *session, uint64_t now) {
  const gs_robot *const robot = session->robot;
  const int crossed = gs_hard_limits_watch(&session->limits, robot, session->values);
  const gs_hard_limit *limit;
  float value;
  char words[GS_REASON_LENGTH + 1];
  gs_reason reason = gs_reason_begin(words, sizeof words);
  if (crossed < 0) return;
  limit = &robot->limits[crossed];
  /* It is on its way there. */
  if (limit->action == GS_ACTION_SETTLE && session->motion.state == GS_STATE_SETTLING) return;
  value = session->values[limit->channel];
  gs_motion_stop(&session->motion, limit->action == GS_ACTION_CUT ? GS_LEVEL_CUT : GS_LEVEL_SETTLE, now);
  gs_reason_add(&reason, limit->name);
  gs_reason_add(&reason, " ");
  gs_reason_add(&reason, limit->joint);
  if (value == value) {
    gs_reason_add(&reason, ": ");
    gs_reason_add_number(&reason, (gs_real)value, 3);
    gs_reason_add(&reason, " ");
    gs_reason_add(&reason, limit->unit);
  } else gs_reason_add(&reason, ": no reading");
  gs_events_add(&session->events, GS_EVENT_FAULT, value == value ? GS_FAULT_LIMIT : GS_FAULT_SENSOR, now, words);
}

static void send_telemetry(gs_session *session, uint64_t now) {
  uint8_t samples[4 * GS_MAX_CHANNELS];
  gs_msg_telemetry *told;
  gs_message message;
  const gs_parameter_sets *const sets = &session->sets;
  message.id = GS_ID_TELEMETRY;
  told = &message.as.telemetry;
  told->seq = gs_dead_man_count(&session->dead_man, now);
  told->time = now;
  told->challenge = gs_challenge(session->robot->secret, told->seq);
  told->set = (uint16_t)(sets->active.gait != NULL ? sets->active.hash : 0);
  told->state = session->motion.state;
  told->samples.bytes = samples;
  told->samples.length = gs_sample_write(session->robot, session->groups, session->values, samples);
  gs_session_send(session, &message, now, GS_OUTPUT_RESERVE);
}

bool gs_session_observe(gs_session *session, uint64_t now, bool silent) {
  const gs_robot *const robot = session->robot;
  robot->read_channels(robot->user, session->values);
  session->sampled = true;
  if (session->motion.state != GS_STATE_OFF) watch_limits(session, now);
  if (--session->until_frame > 0) return false;
  session->until_frame = session->control_periods;
  if (!silent) send_telemetry(session, now);
  return true;
}

static void watch_silence(gs_session *session, uint64_t now) {
  gs_dead_man *const dead_man = &session->dead_man;
  const gs_robot *const robot = session->robot;
  const gs_real silence = (gs_real)gs_dead_man_silence(dead_man, now) / MICROSECONDS;
  gs_level level;
  char words[GS_REASON_LENGTH + 1];
  gs_reason reason = gs_reason_begin(words, sizeof words);
  if (session->motion.state == GS_STATE_OFF || robot->clock == GS_CLOCK_LOCKSTEP) return;
  if (silence >= gs_cut_after(robot)) level = GS_LEVEL_CUT;
  else if (silence >= gs_settle_after(robot) && session->motion.state != GS_STATE_SETTLING) level = GS_LEVEL_SETTLE;
  else return;
  gs_motion_stop(&session->motion, level, now);
  gs_reason_add(&reason, "no valid keepalive for ");
  gs_reason_add_number(&reason, silence, 2);
  gs_reason_add(&reason, level == GS_LEVEL_CUT ? " s: cut" : " s: settle");
  gs_events_add(&session->events, GS_EVENT_FAULT, GS_FAULT_DEAD_MAN, now, words);
}

void gs_session_control(gs_session *session, uint64_t now) {
  watch_silence(session, now);
  gs_motion_tick(&session->motion, now);
}

static void watch_loop(gs_session *session, uint64_t now) {
  const gs_robot *const robot = session->robot;
  const uint64_t ticked = session->ticked;
  const gs_real late_after = robot->late_after > 0 ? robot->late_after : (gs_real)0.2;
  gs_real period;
  session->ticked = now > 0 ? now : 1;
  if (ticked == 0 || now <= ticked) return;
  period = (gs_real)(now - ticked) / MICROSECONDS;
  if (now - ticked > session->longest_period)
    session->longest_period = (uint32_t)(now - ticked < UINT32_MAX ? now - ticked : UINT32_MAX);
  if (period > (gs_real)1.5 / robot->control_rate) session->overruns++;
  if (period > late_after && session->motion.state != GS_STATE_OFF && session->motion.state != GS_STATE_SETTLING)
    gs_session_halt(session, GS_LEVEL_SETTLE, false, GS_FAULT_OVERRUN, "the control loop stood still", now);
}

void gs_session_tick(gs_session *session) {
  const uint64_t now = now_of(session);
  if (session->robot->clock == GS_CLOCK_REALTIME) {
    watch_loop(session, now);
    gs_session_observe(session, now, false);
    gs_session_control(session, now);
  }
  gs_session_send_events(session, now);
  gs_output_flush(&session->output, session->robot);
}

/* --- the robot's own */

void gs_session_fault(gs_session *session, gs_level level, gs_fault code, const char *reason) {
  gs_session_halt(session, level, false, code, reason, now_of(session));
}

void gs_session_latch(gs_session *session, gs_level level, gs_fault code, const char *reason) {
  gs_session_halt(session, level, true, code, reason, now_of(session));
}

void gs_session_note(gs_session *session, const char *words) {
  gs_events_add(&session->events, GS_EVENT_NOTE, GS_FAULT_NONE, now_of(session), words);
}

gs_state gs_session_state(const gs_session *session) {
  return session->motion.state;
}

uint32_t gs_session_latched(const gs_session *session) {
  return session->latched;
}

const gs_real *gs_session_targets(const gs_session *session) {
  return session->motion.targets;
}

/* --- the start */

/* Whether everything the host may ask about fits its answer. */
static const char *check_texts(const gs_session *session) {
  const gs_robot *const robot = session->robot;
  uint8_t payload[GS_LONGEST_PAYLOAD];
  gs_msg_description description;
  gs_msg_parameter parameter;
  gs_msg_limit limit;
  unsigned index;
  for (index = 0; gs_describe_channel(robot, (uint16_t)index, &description); index++)
    if (gs_encode_description(&description, payload, sizeof payload) < 0 || description.group > 31)
      return "a channel's texts or group cannot be sent";
  for (index = 0; gs_describe_joint(robot, (uint16_t)index, &description); index++)
    if (gs_encode_description(&description, payload, sizeof payload) < 0) return "a joint's name cannot be sent";
  for (index = 0; index < 256 && gs_describe_parameter(robot, &session->sets, (uint8_t)index, &parameter); index++)
    if (gs_encode_parameter(&parameter, payload, sizeof payload) < 0) return "a parameter's texts cannot be sent";
  for (index = 0; index < 256 && gs_describe_limit(robot, &session->limits, (uint8_t)index, &limit); index++) {
    const int length = gs_encode_limit(&limit, payload, sizeof payload);
    if (length < 0 || length > GS_ANSWER_BYTES) return "a limit's texts are too long";
    if (robot->limits[index].channel >= robot->channel_count) return "a limit has no channel";
    if (!(limit.low <= limit.high)) return "a limit is empty";
  }
  if (strlen(robot->id) + strlen(robot->firmware) > 400 || strlen(robot->id) > 255 || strlen(robot->firmware) > 255)
    return "the robot's id or firmware is too long";
  if (!gs_is_utf8(robot->id, strlen(robot->id)) || !gs_is_utf8(robot->firmware, strlen(robot->firmware)))
    return "the robot's id or firmware is no UTF-8";
  return NULL;
}

void gs_session_load_parameters(gs_session *session) {
  const gs_robot *const robot = session->robot;
  uint8_t bytes[GS_STORED_LENGTH];
  size_t length;
  if (robot->load_parameters == NULL || robot->store_parameters == NULL) return;
  length = robot->load_parameters(robot->user, bytes, sizeof bytes);
  if (length == 0 || gs_unpack_active(&session->sets, robot, bytes, length)) return;
  gs_events_add(&session->events, GS_EVENT_NOTE, GS_FAULT_NONE, now_of(session), "the parameters kept are not for this program");
}

const char *gs_session_init(gs_session *session, const gs_robot *robot) {
  const gs_real ratio = robot->control_rate / robot->telemetry_rate;
  const gs_gait *gait;
  const char *wrong;
  uint64_t now;
  uint8_t index;
  /* Whatever is wrong with the description. */
  robot->set_drive(robot->user, GS_DRIVE_OFF);
  memset(session, 0, sizeof *session);
  session->robot = robot;
  if (!(robot->control_rate > 0 && robot->telemetry_rate > 0 && ratio < 65535)) return "a rate is not above 0";
  session->control_periods = (uint16_t)(ratio + (gs_real)0.5);
  if (session->control_periods == 0 || ratio - session->control_periods > (gs_real)1e-3 ||
      session->control_periods - ratio > (gs_real)1e-3)
    return "the telemetry rate does not divide the control rate";
  if (robot->channel_count > GS_MAX_CHANNELS) return "too many channels";
  if (robot->limit_count > GS_MAX_LIMITS) return "too many limits";
  if (gs_parameters_of(robot) > 255) return "too many parameters";
  for (index = 0; (gait = gs_robot_gait(robot, index)) != NULL; index++)
    if (gait->parameter_count > GS_MAX_GAIT_PARAMETERS) return "a gait has too many parameters";
  session->until_frame = session->control_periods;
  session->groups = UINT32_MAX;
  session->epoch = robot->last_epoch;
  gs_frame_reader_init(&session->reader);
  gs_output_init(&session->output);
  gs_answers_init(&session->answers);
  gs_events_init(&session->events);
  gs_parameter_sets_init(&session->sets);
  gs_hard_limits_init(&session->limits, robot);
  gs_dead_man_init(&session->dead_man, robot->telemetry_rate);
  wrong = check_texts(session);
  if (wrong != NULL) return wrong;
  gs_motion_init(&session->motion, robot);
  now = now_of(session);
  gs_events_add(&session->events, GS_EVENT_REBOOTED, GS_FAULT_NONE, now, "the firmware has started");
  gs_session_load_parameters(session);
  if (robot->load_latch != NULL && robot->load_latch(robot->user))
    session->latched =
        gs_events_add(&session->events, GS_EVENT_LATCHED, GS_FAULT_NONE, now, "latched before the reset");
  return NULL;
}
