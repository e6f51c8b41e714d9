/*
 * The messages as messages.yaml lists them. Written by `npm run generate`; do not edit.
 *
 * Decoding copies nothing: strings, bytes, floats and values are views into the payload, which must outlive the message.
 * Everything is checked while decoding: a message that was decoded holds only what the table allows.
 */
#ifndef GS_MESSAGES_H
#define GS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the protocol that this table belongs to. */
#define GS_PROTOCOL 1u
/* Hash of the messages and their fields, exchanged in hello and hello-reply. */
#define GS_SCHEMA 0x0218ebdfu
/* Longest payload of a frame, bytes; a longer one is not encoded. */
#define GS_LONGEST_PAYLOAD 480u

/* Why a message was not encoded or not decoded; all negative. */
typedef enum {
  GS_ERROR_ROOM = -1,    /* it does not fit the buffer, or no frame */
  GS_ERROR_VALUE = -2,   /* a field cannot be written as the table says */
  GS_ERROR_UNKNOWN = -3, /* no message with this id comes from this side */
  GS_ERROR_PAYLOAD = -4  /* truncated, trailing bytes, bad text, number or word */
} gs_error;

typedef enum { GS_HOST, GS_ROBOT } gs_side;

/* UTF-8, not terminated. */
typedef struct {
  const char *bytes;
  uint16_t length;
} gs_string;

typedef struct {
  const uint8_t *bytes;
  uint16_t length;
} gs_bytes;

/* Binary32 numbers as they stand on the wire, 4 bytes each; see gs_float_at and gs_put_float. */
typedef struct {
  const uint8_t *bytes;
  uint16_t count;
} gs_floats;

/* Names and binary64 numbers as they stand on the wire; see gs_next_value and gs_put_value. */
typedef struct {
  const uint8_t *bytes;
  uint16_t length;
  uint8_t count;
} gs_values;

/* @param text terminated; more than 65535 bytes are cut */
gs_string gs_string_of(const char *text);
bool gs_string_equal(gs_string one, gs_string other);

/* @param index below floats->count */
float gs_float_at(const gs_floats *floats, uint16_t index);
/* Writes 4 bytes, for gs_floats and for samples of telemetry; NaN is always the same one. */
void gs_put_float(uint8_t *bytes, float value);

/* Takes the next pair off the front of `rest`. @return false when there is none */
bool gs_next_value(gs_values *rest, gs_string *name, double *value);
/* Appends a pair to values whose bytes are `buffer`. @return false when there is no room, and nothing has changed */
bool gs_put_value(gs_values *values, uint8_t *buffer, size_t size, gs_string name, double value);

/* Whether the bytes are UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF. */
bool gs_is_utf8(const char *bytes, size_t length);

/* Ids of messages. */
typedef enum {
  GS_ID_HELLO = 0x01,
  GS_ID_HELLO_REPLY = 0x02,
  GS_ID_DESCRIBE = 0x03,
  GS_ID_DESCRIPTION = 0x04,
  GS_ID_GET_PARAMETER = 0x05,
  GS_ID_PARAMETER = 0x06,
  GS_ID_GET_LIMIT = 0x07,
  GS_ID_SET_LIMIT = 0x08,
  GS_ID_LIMIT = 0x09,
  GS_ID_GET_STATUS = 0x0a,
  GS_ID_STATUS = 0x0b,
  GS_ID_GET_STATISTICS = 0x0c,
  GS_ID_STATISTICS = 0x0d,
  GS_ID_TIME_SYNC = 0x0e,
  GS_ID_TIME_REPLY = 0x0f,
  GS_ID_ACQUIRE_LEASE = 0x10,
  GS_ID_LEASE = 0x11,
  GS_ID_KEEPALIVE = 0x12,
  GS_ID_RELEASE_LEASE = 0x13,
  GS_ID_ARM = 0x20,
  GS_ID_DISARM = 0x21,
  GS_ID_STAGE = 0x22,
  GS_ID_COMMIT = 0x23,
  GS_ID_STORE = 0x26,
  GS_ID_START = 0x24,
  GS_ID_TARGETS = 0x25,
  GS_ID_STOP = 0x2f,
  GS_ID_E_STOP = 0x2e,
  GS_ID_CLEAR_E_STOP = 0x2d,
  GS_ID_ACK = 0x30,
  GS_ID_STAGED = 0x31,
  GS_ID_NACK = 0x32,
  GS_ID_STOPPED = 0x33,
  GS_ID_SUBSCRIBE = 0x3f,
  GS_ID_SUBSCRIBED = 0x3e,
  GS_ID_TELEMETRY = 0x40,
  GS_ID_EVENT = 0x41,
  GS_ID_ADVANCE = 0x50,
  GS_ID_PLACE = 0x51,
  GS_ID_CARRY_OVER = 0x52
} gs_id;

/* Codes of an event. */
typedef enum {
  GS_FAULT_NONE = 0, /* no fault */
  GS_FAULT_DEAD_MAN = 1, /* the host was silent, or its answers to the challenge were stale */
  GS_FAULT_LIMIT = 2, /* a hard limit of the firmware was crossed; `reason` names it */
  GS_FAULT_BUTTON = 3, /* the robot's own stop button was pressed */
  GS_FAULT_MOTOR = 4, /* a motor driver failed or does not answer */
  GS_FAULT_SENSOR = 5, /* an encoder or the IMU does not answer or is not plausible */
  GS_FAULT_TEMPERATURE = 6, /* a motor or driver cut out because it was hot */
  GS_FAULT_SUPPLY = 7, /* the supply voltage is too low */
  GS_FAULT_OVERRUN = 8, /* the control loop was late */
  GS_FAULT_INTERNAL = 9 /* a defect of the firmware */
} gs_fault;

typedef enum {
  GS_RESET_POWER_ON = 0,
  GS_RESET_SOFTWARE = 1,
  GS_RESET_WATCHDOG = 2,
  GS_RESET_BROWN_OUT = 3,
  GS_RESET_UNKNOWN = 4
} gs_reset;

typedef enum {
  GS_CLOCK_LOCKSTEP = 0,
  GS_CLOCK_REALTIME = 1
} gs_clock;

typedef enum {
  GS_SUBJECT_CHANNEL = 0,
  GS_SUBJECT_JOINT = 1
} gs_subject;

typedef enum {
  GS_SOURCE_MEASURED = 0,
  GS_SOURCE_COMMANDED = 1
} gs_source;

typedef enum {
  GS_ACTION_SETTLE = 0,
  GS_ACTION_CUT = 1
} gs_action;

typedef enum {
  GS_STATE_OFF = 0,
  GS_STATE_RISING = 1,
  GS_STATE_STANDING = 2,
  GS_STATE_WALKING = 3,
  GS_STATE_RAMPING_OUT = 4,
  GS_STATE_SETTLING = 5
} gs_state;

typedef enum {
  GS_LEVEL_NEUTRAL = 0,
  GS_LEVEL_SETTLE = 1,
  GS_LEVEL_CUT = 2
} gs_level;

typedef enum {
  GS_NACK_CODE_REFUSED = 0,
  GS_NACK_CODE_NO_LEASE = 1,
  GS_NACK_CODE_BUSY = 2,
  GS_NACK_CODE_MALFORMED = 3,
  GS_NACK_CODE_UNKNOWN = 4,
  GS_NACK_CODE_VERSION = 5,
  GS_NACK_CODE_LOCKED = 6,
  GS_NACK_CODE_LATCHED = 7
} gs_nack_code;

typedef enum {
  GS_EVENT_REBOOTED = 0,
  GS_EVENT_FAULT = 1,
  GS_EVENT_LATCHED = 2,
  GS_EVENT_CLEARED = 3,
  GS_EVENT_NOTE = 4
} gs_event;

/*
 * From the host. Opens a conversation; answered by `hello-reply`, or by `nack` with code `version`.
 */
typedef struct {
  uint8_t oldest;
  uint8_t newest;
  uint32_t schema;
  gs_string host;
} gs_msg_hello;

/*
 * From the robot. The version that will be spoken, and what robot this is.
 */
typedef struct {
  uint8_t protocol;
  uint32_t schema;
  gs_string robot_id;
  gs_string firmware;
  uint32_t boot_id;
  gs_reset reset;
  gs_clock clock;
  float telemetry_rate;
  float settle_after;
  float cut_after;
  bool runs_gait;
  bool returns_by_itself;
  uint16_t channels;
  uint8_t joints;
  uint8_t parameters;
  uint8_t limits;
} gs_msg_hello_reply;

/*
 * From the host. Asks for channel or joint number `index`; answered by `description`.
 */
typedef struct {
  gs_subject subject;
  uint16_t index;
} gs_msg_describe;

/*
 * From the robot. A channel's name, SI unit and source, its group (0 to 31) and the step of its 16-bit
 * samples (0: sent as f32); or a joint's name.
 */
typedef struct {
  gs_string name;
  gs_string unit;
  gs_source source;
  gs_string joint;
  uint8_t group;
  float resolution;
} gs_msg_description;

/*
 * From the host. Asks for gait parameter number `index`; answered by `parameter`.
 */
typedef struct {
  uint8_t index;
} gs_msg_get_parameter;

/*
 * From the robot. A parameter of a gait this robot can run, what the firmware accepts, and its active value
 * (NaN without one).
 */
typedef struct {
  gs_string gait;
  gs_string name;
  gs_string unit;
  double low;
  double high;
  double active;
} gs_msg_parameter;

/*
 * From the host. Asks for hard limit number `index`; answered by `limit`.
 */
typedef struct {
  uint8_t index;
} gs_msg_get_limit;

/*
 * From the host. Narrows a hard limit, never beyond what is built in; kept until the next reset. Refused with
 * `locked` while the motors have power. Answered by `limit`.
 */
typedef struct {
  uint8_t index;
  double low;
  double high;
} gs_msg_set_limit;

/*
 * From the robot. A hard limit that the firmware enforces by itself; an end that is not limited is infinite.
 */
typedef struct {
  gs_string name;
  gs_string joint;
  gs_string unit;
  double low;
  double high;
  gs_action action;
} gs_msg_limit;

/*
 * From the host. Answered by `status`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_get_status;

/*
 * From the robot. Where the state machine stands. Hashes are 0 without a set; `latched` is the event that
 * latched, 0 if none.
 */
typedef struct {
  gs_state state;
  uint32_t latched;
  uint32_t epoch;
  gs_string owner;
  uint32_t active_hash;
  uint32_t staged_hash;
  bool limits_locked;
} gs_msg_status;

/*
 * From the host. Answered by `statistics`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_get_statistics;

/*
 * From the robot. Counters since the reset; `longestPeriod` is the longest control period so far, s.
 */
typedef struct {
  uint32_t frames_received;
  uint32_t frames_broken;
  uint32_t frames_malformed;
  uint32_t frames_repeated;
  uint32_t frames_sent;
  uint32_t frames_unsent;
  uint32_t keepalives_stale;
  uint32_t loop_overruns;
  float longest_period;
} gs_msg_statistics;

/*
 * From the host. Asks for the robot's clock; answered by `time-reply`.
 */
typedef struct {
  uint64_t sent; /* microseconds */
} gs_msg_time_sync;

/*
 * From the robot. The request's stamp, and the robot's clock when the request came and when this left.
 */
typedef struct {
  uint64_t sent; /* microseconds */
  uint64_t received; /* microseconds */
  uint64_t replied; /* microseconds */
} gs_msg_time_reply;

/*
 * From the host. Answered by `lease`, or by `nack` with code `busy` and the owner's name.
 */
typedef struct {
  gs_string owner;
} gs_msg_acquire_lease;

/*
 * From the robot. The lease is the asker's; its low half is the `session` of every command.
 */
typedef struct {
  uint32_t epoch;
} gs_msg_lease;

/*
 * From the host. The host has checked this telemetry frame: its number, and the bitwise complement of its
 * challenge. Not answered.
 */
typedef struct {
  uint32_t telemetry_seq;
  uint16_t response;
} gs_msg_keepalive;

/*
 * From the host. Gives the lease back; a robot with power settles. Answered by `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_release_lease;

/*
 * From the host. Power on and rise to the neutral stance. Answered by `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_arm;

/*
 * From the host. Power off, from the neutral stance. Answered by `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_disarm;

/*
 * From the host. Offers a parameter set, in parts when it does not fit one frame. Answered by `ack`, the last
 * part by `staged`.
 */
typedef struct {
  gs_string gait;
  double ramp_in;
  double ramp_out;
  uint8_t part;
  uint8_t parts;
  gs_values values;
} gs_msg_stage;

/*
 * From the host. Makes the staged set with this hash the active one; refused during a walk. Answered by
 * `ack`.
 */
typedef struct {
  uint32_t hash;
} gs_msg_commit;

/*
 * From the host. Keeps the active set beyond power-off: after a reset it is active again. Refused while the
 * motors have power, and with `unknown` by a firmware without a place for it. Answered by `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_store;

/*
 * From the host. Walk with the active set. Answered by `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_start;

/*
 * From the host. Joint targets, rad, for robots that do not run a gait. Answered by `ack`.
 */
typedef struct {
  gs_floats positions;
} gs_msg_targets;

/*
 * From the host. Stops, from anybody, in any state, without a lease. Answered by `stopped`.
 */
typedef struct {
  gs_level level;
} gs_msg_stop;

/*
 * From the host. Stops like `stop` and latches; nothing arms until `clear-e-stop`. Answered by `stopped`.
 */
typedef struct {
  gs_level level;
  gs_string reason;
} gs_msg_e_stop;

/*
 * From the host. A person has checked the robot. Quotes the event that latched. Answered by `ack`.
 */
typedef struct {
  uint32_t event;
  gs_string checked;
} gs_msg_clear_e_stop;

/*
 * From the robot. Done, or begun where it takes time.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_ack;

/*
 * From the robot. The hash of what the robot understood.
 */
typedef struct {
  uint32_t hash;
} gs_msg_staged;

/*
 * From the robot. Not done, and nothing has changed; `field` is what was wrong, "" when it is not one field.
 */
typedef struct {
  gs_nack_code code;
  gs_string field;
  gs_string reason;
} gs_msg_nack;

/*
 * From the robot. The stop took effect at `time`; the level is the hardest in force.
 */
typedef struct {
  bool confirmed;
  gs_level level;
  uint64_t time; /* microseconds */
} gs_msg_stopped;

/*
 * From the host. Chooses the telemetry: rate, Hz, and the groups of channels (bit g is group g). Answered by
 * `subscribed`. Until then a robot sends all groups at its own rate. Refused while the motors have power.
 */
typedef struct {
  float rate;
  uint32_t groups;
} gs_msg_subscribe;

/*
 * From the robot. What will be sent; the rate is the nearest that divides the control rate.
 */
typedef struct {
  float rate;
  uint32_t groups;
  uint16_t bytes;
} gs_msg_subscribed;

/*
 * From the robot. One sample of the subscribed channels. `set` is the low half of the active set's hash.
 * Samples stand in the order of the channels, f32 or i16 (value = i16 x resolution, -32768 is NaN).
 */
typedef struct {
  uint32_t seq;
  uint64_t time; /* microseconds */
  uint16_t challenge;
  uint16_t set;
  gs_state state;
  gs_bytes samples;
} gs_msg_telemetry;

/*
 * From the robot. Something happened. Sent three times with the same number; the number grows with each event
 * since the reset.
 */
typedef struct {
  uint32_t number;
  gs_event event;
  uint8_t code;
  uint64_t time; /* microseconds */
  gs_string reason;
} gs_msg_event;

/*
 * From the host. Moves a lockstep robot's clock to its next telemetry frame, which is sent before the `ack`.
 */
typedef struct {
  uint8_t nothing;
} gs_msg_advance;

/*
 * From the host. Back to the start line, for the walk keyed by seed and suggestion. Answered by `ack`.
 */
typedef struct {
  uint32_t seed;
  uint32_t suggestion;
  gs_string carry_over;
} gs_msg_place;

/*
 * From the robot. What the last walk left behind (battery, heat), as JSON; sent while there is no power,
 * ahead of answers.
 */
typedef struct {
  gs_string state;
} gs_msg_carry_over;

/* Any message; `id` says which. */
typedef struct {
  uint8_t id;
  union {
    gs_msg_hello hello;
    gs_msg_hello_reply hello_reply;
    gs_msg_describe describe;
    gs_msg_description description;
    gs_msg_get_parameter get_parameter;
    gs_msg_parameter parameter;
    gs_msg_get_limit get_limit;
    gs_msg_set_limit set_limit;
    gs_msg_limit limit;
    gs_msg_get_status get_status;
    gs_msg_status status;
    gs_msg_get_statistics get_statistics;
    gs_msg_statistics statistics;
    gs_msg_time_sync time_sync;
    gs_msg_time_reply time_reply;
    gs_msg_acquire_lease acquire_lease;
    gs_msg_lease lease;
    gs_msg_keepalive keepalive;
    gs_msg_release_lease release_lease;
    gs_msg_arm arm;
    gs_msg_disarm disarm;
    gs_msg_stage stage;
    gs_msg_commit commit;
    gs_msg_store store;
    gs_msg_start start;
    gs_msg_targets targets;
    gs_msg_stop stop;
    gs_msg_e_stop e_stop;
    gs_msg_clear_e_stop clear_e_stop;
    gs_msg_ack ack;
    gs_msg_staged staged;
    gs_msg_nack nack;
    gs_msg_stopped stopped;
    gs_msg_subscribe subscribe;
    gs_msg_subscribed subscribed;
    gs_msg_telemetry telemetry;
    gs_msg_event event;
    gs_msg_advance advance;
    gs_msg_place place;
    gs_msg_carry_over carry_over;
  } as;
} gs_message;

/* @return the message's name in the table, or NULL when there is no such id */
const char *gs_message_name(uint8_t id);
/* @return the fault's name in the table, or NULL when there is no such code */
const char *gs_fault_name(uint8_t code);

/* Decode what the host, or the robot, has sent. @return 0, or a gs_error and `message` is not to be used */
int gs_decode_from_host(gs_message *message, uint8_t id, const uint8_t *payload, size_t length);
int gs_decode_from_robot(gs_message *message, uint8_t id, const uint8_t *payload, size_t length);
int gs_decode(gs_message *message, gs_side from, uint8_t id, const uint8_t *payload, size_t length);

/* @return the length of the payload, or a gs_error */
int gs_encode(const gs_message *message, uint8_t *payload, size_t size);

/* One message each: decoding returns 0 or a gs_error, encoding the length of the payload or a gs_error. */
int gs_decode_hello(gs_msg_hello *message, const uint8_t *payload, size_t length);
int gs_encode_hello(const gs_msg_hello *message, uint8_t *payload, size_t size);
int gs_decode_hello_reply(gs_msg_hello_reply *message, const uint8_t *payload, size_t length);
int gs_encode_hello_reply(const gs_msg_hello_reply *message, uint8_t *payload, size_t size);
int gs_decode_describe(gs_msg_describe *message, const uint8_t *payload, size_t length);
int gs_encode_describe(const gs_msg_describe *message, uint8_t *payload, size_t size);
int gs_decode_description(gs_msg_description *message, const uint8_t *payload, size_t length);
int gs_encode_description(const gs_msg_description *message, uint8_t *payload, size_t size);
int gs_decode_get_parameter(gs_msg_get_parameter *message, const uint8_t *payload, size_t length);
int gs_encode_get_parameter(const gs_msg_get_parameter *message, uint8_t *payload, size_t size);
int gs_decode_parameter(gs_msg_parameter *message, const uint8_t *payload, size_t length);
int gs_encode_parameter(const gs_msg_parameter *message, uint8_t *payload, size_t size);
int gs_decode_get_limit(gs_msg_get_limit *message, const uint8_t *payload, size_t length);
int gs_encode_get_limit(const gs_msg_get_limit *message, uint8_t *payload, size_t size);
int gs_decode_set_limit(gs_msg_set_limit *message, const uint8_t *payload, size_t length);
int gs_encode_set_limit(const gs_msg_set_limit *message, uint8_t *payload, size_t size);
int gs_decode_limit(gs_msg_limit *message, const uint8_t *payload, size_t length);
int gs_encode_limit(const gs_msg_limit *message, uint8_t *payload, size_t size);
int gs_decode_get_status(gs_msg_get_status *message, const uint8_t *payload, size_t length);
int gs_encode_get_status(const gs_msg_get_status *message, uint8_t *payload, size_t size);
int gs_decode_status(gs_msg_status *message, const uint8_t *payload, size_t length);
int gs_encode_status(const gs_msg_status *message, uint8_t *payload, size_t size);
int gs_decode_get_statistics(gs_msg_get_statistics *message, const uint8_t *payload, size_t length);
int gs_encode_get_statistics(const gs_msg_get_statistics *message, uint8_t *payload, size_t size);
int gs_decode_statistics(gs_msg_statistics *message, const uint8_t *payload, size_t length);
int gs_encode_statistics(const gs_msg_statistics *message, uint8_t *payload, size_t size);
int gs_decode_time_sync(gs_msg_time_sync *message, const uint8_t *payload, size_t length);
int gs_encode_time_sync(const gs_msg_time_sync *message, uint8_t *payload, size_t size);
int gs_decode_time_reply(gs_msg_time_reply *message, const uint8_t *payload, size_t length);
int gs_encode_time_reply(const gs_msg_time_reply *message, uint8_t *payload, size_t size);
int gs_decode_acquire_lease(gs_msg_acquire_lease *message, const uint8_t *payload, size_t length);
int gs_encode_acquire_lease(const gs_msg_acquire_lease *message, uint8_t *payload, size_t size);
int gs_decode_lease(gs_msg_lease *message, const uint8_t *payload, size_t length);
int gs_encode_lease(const gs_msg_lease *message, uint8_t *payload, size_t size);
int gs_decode_keepalive(gs_msg_keepalive *message, const uint8_t *payload, size_t length);
int gs_encode_keepalive(const gs_msg_keepalive *message, uint8_t *payload, size_t size);
int gs_decode_release_lease(gs_msg_release_lease *message, const uint8_t *payload, size_t length);
int gs_encode_release_lease(const gs_msg_release_lease *message, uint8_t *payload, size_t size);
int gs_decode_arm(gs_msg_arm *message, const uint8_t *payload, size_t length);
int gs_encode_arm(const gs_msg_arm *message, uint8_t *payload, size_t size);
int gs_decode_disarm(gs_msg_disarm *message, const uint8_t *payload, size_t length);
int gs_encode_disarm(const gs_msg_disarm *message, uint8_t *payload, size_t size);
int gs_decode_stage(gs_msg_stage *message, const uint8_t *payload, size_t length);
int gs_encode_stage(const gs_msg_stage *message, uint8_t *payload, size_t size);
int gs_decode_commit(gs_msg_commit *message, const uint8_t *payload, size_t length);
int gs_encode_commit(const gs_msg_commit *message, uint8_t *payload, size_t size);
int gs_decode_store(gs_msg_store *message, const uint8_t *payload, size_t length);
int gs_encode_store(const gs_msg_store *message, uint8_t *payload, size_t size);
int gs_decode_start(gs_msg_start *message, const uint8_t *payload, size_t length);
int gs_encode_start(const gs_msg_start *message, uint8_t *payload, size_t size);
int gs_decode_targets(gs_msg_targets *message, const uint8_t *payload, size_t length);
int gs_encode_targets(const gs_msg_targets *message, uint8_t *payload, size_t size);
int gs_decode_stop(gs_msg_stop *message, const uint8_t *payload, size_t length);
int gs_encode_stop(const gs_msg_stop *message, uint8_t *payload, size_t size);
int gs_decode_e_stop(gs_msg_e_stop *message, const uint8_t *payload, size_t length);
int gs_encode_e_stop(const gs_msg_e_stop *message, uint8_t *payload, size_t size);
int gs_decode_clear_e_stop(gs_msg_clear_e_stop *message, const uint8_t *payload, size_t length);
int gs_encode_clear_e_stop(const gs_msg_clear_e_stop *message, uint8_t *payload, size_t size);
int gs_decode_ack(gs_msg_ack *message, const uint8_t *payload, size_t length);
int gs_encode_ack(const gs_msg_ack *message, uint8_t *payload, size_t size);
int gs_decode_staged(gs_msg_staged *message, const uint8_t *payload, size_t length);
int gs_encode_staged(const gs_msg_staged *message, uint8_t *payload, size_t size);
int gs_decode_nack(gs_msg_nack *message, const uint8_t *payload, size_t length);
int gs_encode_nack(const gs_msg_nack *message, uint8_t *payload, size_t size);
int gs_decode_stopped(gs_msg_stopped *message, const uint8_t *payload, size_t length);
int gs_encode_stopped(const gs_msg_stopped *message, uint8_t *payload, size_t size);
int gs_decode_subscribe(gs_msg_subscribe *message, const uint8_t *payload, size_t length);
int gs_encode_subscribe(const gs_msg_subscribe *message, uint8_t *payload, size_t size);
int gs_decode_subscribed(gs_msg_subscribed *message, const uint8_t *payload, size_t length);
int gs_encode_subscribed(const gs_msg_subscribed *message, uint8_t *payload, size_t size);
int gs_decode_telemetry(gs_msg_telemetry *message, const uint8_t *payload, size_t length);
int gs_encode_telemetry(const gs_msg_telemetry *message, uint8_t *payload, size_t size);
int gs_decode_event(gs_msg_event *message, const uint8_t *payload, size_t length);
int gs_encode_event(const gs_msg_event *message, uint8_t *payload, size_t size);
int gs_decode_advance(gs_msg_advance *message, const uint8_t *payload, size_t length);
int gs_encode_advance(const gs_msg_advance *message, uint8_t *payload, size_t size);
int gs_decode_place(gs_msg_place *message, const uint8_t *payload, size_t length);
int gs_encode_place(const gs_msg_place *message, uint8_t *payload, size_t size);
int gs_decode_carry_over(gs_msg_carry_over *message, const uint8_t *payload, size_t length);
int gs_encode_carry_over(const gs_msg_carry_over *message, uint8_t *payload, size_t size);

#ifdef __cplusplus
}
#endif

#endif
