/* Messages to payloads and back. Written by `npm run generate`; do not edit. */
#include "gs_messages.h"

#include <string.h>


/* Does not compile where double is binary32 (AVR): such a board cannot hold what is sent. */
typedef char double_must_be_binary64[sizeof(double) == 8 && sizeof(float) == 4 ? 1 : -1];

/* --- numbers on the wire: little endian, whatever the machine is */

static uint32_t get_u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t get_u64(const uint8_t *bytes) {
  return (uint64_t)get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32;
}

static void put_u32(uint8_t *bytes, uint32_t value) {
  for (int byte = 0; byte < 4; byte++) bytes[byte] = (uint8_t)(value >> 8 * byte);
}

static void put_u64(uint8_t *bytes, uint64_t value) {
  put_u32(bytes, (uint32_t)value);
  put_u32(bytes + 4, (uint32_t)(value >> 32));
}

static float get_f32(const uint8_t *bytes) {
  const uint32_t bits = get_u32(bytes);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static double get_f64(const uint8_t *bytes) {
  const uint64_t bits = get_u64(bytes);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

void gs_put_float(uint8_t *bytes, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  put_u32(bytes, value != value ? UINT32_C(0x7fc00000) : bits);
}

static void put_f64(uint8_t *bytes, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  put_u64(bytes, value != value ? UINT64_C(0x7ff8000000000000) : bits);
}

/* --- text */

gs_string gs_string_of(const char *text) {
  const size_t length = strlen(text);
  gs_string string;
  string.bytes = text;
  string.length = (uint16_t)(length > UINT16_MAX ? UINT16_MAX : length);
  return string;
}

bool gs_string_equal(gs_string one, gs_string other) {
  return one.length == other.length && (one.length == 0 || memcmp(one.bytes, other.bytes, one.length) == 0);
}

bool gs_is_utf8(const char *bytes, size_t length) {
  const uint8_t *at = (const uint8_t *)bytes;
  size_t left = length;
  while (left > 0) {
    const uint8_t lead = *at++;
    uint8_t low = 0x80, high = 0xbf;
    size_t more;
    left--;
    if (lead < 0x80) continue;
    if (lead >= 0xc2 && lead <= 0xdf) more = 1;
    else if (lead >= 0xe0 && lead <= 0xef) more = 2;
    else if (lead >= 0xf0 && lead <= 0xf4) more = 3;
    else return false;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (left < more) return false;
    left -= more;
    for (; more > 0; more--, at++) {
      if (*at < low || *at > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}

/* --- reading */

typedef struct {
  const uint8_t *bytes;
  size_t length;
  size_t at;
  bool failed;
} reader;

/* @return the next bytes, or eight zeros (no number is longer) when there are not so many left */
static const uint8_t *take(reader *in, size_t length) {
  static const uint8_t zeros[8] = {0};
  const uint8_t *taken;
  if (in->failed || length > in->length - in->at) {
    in->failed = true;
    return zeros;
  }
  if (length == 0) return zeros;
  taken = in->bytes + in->at;
  in->at += length;
  return taken;
}

static int finished(const reader *in) {
  return in->failed || in->at != in->length ? GS_ERROR_PAYLOAD : 0;
}

static uint8_t read_u8(reader *in) { return *take(in, 1); }

static uint16_t read_u16(reader *in) {
  const uint8_t *bytes = take(in, 2);
  return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read_u32(reader *in) { return get_u32(take(in, 4)); }
static float read_f32(reader *in) { return get_f32(take(in, 4)); }
static double read_f64(reader *in) { return get_f64(take(in, 8)); }

static bool read_bool(reader *in) {
  const uint8_t byte = read_u8(in);
  if (byte > 1) in->failed = true;
  return byte == 1;
}

static uint8_t read_word(reader *in, uint8_t count) {
  const uint8_t index = read_u8(in);
  if (index < count) return index;
  in->failed = true;
  return 0;
}

/* Longest time, microseconds: what a binary64 number still holds exactly. */
#define LONGEST_TIME ((UINT64_C(1) << 53) - 1)

static uint64_t read_time(reader *in) {
  const uint64_t micros = get_u64(take(in, 8));
  if (micros > LONGEST_TIME) in->failed = true;
  return micros;
}

static gs_string read_utf8(reader *in, uint16_t length) {
  gs_string string;
  string.bytes = (const char *)take(in, length);
  string.length = in->failed ? 0 : length;
  if (!gs_is_utf8(string.bytes, string.length)) in->failed = true;
  return string;
}

static gs_string read_string(reader *in) { return read_utf8(in, read_u8(in)); }
static gs_string read_text(reader *in) { return read_utf8(in, read_u16(in)); }

static gs_bytes read_bytes(reader *in) {
  const uint16_t length = read_u16(in);
  gs_bytes bytes;
  bytes.bytes = take(in, length);
  bytes.length = in->failed ? 0 : length;
  return bytes;
}

static gs_floats read_floats(reader *in) {
  const uint16_t count = read_u16(in);
  gs_floats floats;
  floats.bytes = take(in, (size_t)4 * count);
  floats.count = in->failed ? 0 : count;
  return floats;
}

static gs_values read_values(reader *in) {
  const uint8_t count = read_u8(in);
  const size_t start = in->at;
  gs_values values;
  values.bytes = in->failed ? take(in, 0) : in->bytes + start;
  for (uint8_t left = count; left > 0 && !in->failed; left--) {
    read_string(in);
    take(in, 8);
  }
  if (in->at - start > UINT16_MAX) in->failed = true;
  values.count = in->failed ? 0 : count;
  values.length = in->failed ? 0 : (uint16_t)(in->at - start);
  return values;
}

float gs_float_at(const gs_floats *floats, uint16_t index) { return get_f32(floats->bytes + (size_t)4 * index); }

bool gs_next_value(gs_values *rest, gs_string *name, double *value) {
  reader in = {rest->bytes, rest->length, 0, false};
  if (rest->count == 0) return false;
  *name = read_string(&in);
  *value = read_f64(&in);
  if (in.failed) return false;
  rest->bytes += in.at;
  rest->length = (uint16_t)(rest->length - in.at);
  rest->count--;
  return true;
}

/* --- writing */

typedef struct {
  uint8_t *bytes;
  size_t size;
  size_t at;
  int error;
} writer;

static writer begin(uint8_t *payload, size_t size) {
  writer out = {payload, size > GS_LONGEST_PAYLOAD ? GS_LONGEST_PAYLOAD : size, 0, 0};
  return out;
}

static int written(const writer *out) { return out->error != 0 ? out->error : (int)out->at; }

static void refuse(writer *out, int error) {
  if (out->error == 0) out->error = error;
}

/* @return where to write, or NULL */
static uint8_t *room(writer *out, size_t length) {
  uint8_t *start;
  if (out->error == 0 && length > out->size - out->at) out->error = GS_ERROR_ROOM;
  if (out->error != 0) return NULL;
  start = out->bytes + out->at;
  out->at += length;
  return start;
}

static void write_u8(writer *out, uint8_t value) {
  uint8_t *bytes = room(out, 1);
  if (bytes != NULL) bytes[0] = value;
}

static void write_u16(writer *out, uint16_t value) {
  uint8_t *bytes = room(out, 2);
  if (bytes == NULL) return;
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
}

static void write_u32(writer *out, uint32_t value) {
  uint8_t *bytes = room(out, 4);
  if (bytes != NULL) put_u32(bytes, value);
}

static void write_f32(writer *out, float value) {
  uint8_t *bytes = room(out, 4);
  if (bytes != NULL) gs_put_float(bytes, value);
}

static void write_f64(writer *out, double value) {
  uint8_t *bytes = room(out, 8);
  if (bytes != NULL) put_f64(bytes, value);
}

static void write_bool(writer *out, bool value) { write_u8(out, value ? 1 : 0); }

static void write_word(writer *out, unsigned index, unsigned count) {
  if (index >= count) refuse(out, GS_ERROR_VALUE);
  else write_u8(out, (uint8_t)index);
}

static void write_time(writer *out, uint64_t micros) {
  uint8_t *bytes;
  if (micros > LONGEST_TIME) refuse(out, GS_ERROR_VALUE);
  bytes = room(out, 8);
  if (bytes != NULL) put_u64(bytes, micros);
}

static void write_block(writer *out, const void *block, size_t length) {
  uint8_t *bytes = room(out, length);
  if (bytes != NULL && length > 0) memcpy(bytes, block, length);
}

static void write_text(writer *out, gs_string string) {
  if (!gs_is_utf8(string.bytes, string.length)) refuse(out, GS_ERROR_VALUE);
  write_u16(out, string.length);
  write_block(out, string.bytes, string.length);
}

static void write_string(writer *out, gs_string string) {
  if (string.length > UINT8_MAX || !gs_is_utf8(string.bytes, string.length)) refuse(out, GS_ERROR_VALUE);
  write_u8(out, (uint8_t)string.length);
  write_block(out, string.bytes, string.length);
}

static void write_bytes(writer *out, gs_bytes bytes) {
  write_u16(out, bytes.length);
  write_block(out, bytes.bytes, bytes.length);
}

static void write_floats(writer *out, gs_floats floats) {
  write_u16(out, floats.count);
  for (uint16_t index = 0; index < floats.count && out->error == 0; index++) {
    write_f32(out, gs_float_at(&floats, index));
  }
}

static void write_values(writer *out, gs_values values) {
  gs_values rest = values;
  gs_string name;
  double value;
  write_u8(out, values.count);
  while (out->error == 0 && gs_next_value(&rest, &name, &value)) {
    write_string(out, name);
    write_f64(out, value);
  }
  if (rest.count != 0 || rest.length != 0) refuse(out, GS_ERROR_VALUE);
}

bool gs_put_value(gs_values *values, uint8_t *buffer, size_t size, gs_string name, double value) {
  writer out = {buffer, size > UINT16_MAX ? UINT16_MAX : size, values->length, 0};
  if (values->count == UINT8_MAX || out.at > out.size) return false;
  write_string(&out, name);
  write_f64(&out, value);
  if (out.error != 0) return false;
  values->bytes = buffer;
  values->length = (uint16_t)out.at;
  values->count++;
  return true;
}

int gs_decode_hello(gs_msg_hello *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->oldest = read_u8(&in);
  message->newest = read_u8(&in);
  message->schema = read_u32(&in);
  message->host = read_string(&in);
  return finished(&in);
}

int gs_encode_hello(const gs_msg_hello *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u8(&out, message->oldest);
  write_u8(&out, message->newest);
  write_u32(&out, message->schema);
  write_string(&out, message->host);
  return written(&out);
}

int gs_decode_hello_reply(gs_msg_hello_reply *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->protocol = read_u8(&in);
  message->schema = read_u32(&in);
  message->robot_id = read_string(&in);
  message->firmware = read_string(&in);
  message->boot_id = read_u32(&in);
  message->reset = (gs_reset)read_word(&in, 5);
  message->clock = (gs_clock)read_word(&in, 2);
  message->telemetry_rate = read_f32(&in);
  message->settle_after = read_f32(&in);
  message->cut_after = read_f32(&in);
  message->runs_gait = read_bool(&in);
  message->returns_by_itself = read_bool(&in);
  message->channels = read_u16(&in);
  message->joints = read_u8(&in);
  message->parameters = read_u8(&in);
  message->limits = read_u8(&in);
  return finished(&in);
}

int gs_encode_hello_reply(const gs_msg_hello_reply *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u8(&out, message->protocol);
  write_u32(&out, message->schema);
  write_string(&out, message->robot_id);
  write_string(&out, message->firmware);
  write_u32(&out, message->boot_id);
  write_word(&out, (unsigned)message->reset, 5);
  write_word(&out, (unsigned)message->clock, 2);
  write_f32(&out, message->telemetry_rate);
  write_f32(&out, message->settle_after);
  write_f32(&out, message->cut_after);
  write_bool(&out, message->runs_gait);
  write_bool(&out, message->returns_by_itself);
  write_u16(&out, message->channels);
  write_u8(&out, message->joints);
  write_u8(&out, message->parameters);
  write_u8(&out, message->limits);
  return written(&out);
}

int gs_decode_describe(gs_msg_describe *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->subject = (gs_subject)read_word(&in, 2);
  message->index = read_u16(&in);
  return finished(&in);
}

int gs_encode_describe(const gs_msg_describe *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_word(&out, (unsigned)message->subject, 2);
  write_u16(&out, message->index);
  return written(&out);
}

int gs_decode_description(gs_msg_description *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->name = read_string(&in);
  message->unit = read_string(&in);
  message->source = (gs_source)read_word(&in, 2);
  message->joint = read_string(&in);
  message->group = read_u8(&in);
  message->resolution = read_f32(&in);
  return finished(&in);
}

int gs_encode_description(const gs_msg_description *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_string(&out, message->name);
  write_string(&out, message->unit);
  write_word(&out, (unsigned)message->source, 2);
  write_string(&out, message->joint);
  write_u8(&out, message->group);
  write_f32(&out, message->resolution);
  return written(&out);
}

int gs_decode_get_parameter(gs_msg_get_parameter *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->index = read_u8(&in);
  return finished(&in);
}

int gs_encode_get_parameter(const gs_msg_get_parameter *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u8(&out, message->index);
  return written(&out);
}

int gs_decode_parameter(gs_msg_parameter *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->gait = read_string(&in);
  message->name = read_string(&in);
  message->unit = read_string(&in);
  message->low = read_f64(&in);
  message->high = read_f64(&in);
  message->active = read_f64(&in);
  return finished(&in);
}

int gs_encode_parameter(const gs_msg_parameter *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_string(&out, message->gait);
  write_string(&out, message->name);
  write_string(&out, message->unit);
  write_f64(&out, message->low);
  write_f64(&out, message->high);
  write_f64(&out, message->active);
  return written(&out);
}

int gs_decode_get_limit(gs_msg_get_limit *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->index = read_u8(&in);
  return finished(&in);
}

int gs_encode_get_limit(const gs_msg_get_limit *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u8(&out, message->index);
  return written(&out);
}

int gs_decode_set_limit(gs_msg_set_limit *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->index = read_u8(&in);
  message->low = read_f64(&in);
  message->high = read_f64(&in);
  return finished(&in);
}

int gs_encode_set_limit(const gs_msg_set_limit *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u8(&out, message->index);
  write_f64(&out, message->low);
  write_f64(&out, message->high);
  return written(&out);
}

int gs_decode_limit(gs_msg_limit *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->name = read_string(&in);
  message->joint = read_string(&in);
  message->unit = read_string(&in);
  message->low = read_f64(&in);
  message->high = read_f64(&in);
  message->action = (gs_action)read_word(&in, 2);
  return finished(&in);
}

int gs_encode_limit(const gs_msg_limit *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_string(&out, message->name);
  write_string(&out, message->joint);
  write_string(&out, message->unit);
  write_f64(&out, message->low);
  write_f64(&out, message->high);
  write_word(&out, (unsigned)message->action, 2);
  return written(&out);
}

int gs_decode_get_status(gs_msg_get_status *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_get_status(const gs_msg_get_status *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_status(gs_msg_status *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->state = (gs_state)read_word(&in, 6);
  message->latched = read_u32(&in);
  message->epoch = read_u32(&in);
  message->owner = read_string(&in);
  message->active_hash = read_u32(&in);
  message->staged_hash = read_u32(&in);
  message->limits_locked = read_bool(&in);
  return finished(&in);
}

int gs_encode_status(const gs_msg_status *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_word(&out, (unsigned)message->state, 6);
  write_u32(&out, message->latched);
  write_u32(&out, message->epoch);
  write_string(&out, message->owner);
  write_u32(&out, message->active_hash);
  write_u32(&out, message->staged_hash);
  write_bool(&out, message->limits_locked);
  return written(&out);
}

int gs_decode_get_statistics(gs_msg_get_statistics *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_get_statistics(const gs_msg_get_statistics *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_statistics(gs_msg_statistics *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->frames_received = read_u32(&in);
  message->frames_broken = read_u32(&in);
  message->frames_malformed = read_u32(&in);
  message->frames_repeated = read_u32(&in);
  message->frames_sent = read_u32(&in);
  message->frames_unsent = read_u32(&in);
  message->keepalives_stale = read_u32(&in);
  message->loop_overruns = read_u32(&in);
  message->longest_period = read_f32(&in);
  return finished(&in);
}

int gs_encode_statistics(const gs_msg_statistics *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->frames_received);
  write_u32(&out, message->frames_broken);
  write_u32(&out, message->frames_malformed);
  write_u32(&out, message->frames_repeated);
  write_u32(&out, message->frames_sent);
  write_u32(&out, message->frames_unsent);
  write_u32(&out, message->keepalives_stale);
  write_u32(&out, message->loop_overruns);
  write_f32(&out, message->longest_period);
  return written(&out);
}

int gs_decode_time_sync(gs_msg_time_sync *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->sent = read_time(&in);
  return finished(&in);
}

int gs_encode_time_sync(const gs_msg_time_sync *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_time(&out, message->sent);
  return written(&out);
}

int gs_decode_time_reply(gs_msg_time_reply *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->sent = read_time(&in);
  message->received = read_time(&in);
  message->replied = read_time(&in);
  return finished(&in);
}

int gs_encode_time_reply(const gs_msg_time_reply *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_time(&out, message->sent);
  write_time(&out, message->received);
  write_time(&out, message->replied);
  return written(&out);
}

int gs_decode_acquire_lease(gs_msg_acquire_lease *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->owner = read_string(&in);
  return finished(&in);
}

int gs_encode_acquire_lease(const gs_msg_acquire_lease *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_string(&out, message->owner);
  return written(&out);
}

int gs_decode_lease(gs_msg_lease *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->epoch = read_u32(&in);
  return finished(&in);
}

int gs_encode_lease(const gs_msg_lease *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->epoch);
  return written(&out);
}

int gs_decode_keepalive(gs_msg_keepalive *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->telemetry_seq = read_u32(&in);
  message->response = read_u16(&in);
  return finished(&in);
}

int gs_encode_keepalive(const gs_msg_keepalive *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->telemetry_seq);
  write_u16(&out, message->response);
  return written(&out);
}

int gs_decode_release_lease(gs_msg_release_lease *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_release_lease(const gs_msg_release_lease *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_arm(gs_msg_arm *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_arm(const gs_msg_arm *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_disarm(gs_msg_disarm *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_disarm(const gs_msg_disarm *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_stage(gs_msg_stage *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->gait = read_string(&in);
  message->ramp_in = read_f64(&in);
  message->ramp_out = read_f64(&in);
  message->part = read_u8(&in);
  message->parts = read_u8(&in);
  message->values = read_values(&in);
  return finished(&in);
}

int gs_encode_stage(const gs_msg_stage *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_string(&out, message->gait);
  write_f64(&out, message->ramp_in);
  write_f64(&out, message->ramp_out);
  write_u8(&out, message->part);
  write_u8(&out, message->parts);
  write_values(&out, message->values);
  return written(&out);
}

int gs_decode_commit(gs_msg_commit *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->hash = read_u32(&in);
  return finished(&in);
}

int gs_encode_commit(const gs_msg_commit *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->hash);
  return written(&out);
}

int gs_decode_store(gs_msg_store *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_store(const gs_msg_store *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_start(gs_msg_start *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_start(const gs_msg_start *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_targets(gs_msg_targets *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->positions = read_floats(&in);
  return finished(&in);
}

int gs_encode_targets(const gs_msg_targets *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_floats(&out, message->positions);
  return written(&out);
}

int gs_decode_stop(gs_msg_stop *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->level = (gs_level)read_word(&in, 3);
  return finished(&in);
}

int gs_encode_stop(const gs_msg_stop *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_word(&out, (unsigned)message->level, 3);
  return written(&out);
}

int gs_decode_e_stop(gs_msg_e_stop *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->level = (gs_level)read_word(&in, 3);
  message->reason = read_string(&in);
  return finished(&in);
}

int gs_encode_e_stop(const gs_msg_e_stop *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_word(&out, (unsigned)message->level, 3);
  write_string(&out, message->reason);
  return written(&out);
}

int gs_decode_clear_e_stop(gs_msg_clear_e_stop *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->event = read_u32(&in);
  message->checked = read_string(&in);
  return finished(&in);
}

int gs_encode_clear_e_stop(const gs_msg_clear_e_stop *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->event);
  write_string(&out, message->checked);
  return written(&out);
}

int gs_decode_ack(gs_msg_ack *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_ack(const gs_msg_ack *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_staged(gs_msg_staged *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->hash = read_u32(&in);
  return finished(&in);
}

int gs_encode_staged(const gs_msg_staged *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->hash);
  return written(&out);
}

int gs_decode_nack(gs_msg_nack *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->code = (gs_nack_code)read_word(&in, 8);
  message->field = read_string(&in);
  message->reason = read_string(&in);
  return finished(&in);
}

int gs_encode_nack(const gs_msg_nack *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_word(&out, (unsigned)message->code, 8);
  write_string(&out, message->field);
  write_string(&out, message->reason);
  return written(&out);
}

int gs_decode_stopped(gs_msg_stopped *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->confirmed = read_bool(&in);
  message->level = (gs_level)read_word(&in, 3);
  message->time = read_time(&in);
  return finished(&in);
}

int gs_encode_stopped(const gs_msg_stopped *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_bool(&out, message->confirmed);
  write_word(&out, (unsigned)message->level, 3);
  write_time(&out, message->time);
  return written(&out);
}

int gs_decode_subscribe(gs_msg_subscribe *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->rate = read_f32(&in);
  message->groups = read_u32(&in);
  return finished(&in);
}

int gs_encode_subscribe(const gs_msg_subscribe *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_f32(&out, message->rate);
  write_u32(&out, message->groups);
  return written(&out);
}

int gs_decode_subscribed(gs_msg_subscribed *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->rate = read_f32(&in);
  message->groups = read_u32(&in);
  message->bytes = read_u16(&in);
  return finished(&in);
}

int gs_encode_subscribed(const gs_msg_subscribed *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_f32(&out, message->rate);
  write_u32(&out, message->groups);
  write_u16(&out, message->bytes);
  return written(&out);
}

int gs_decode_telemetry(gs_msg_telemetry *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->seq = read_u32(&in);
  message->time = read_time(&in);
  message->challenge = read_u16(&in);
  message->set = read_u16(&in);
  message->state = (gs_state)read_word(&in, 6);
  message->samples = read_bytes(&in);
  return finished(&in);
}

int gs_encode_telemetry(const gs_msg_telemetry *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->seq);
  write_time(&out, message->time);
  write_u16(&out, message->challenge);
  write_u16(&out, message->set);
  write_word(&out, (unsigned)message->state, 6);
  write_bytes(&out, message->samples);
  return written(&out);
}

int gs_decode_event(gs_msg_event *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->number = read_u32(&in);
  message->event = (gs_event)read_word(&in, 5);
  message->code = read_u8(&in);
  message->time = read_time(&in);
  message->reason = read_string(&in);
  return finished(&in);
}

int gs_encode_event(const gs_msg_event *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->number);
  write_word(&out, (unsigned)message->event, 5);
  write_u8(&out, message->code);
  write_time(&out, message->time);
  write_string(&out, message->reason);
  return written(&out);
}

int gs_decode_advance(gs_msg_advance *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->nothing = 0;
  return finished(&in);
}

int gs_encode_advance(const gs_msg_advance *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  (void)message;
  return written(&out);
}

int gs_decode_place(gs_msg_place *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->seed = read_u32(&in);
  message->suggestion = read_u32(&in);
  message->carry_over = read_text(&in);
  return finished(&in);
}

int gs_encode_place(const gs_msg_place *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_u32(&out, message->seed);
  write_u32(&out, message->suggestion);
  write_text(&out, message->carry_over);
  return written(&out);
}

int gs_decode_carry_over(gs_msg_carry_over *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
  message->state = read_text(&in);
  return finished(&in);
}

int gs_encode_carry_over(const gs_msg_carry_over *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
  write_text(&out, message->state);
  return written(&out);
}

int gs_decode_from_host(gs_message *message, uint8_t id, const uint8_t *payload, size_t length) {
  message->id = id;
  switch (id) {
    case GS_ID_HELLO:
      return gs_decode_hello(&message->as.hello, payload, length);
    case GS_ID_DESCRIBE:
      return gs_decode_describe(&message->as.describe, payload, length);
    case GS_ID_GET_PARAMETER:
      return gs_decode_get_parameter(&message->as.get_parameter, payload, length);
    case GS_ID_GET_LIMIT:
      return gs_decode_get_limit(&message->as.get_limit, payload, length);
    case GS_ID_SET_LIMIT:
      return gs_decode_set_limit(&message->as.set_limit, payload, length);
    case GS_ID_GET_STATUS:
      return gs_decode_get_status(&message->as.get_status, payload, length);
    case GS_ID_GET_STATISTICS:
      return gs_decode_get_statistics(&message->as.get_statistics, payload, length);
    case GS_ID_TIME_SYNC:
      return gs_decode_time_sync(&message->as.time_sync, payload, length);
    case GS_ID_ACQUIRE_LEASE:
      return gs_decode_acquire_lease(&message->as.acquire_lease, payload, length);
    case GS_ID_KEEPALIVE:
      return gs_decode_keepalive(&message->as.keepalive, payload, length);
    case GS_ID_RELEASE_LEASE:
      return gs_decode_release_lease(&message->as.release_lease, payload, length);
    case GS_ID_ARM:
      return gs_decode_arm(&message->as.arm, payload, length);
    case GS_ID_DISARM:
      return gs_decode_disarm(&message->as.disarm, payload, length);
    case GS_ID_STAGE:
      return gs_decode_stage(&message->as.stage, payload, length);
    case GS_ID_COMMIT:
      return gs_decode_commit(&message->as.commit, payload, length);
    case GS_ID_STORE:
      return gs_decode_store(&message->as.store, payload, length);
    case GS_ID_START:
      return gs_decode_start(&message->as.start, payload, length);
    case GS_ID_TARGETS:
      return gs_decode_targets(&message->as.targets, payload, length);
    case GS_ID_STOP:
      return gs_decode_stop(&message->as.stop, payload, length);
    case GS_ID_E_STOP:
      return gs_decode_e_stop(&message->as.e_stop, payload, length);
    case GS_ID_CLEAR_E_STOP:
      return gs_decode_clear_e_stop(&message->as.clear_e_stop, payload, length);
    case GS_ID_SUBSCRIBE:
      return gs_decode_subscribe(&message->as.subscribe, payload, length);
    case GS_ID_ADVANCE:
      return gs_decode_advance(&message->as.advance, payload, length);
    case GS_ID_PLACE:
      return gs_decode_place(&message->as.place, payload, length);
    default:
      return GS_ERROR_UNKNOWN;
  }
}

int gs_decode_from_robot(gs_message *message, uint8_t id, const uint8_t *payload, size_t length) {
  message->id = id;
  switch (id) {
    case GS_ID_HELLO_REPLY:
      return gs_decode_hello_reply(&message->as.hello_reply, payload, length);
    case GS_ID_DESCRIPTION:
      return gs_decode_description(&message->as.description, payload, length);
    case GS_ID_PARAMETER:
      return gs_decode_parameter(&message->as.parameter, payload, length);
    case GS_ID_LIMIT:
      return gs_decode_limit(&message->as.limit, payload, length);
    case GS_ID_STATUS:
      return gs_decode_status(&message->as.status, payload, length);
    case GS_ID_STATISTICS:
      return gs_decode_statistics(&message->as.statistics, payload, length);
    case GS_ID_TIME_REPLY:
      return gs_decode_time_reply(&message->as.time_reply, payload, length);
    case GS_ID_LEASE:
      return gs_decode_lease(&message->as.lease, payload, length);
    case GS_ID_ACK:
      return gs_decode_ack(&message->as.ack, payload, length);
    case GS_ID_STAGED:
      return gs_decode_staged(&message->as.staged, payload, length);
    case GS_ID_NACK:
      return gs_decode_nack(&message->as.nack, payload, length);
    case GS_ID_STOPPED:
      return gs_decode_stopped(&message->as.stopped, payload, length);
    case GS_ID_SUBSCRIBED:
      return gs_decode_subscribed(&message->as.subscribed, payload, length);
    case GS_ID_TELEMETRY:
      return gs_decode_telemetry(&message->as.telemetry, payload, length);
    case GS_ID_EVENT:
      return gs_decode_event(&message->as.event, payload, length);
    case GS_ID_CARRY_OVER:
      return gs_decode_carry_over(&message->as.carry_over, payload, length);
    default:
      return GS_ERROR_UNKNOWN;
  }
}

int gs_decode(gs_message *message, gs_side from, uint8_t id, const uint8_t *payload, size_t length) {
  return from == GS_HOST ? gs_decode_from_host(message, id, payload, length)
                         : gs_decode_from_robot(message, id, payload, length);
}

int gs_encode(const gs_message *message, uint8_t *payload, size_t size) {
  switch (message->id) {
    case GS_ID_HELLO:
      return gs_encode_hello(&message->as.hello, payload, size);
    case GS_ID_HELLO_REPLY:
      return gs_encode_hello_reply(&message->as.hello_reply, payload, size);
    case GS_ID_DESCRIBE:
      return gs_encode_describe(&message->as.describe, payload, size);
    case GS_ID_DESCRIPTION:
      return gs_encode_description(&message->as.description, payload, size);
    case GS_ID_GET_PARAMETER:
      return gs_encode_get_parameter(&message->as.get_parameter, payload, size);
    case GS_ID_PARAMETER:
      return gs_encode_parameter(&message->as.parameter, payload, size);
    case GS_ID_GET_LIMIT:
      return gs_encode_get_limit(&message->as.get_limit, payload, size);
    case GS_ID_SET_LIMIT:
      return gs_encode_set_limit(&message->as.set_limit, payload, size);
    case GS_ID_LIMIT:
      return gs_encode_limit(&message->as.limit, payload, size);
    case GS_ID_GET_STATUS:
      return gs_encode_get_status(&message->as.get_status, payload, size);
    case GS_ID_STATUS:
      return gs_encode_status(&message->as.status, payload, size);
    case GS_ID_GET_STATISTICS:
      return gs_encode_get_statistics(&message->as.get_statistics, payload, size);
    case GS_ID_STATISTICS:
      return gs_encode_statistics(&message->as.statistics, payload, size);
    case GS_ID_TIME_SYNC:
      return gs_encode_time_sync(&message->as.time_sync, payload, size);
    case GS_ID_TIME_REPLY:
      return gs_encode_time_reply(&message->as.time_reply, payload, size);
    case GS_ID_ACQUIRE_LEASE:
      return gs_encode_acquire_lease(&message->as.acquire_lease, payload, size);
    case GS_ID_LEASE:
      return gs_encode_lease(&message->as.lease, payload, size);
    case GS_ID_KEEPALIVE:
      return gs_encode_keepalive(&message->as.keepalive, payload, size);
    case GS_ID_RELEASE_LEASE:
      return gs_encode_release_lease(&message->as.release_lease, payload, size);
    case GS_ID_ARM:
      return gs_encode_arm(&message->as.arm, payload, size);
    case GS_ID_DISARM:
      return gs_encode_disarm(&message->as.disarm, payload, size);
    case GS_ID_STAGE:
      return gs_encode_stage(&message->as.stage, payload, size);
    case GS_ID_COMMIT:
      return gs_encode_commit(&message->as.commit, payload, size);
    case GS_ID_STORE:
      return gs_encode_store(&message->as.store, payload, size);
    case GS_ID_START:
      return gs_encode_start(&message->as.start, payload, size);
    case GS_ID_TARGETS:
      return gs_encode_targets(&message->as.targets, payload, size);
    case GS_ID_STOP:
      return gs_encode_stop(&message->as.stop, payload, size);
    case GS_ID_E_STOP:
      return gs_encode_e_stop(&message->as.e_stop, payload, size);
    case GS_ID_CLEAR_E_STOP:
      return gs_encode_clear_e_stop(&message->as.clear_e_stop, payload, size);
    case GS_ID_ACK:
      return gs_encode_ack(&message->as.ack, payload, size);
    case GS_ID_STAGED:
      return gs_encode_staged(&message->as.staged, payload, size);
    case GS_ID_NACK:
      return gs_encode_nack(&message->as.nack, payload, size);
    case GS_ID_STOPPED:
      return gs_encode_stopped(&message->as.stopped, payload, size);
    case GS_ID_SUBSCRIBE:
      return gs_encode_subscribe(&message->as.subscribe, payload, size);
    case GS_ID_SUBSCRIBED:
      return gs_encode_subscribed(&message->as.subscribed, payload, size);
    case GS_ID_TELEMETRY:
      return gs_encode_telemetry(&message->as.telemetry, payload, size);
    case GS_ID_EVENT:
      return gs_encode_event(&message->as.event, payload, size);
    case GS_ID_ADVANCE:
      return gs_encode_advance(&message->as.advance, payload, size);
    case GS_ID_PLACE:
      return gs_encode_place(&message->as.place, payload, size);
    case GS_ID_CARRY_OVER:
      return gs_encode_carry_over(&message->as.carry_over, payload, size);
    default:
      return GS_ERROR_UNKNOWN;
  }
}

const char *gs_message_name(uint8_t id) {
  switch (id) {
    case GS_ID_HELLO:
      return "hello";
    case GS_ID_HELLO_REPLY:
      return "hello-reply";
    case GS_ID_DESCRIBE:
      return "describe";
    case GS_ID_DESCRIPTION:
      return "description";
    case GS_ID_GET_PARAMETER:
      return "get-parameter";
    case GS_ID_PARAMETER:
      return "parameter";
    case GS_ID_GET_LIMIT:
      return "get-limit";
    case GS_ID_SET_LIMIT:
      return "set-limit";
    case GS_ID_LIMIT:
      return "limit";
    case GS_ID_GET_STATUS:
      return "get-status";
    case GS_ID_STATUS:
      return "status";
    case GS_ID_GET_STATISTICS:
      return "get-statistics";
    case GS_ID_STATISTICS:
      return "statistics";
    case GS_ID_TIME_SYNC:
      return "time-sync";
    case GS_ID_TIME_REPLY:
      return "time-reply";
    case GS_ID_ACQUIRE_LEASE:
      return "acquire-lease";
    case GS_ID_LEASE:
      return "lease";
    case GS_ID_KEEPALIVE:
      return "keepalive";
    case GS_ID_RELEASE_LEASE:
      return "release-lease";
    case GS_ID_ARM:
      return "arm";
    case GS_ID_DISARM:
      return "disarm";
    case GS_ID_STAGE:
      return "stage";
    case GS_ID_COMMIT:
      return "commit";
    case GS_ID_STORE:
      return "store";
    case GS_ID_START:
      return "start";
    case GS_ID_TARGETS:
      return "targets";
    case GS_ID_STOP:
      return "stop";
    case GS_ID_E_STOP:
      return "e-stop";
    case GS_ID_CLEAR_E_STOP:
      return "clear-e-stop";
    case GS_ID_ACK:
      return "ack";
    case GS_ID_STAGED:
      return "staged";
    case GS_ID_NACK:
      return "nack";
    case GS_ID_STOPPED:
      return "stopped";
    case GS_ID_SUBSCRIBE:
      return "subscribe";
    case GS_ID_SUBSCRIBED:
      return "subscribed";
    case GS_ID_TELEMETRY:
      return "telemetry";
    case GS_ID_EVENT:
      return "event";
    case GS_ID_ADVANCE:
      return "advance";
    case GS_ID_PLACE:
      return "place";
    case GS_ID_CARRY_OVER:
      return "carry-over";
    default:
      return NULL;
  }
}

const char *gs_fault_name(uint8_t code) {
  switch (code) {
    case GS_FAULT_NONE:
      return "none";
    case GS_FAULT_DEAD_MAN:
      return "dead-man";
    case GS_FAULT_LIMIT:
      return "limit";
    case GS_FAULT_BUTTON:
      return "button";
    case GS_FAULT_MOTOR:
      return "motor";
    case GS_FAULT_SENSOR:
      return "sensor";
    case GS_FAULT_TEMPERATURE:
      return "temperature";
    case GS_FAULT_SUPPLY:
      return "supply";
    case GS_FAULT_OVERRUN:
      return "overrun";
    case GS_FAULT_INTERNAL:
      return "internal";
    default:
      return NULL;
  }
}
