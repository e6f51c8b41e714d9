#include "gs_requests.h"

#include <string.h>

#include "gs_math.h"
#include "gs_reason.h"

/* Longest `field` of a nack, bytes. */
#define GS_FIELD_LENGTH 32u
/* Lockstep: most control periods until a frame comes. */
#define MOST_PERIODS 100000u

static void ack(gs_reply *reply) {
  reply->message.id = GS_ID_ACK;
}

/* `words`: NULL when reply->reason says it already. */
static void nack_field(gs_reply *reply, gs_nack_code code, gs_string field, const char *words) {
  gs_msg_nack *const told = &reply->message.as.nack;
  if (words != NULL) {
    gs_reason reason = gs_reason_begin(reply->reason, sizeof reply->reason);
    gs_reason_add(&reason, words);
  }
  reply->message.id = GS_ID_NACK;
  told->code = code;
  told->field = field;
  told->field.length = (uint16_t)gs_whole_characters(field.bytes, field.length, GS_FIELD_LENGTH);
  told->reason = gs_string_of(reply->reason);
  told->reason.length = (uint16_t)gs_whole_characters(reply->reason, told->reason.length, GS_REASON_LENGTH);
  /* A robot's own words that are no UTF-8 would make an answer that cannot be sent. */
  if (!gs_is_utf8(told->reason.bytes, told->reason.length)) told->reason.length = 0;
}

static void nack(gs_reply *reply, gs_nack_code code, const char *field, const char *words) {
  nack_field(reply, code, gs_string_of(field), words);
}

/* A terminated copy, cut after a whole character. */
static void copy_text(char *copy, size_t size, gs_string text) {
  const size_t length = gs_whole_characters(text.bytes, text.length, size - 1);
  if (length > 0) memcpy(copy, text.bytes, length);
  copy[length] = 0;
}

static bool has_power(const gs_session *session) {
  return session->motion.state != GS_STATE_OFF;
}

/* --- who is there */

static void hello(const gs_robot *robot, const gs_msg_hello *asked, gs_reply *reply) {
  gs_msg_hello_reply *const told = &reply->message.as.hello_reply;
  if (asked->oldest > GS_PROTOCOL || asked->newest < GS_PROTOCOL) {
    nack(reply, GS_NACK_CODE_VERSION, "newest", "this robot speaks version 1");
    return;
  }
  reply->message.id = GS_ID_HELLO_REPLY;
  told->protocol = GS_PROTOCOL;
  told->schema = GS_SCHEMA;
  told->robot_id = gs_string_of(robot->id);
  told->firmware = gs_string_of(robot->firmware);
  told->boot_id = robot->boot_id;
  told->reset = robot->reset;
  told->clock = robot->clock;
  told->telemetry_rate = (float)robot->telemetry_rate;
  /* In lockstep silence cannot be. */
  told->settle_after = robot->clock == GS_CLOCK_REALTIME ? (float)gs_settle_after(robot) : 0;
  told->cut_after = robot->clock == GS_CLOCK_REALTIME ? (float)gs_cut_after(robot) : 0;
  told->runs_gait = true;
  told->returns_by_itself = robot->place != NULL;
  told->channels = robot->channel_count;
  told->joints = GS_JOINTS;
  told->parameters = (uint8_t)gs_parameters_of(robot);
  told->limits = robot->limit_count;
}

static void status(const gs_session *session, gs_reply *reply) {
  gs_msg_status *const told = &reply->message.as.status;
  const gs_parameter_sets *const sets = &session->sets;
  reply->message.id = GS_ID_STATUS;
  told->state = session->motion.state;
  told->latched = session->latched;
  told->epoch = session->leased ? session->epoch : 0;
  told->owner = gs_string_of(session->leased ? session->owner : "");
  told->active_hash = sets->active.gait != NULL ? sets->active.hash : 0;
  told->staged_hash = sets->staged.gait != NULL ? sets->staged.hash : 0;
  told->limits_locked = has_power(session);
}

static void statistics(const gs_session *session, gs_reply *reply) {
  gs_msg_statistics *const told = &reply->message.as.statistics;
  reply->message.id = GS_ID_STATISTICS;
  told->frames_received = session->reader.results[GS_FRAME_OK];
  told->frames_broken = gs_frame_reader_broken(&session->reader);
  told->frames_malformed = session->malformed;
  told->frames_repeated = session->repeated;
  told->frames_sent = session->output.sent;
  told->frames_unsent = session->output.unsent;
  told->keepalives_stale = session->stale;
  told->loop_overruns = session->overruns;
  told->longest_period = (float)session->longest_period / 1e6f;
}

static void limit(const gs_session *session, uint8_t index, gs_reply *reply) {
  if (!gs_describe_limit(session->robot, &session->limits, index, &reply->message.as.limit))
    nack(reply, GS_NACK_CODE_REFUSED, "index", "there is no such limit");
  else reply->message.id = GS_ID_LIMIT;
}

static void set_limit(gs_session *session, const gs_msg_set_limit *asked, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  if (asked->index >= robot->limit_count) nack(reply, GS_NACK_CODE_REFUSED, "index", "there is no such limit");
  else if (has_power(session)) nack(reply, GS_NACK_CODE_LOCKED, "", "the motors have power");
  else if (gs_hard_limits_narrow(&session->limits, robot, asked->index, asked->low, asked->high))
    limit(session, asked->index, reply);
  else
    nack(reply, GS_NACK_CODE_REFUSED, asked->low >= robot->limits[asked->index].low ? "high" : "low",
         "wider than what is built in, or empty");
}

/* --- telemetry */

/* Control periods per frame, so that the rate is nearest to what was asked. */
static uint16_t periods_for(gs_real control_rate, gs_real rate) {
  gs_real periods;
  if (rate >= control_rate) return 1;
  periods = GS_MATH(floor)(control_rate / rate);
  if (control_rate / periods - rate > rate - control_rate / (periods + 1)) periods += 1;
  return periods < 65535 ? (uint16_t)periods : 65535;
}

/* Bytes per second that frames with such samples put on the line at most. */
static gs_real line_load(uint16_t samples, gs_real rate) {
  const unsigned frame = GS_HEADER_LENGTH + 19u + samples + GS_CRC_LENGTH;
  return (gs_real)(GS_LONGEST_ENCODING(frame) + 1u) * rate;
}

static void subscribe(gs_session *session, const gs_msg_subscribe *asked, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  gs_msg_subscribed *const told = &reply->message.as.subscribed;
  uint32_t present = 0;
  uint16_t index;
  if (has_power(session)) {
    nack(reply, GS_NACK_CODE_LOCKED, "", "the motors have power");
    return;
  }
  if (!(asked->rate > 0 && asked->rate < 1e9f)) {
    nack(reply, GS_NACK_CODE_REFUSED, "rate", "is no rate");
    return;
  }
  for (index = 0; index < robot->channel_count; index++) present |= UINT32_C(1) << robot->channels[index].group;
  session->groups = asked->groups & present;
  told->bytes = gs_sample_length(robot, session->groups);
  session->control_periods = periods_for(robot->control_rate, (gs_real)asked->rate);
  /* Ten bits a byte; a fifth of the line is for answers. */
  while (robot->baud > 0 && session->control_periods < UINT16_MAX &&
         line_load(told->bytes, robot->control_rate / session->control_periods) > GS_REAL(0.08) * (gs_real)robot->baud)
    session->control_periods++;
  session->until_frame = session->control_periods;
  gs_dead_man_set_rate(&session->dead_man, robot->control_rate / session->control_periods);
  reply->message.id = GS_ID_SUBSCRIBED;
  told->rate = (float)(robot->control_rate / session->control_periods);
  told->groups = session->groups;
}

/* --- lease */

static void settle_without_owner(gs_session *session, uint64_t now) {
  gs_motion_stop(&session->motion, GS_LEVEL_SETTLE, now);
  session->leased = false;
}

static void acquire_lease(gs_session *session, gs_string owner, uint64_t now, gs_reply *reply) {
  const uint32_t hash = gs_crc32c(0, (const uint8_t *)owner.bytes, owner.length);
  const uint64_t wall = gs_session_wall(session, now);
  if (session->leased && hash != session->owner_hash) {
    if (wall - session->heard < GS_LEASE_SILENCE) {
      gs_reason reason = gs_reason_begin(reply->reason, sizeof reply->reason);
      gs_reason_add(&reason, "leased to ");
      gs_reason_add(&reason, session->owner);
      nack(reply, GS_NACK_CODE_BUSY, "owner", NULL);
      return;
    }
    settle_without_owner(session, now);
  }
  /* An answer that grants an older lease must not be given again. */
  gs_answers_forget(&session->answers, GS_ID_ACQUIRE_LEASE);
  session->leased = true;
  session->owner_hash = hash;
  copy_text(session->owner, sizeof session->owner, owner);
  session->heard = wall;
  /* Another host's clock says nothing about this one's. */
  session->stopped = false;
  do session->epoch++;
  while ((session->epoch & 0xffffu) == 0);
  reply->message.id = GS_ID_LEASE;
  reply->message.as.lease.epoch = session->epoch;
}

/* --- motion */

static void arm(gs_session *session, uint64_t now, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  uint8_t index;
  if (session->latched != 0) {
    nack(reply, GS_NACK_CODE_LATCHED, "", "an e-stop is latched");
    return;
  }
  for (index = 0; session->sampled && index < robot->limit_count; index++)
    if (gs_hard_limits_beyond(&session->limits, robot, index, session->values)) {
      gs_reason reason = gs_reason_begin(reply->reason, sizeof reply->reason);
      gs_reason_add(&reason, robot->limits[index].name);
      gs_reason_add(&reason, " ");
      gs_reason_add(&reason, robot->limits[index].joint);
      gs_reason_add(&reason, " is beyond its hard limit");
      nack(reply, GS_NACK_CODE_REFUSED, "", NULL);
      return;
    }
  if (!gs_motion_arm(&session->motion, now, reply->reason, sizeof reply->reason)) {
    nack(reply, GS_NACK_CODE_REFUSED, "", NULL);
    return;
  }
  gs_hard_limits_begin(&session->limits);
  gs_dead_man_feed(&session->dead_man, now);
  ack(reply);
}

static void stage(gs_session *session, const gs_msg_stage *part, gs_reply *reply) {
  gs_refusal refusal;
  switch (gs_stage(&session->sets, session->robot, part, &refusal, reply->reason, sizeof reply->reason)) {
    case GS_STAGE_CONTINUES:
      ack(reply);
      return;
    case GS_STAGE_DONE:
      reply->message.id = GS_ID_STAGED;
      reply->message.as.staged.hash = session->sets.staged.hash;
      return;
    default:
      nack_field(reply, refusal.code, refusal.field, NULL);
      return;
  }
}

static void commit(gs_session *session, uint32_t hash, gs_reply *reply) {
  const gs_state state = session->motion.state;
  if (state == GS_STATE_WALKING || state == GS_STATE_RAMPING_OUT)
    nack(reply, GS_NACK_CODE_REFUSED, "", "cannot change the gait during a walk");
  else if (session->sets.staged.gait == NULL) nack(reply, GS_NACK_CODE_REFUSED, "hash", "nothing is staged");
  else if (!gs_commit(&session->sets, hash))
    nack(reply, GS_NACK_CODE_REFUSED, "hash", "the staged set has another hash");
  else ack(reply);
}

static void store(gs_session *session, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  uint8_t bytes[GS_STORED_LENGTH];
  size_t length;
  if (session->motion.state != GS_STATE_OFF) {
    nack(reply, GS_NACK_CODE_LOCKED, "", "the motors have power");
    return;
  }
  length = gs_pack_active(&session->sets, bytes);
  if (length == 0) nack(reply, GS_NACK_CODE_REFUSED, "", "no parameter set is active");
  else if (!robot->store_parameters(robot->user, bytes, length))
    nack(reply, GS_NACK_CODE_REFUSED, "", "the set could not be kept");
  else ack(reply);
}

static void stopped(gs_session *session, gs_level in_force, uint64_t now, gs_reply *reply) {
  gs_msg_stopped *const told = &reply->message.as.stopped;
  reply->message.id = GS_ID_STOPPED;
  told->confirmed = true;
  told->level = in_force;
  /* Present states are older than this request when an earlier stop, or none, led to them. */
  told->time = session->motion.state == GS_STATE_RISING ? now : session->motion.entered;
}

static void e_stop(gs_session *session, const gs_msg_e_stop *asked, uint64_t now, gs_reply *reply) {
  char reason[GS_REASON_LENGTH + 1];
  /* First the motors, then the words. */
  const gs_level in_force = gs_motion_stop(&session->motion, asked->level, now);
  copy_text(reason, sizeof reason, asked->reason);
  gs_session_halt(session, asked->level, true, GS_FAULT_NONE, reason, now);
  stopped(session, in_force, now, reply);
}

static void clear_e_stop(gs_session *session, const gs_msg_clear_e_stop *asked, uint64_t now, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  char checked[GS_REASON_LENGTH + 1];
  if (session->latched == 0) nack(reply, GS_NACK_CODE_REFUSED, "", "nothing is latched");
  else if (asked->event != session->latched) nack(reply, GS_NACK_CODE_REFUSED, "event", "is not the one that latched");
  else if (asked->checked.length == 0) nack(reply, GS_NACK_CODE_REFUSED, "checked", "says nothing");
  else {
    session->latched = 0;
    if (robot->save_latch != NULL) robot->save_latch(robot->user, false);
    copy_text(checked, sizeof checked, asked->checked);
    gs_events_add(&session->events, GS_EVENT_CLEARED, GS_FAULT_NONE, now, checked);
    ack(reply);
  }
}

/* --- simulated robots */

static void advance(gs_session *session, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  unsigned periods;
  for (periods = 0; periods < MOST_PERIODS; periods++) {
    bool speaks;
    gs_session_control(session, robot->now_us(robot->user));
    speaks = robot->advance(robot->user);
    if (gs_session_observe(session, robot->now_us(robot->user), !speaks) || !speaks) break;
  }
  ack(reply);
}

static void place(gs_session *session, const gs_msg_place *asked, uint64_t now, gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  gs_motion_stop(&session->motion, GS_LEVEL_CUT, now);
  reply->reason[0] = 0;
  if (!robot->place(robot->user, asked->seed, asked->suggestion, asked->carry_over, reply->reason,
                    sizeof reply->reason)) {
    nack(reply, GS_NACK_CODE_REFUSED, "", NULL);
    return;
  }
  gs_parameter_sets_init(&session->sets);
  gs_session_load_parameters(session);
  session->sampled = false;
  session->until_frame = session->control_periods;
  ack(reply);
}

/* Whether a message is only for simulated robots that this one is not. */
static bool is_foreign(const gs_robot *robot, uint8_t id) {
  if (id == GS_ID_ADVANCE) return robot->clock != GS_CLOCK_LOCKSTEP || robot->advance == NULL;
  return id == GS_ID_PLACE && robot->place == NULL;
}

/* Whether only the holder of the lease may ask for it. Questions and stops are open to everybody. */
static bool needs_lease(uint8_t id) {
  switch (id) {
    case GS_ID_RELEASE_LEASE:
    case GS_ID_ARM:
    case GS_ID_DISARM:
    case GS_ID_STAGE:
    case GS_ID_COMMIT:
    case GS_ID_STORE:
    case GS_ID_START:
    case GS_ID_TARGETS:
    case GS_ID_SUBSCRIBE:
    case GS_ID_SET_LIMIT:
    case GS_ID_CLEAR_E_STOP:
    case GS_ID_PLACE:
      return true;
    default:
      return false;
  }
}

/* Times of headers, us modulo 2^32. */
static bool is_earlier(uint32_t time, uint32_t than) {
  return ((time - than) & UINT32_C(0x80000000)) != 0;
}

/* Whether a stop that was sent later has come before it: what a line has delayed must not undo a stop. */
static bool is_overtaken(const gs_session *session, const gs_frame *request, uint64_t now) {
  const uint8_t id = request->type;
  if (id != GS_ID_ARM && id != GS_ID_START && id != GS_ID_TARGETS) return false;
  if (!session->stopped || gs_session_wall(session, now) - session->stop_heard > GS_LONGEST_DELAY) return false;
  return is_earlier(request->time, session->stop_sent);
}

/* A stop by the lease's host. A line may deliver a later one first. */
static void remember_stop(gs_session *session, const gs_frame *request, uint64_t now) {
  const uint64_t wall = gs_session_wall(session, now);
  if (!session->leased || request->session != gs_session_number(session)) return;
  if (!session->stopped || wall - session->stop_heard > GS_LONGEST_DELAY ||
      !is_earlier(request->time, session->stop_sent))
    session->stop_sent = request->time;
  session->stopped = true;
  session->stop_heard = wall;
}

void gs_carry_out(gs_session *session, const gs_frame *request, int decoded, const gs_message *message, uint64_t now,
                  gs_reply *reply) {
  const gs_robot *const robot = session->robot;
  gs_motion *const motion = &session->motion;
  reply->reason[0] = 0;
  if (decoded != 0) {
    session->malformed++;
    if (decoded == GS_ERROR_UNKNOWN) nack(reply, GS_NACK_CODE_UNKNOWN, "", "no message of a host has this type");
    else nack(reply, GS_NACK_CODE_MALFORMED, "", "the payload is not as the table says");
    return;
  }
  if (is_foreign(robot, message->id)) {
    nack(reply, GS_NACK_CODE_UNKNOWN, "", "this robot is not simulated");
    return;
  }
  if (message->id == GS_ID_STORE && (robot->store_parameters == NULL || robot->load_parameters == NULL)) {
    nack(reply, GS_NACK_CODE_UNKNOWN, "", "this robot has no memory that outlives its power");
    return;
  }
  if (needs_lease(message->id) && (!session->leased || request->session != gs_session_number(session))) {
    nack(reply, GS_NACK_CODE_NO_LEASE, "", "this command carries no valid lease");
    return;
  }
  if (is_overtaken(session, request, now)) {
    nack(reply, GS_NACK_CODE_REFUSED, "", "sent before the last stop");
    return;
  }
  switch (message->id) {
    case GS_ID_STOP:
      stopped(session, gs_motion_stop(motion, message->as.stop.level, now), now, reply);
      remember_stop(session, request, now);
      return;
    case GS_ID_E_STOP:
      e_stop(session, &message->as.e_stop, now, reply);
      remember_stop(session, request, now);
      return;
    case GS_ID_HELLO:
      hello(robot, &message->as.hello, reply);
      return;
    case GS_ID_DESCRIBE: {
      const gs_msg_describe *const asked = &message->as.describe;
      gs_msg_description *const told = &reply->message.as.description;
      reply->message.id = GS_ID_DESCRIPTION;
      if (asked->subject == GS_SUBJECT_CHANNEL ? gs_describe_channel(robot, asked->index, told)
                                               : gs_describe_joint(robot, asked->index, told))
        return;
      nack(reply, GS_NACK_CODE_REFUSED, "index", "there is none of this number");
      return;
    }
    case GS_ID_GET_PARAMETER:
      reply->message.id = GS_ID_PARAMETER;
      if (!gs_describe_parameter(robot, &session->sets, message->as.get_parameter.index, &reply->message.as.parameter))
        nack(reply, GS_NACK_CODE_REFUSED, "index", "there is no such parameter");
      return;
    case GS_ID_GET_LIMIT:
      limit(session, message->as.get_limit.index, reply);
      return;
    case GS_ID_SET_LIMIT:
      set_limit(session, &message->as.set_limit, reply);
      return;
    case GS_ID_GET_STATUS:
      status(session, reply);
      return;
    case GS_ID_GET_STATISTICS:
      statistics(session, reply);
      return;
    case GS_ID_TIME_SYNC:
      reply->message.id = GS_ID_TIME_REPLY;
      reply->message.as.time_reply.sent = message->as.time_sync.sent;
      reply->message.as.time_reply.received = now;
      reply->message.as.time_reply.replied = robot->now_us(robot->user);
      return;
    case GS_ID_SUBSCRIBE:
      subscribe(session, &message->as.subscribe, reply);
      return;
    case GS_ID_ACQUIRE_LEASE:
      acquire_lease(session, message->as.acquire_lease.owner, now, reply);
      return;
    case GS_ID_RELEASE_LEASE:
      settle_without_owner(session, now);
      ack(reply);
      return;
    case GS_ID_ARM:
      arm(session, now, reply);
      return;
    case GS_ID_DISARM:
      if (gs_motion_disarm(motion, now, reply->reason, sizeof reply->reason)) ack(reply);
      else nack(reply, GS_NACK_CODE_REFUSED, "", NULL);
      return;
    case GS_ID_STAGE:
      stage(session, &message->as.stage, reply);
      return;
    case GS_ID_COMMIT:
      commit(session, message->as.commit.hash, reply);
      return;
    case GS_ID_STORE:
      store(session, reply);
      return;
    case GS_ID_START:
      if (session->latched != 0) nack(reply, GS_NACK_CODE_LATCHED, "", "an e-stop is latched");
      else if (gs_motion_start(motion, &session->sets.active, now, reply->reason, sizeof reply->reason)) ack(reply);
      else nack(reply, GS_NACK_CODE_REFUSED, "", NULL);
      return;
    case GS_ID_TARGETS:
      nack(reply, GS_NACK_CODE_REFUSED, "", "this robot runs the gait by itself");
      return;
    case GS_ID_CLEAR_E_STOP:
      clear_e_stop(session, &message->as.clear_e_stop, now, reply);
      return;
    case GS_ID_ADVANCE:
      advance(session, reply);
      return;
    case GS_ID_PLACE:
      place(session, &message->as.place, now, reply);
      return;
    default:
      nack(reply, GS_NACK_CODE_UNKNOWN, "", "this robot does not know the message");
      return;
  }
}
