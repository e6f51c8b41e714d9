/* The hand-written part of gs_messages.c: one reader and one writer per type of field. */

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
