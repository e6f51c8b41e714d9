/*
 * Does everything to a session that a bad line and a bad host can do, and holds it to what must never happen.
 *
 *     fuzz <frames> <seed>      random scripts until so many frames, good or broken, were received
 *     LLVMFuzzerTestOneInput    the same with a script from outside, when built with -DGS_LIBFUZZER
 *
 * A script is a row of bytes that choose what happens next: messages that a real host would send at this moment, the
 * same with wrong fields, sessions, numbers or bits, frames that come twice, late or cut, noise, and time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test_robot.h"

enum { SCRIPT_STEPS = 400, HELD = 8 };

/* --- where choices come from */

static const uint8_t *script;
static size_t script_left;
static uint64_t random_state;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
static uint32_t next_random(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)(random_state * UINT64_C(2685821657736338717) >> 32);
}

/* 0 to n - 1; always 0 at the end of a script. */
static uint32_t choose(uint32_t n) {
  uint32_t word = 0;
  size_t taken;
  if (script == NULL) return next_random() % n;
  taken = script_left < 2 ? script_left : 2;
  for (size_t at = 0; at < taken; at++) word = word << 8 | *script++;
  script_left -= taken;
  return word % n;
}

static bool script_ended(void) { return script != NULL && script_left == 0; }

/* --- what must never happen */

static test_robot test;
/* What the host side knows, read off the robot's own frames. */
static struct {
  uint32_t seq;
  uint16_t challenge;
  uint32_t staged, latched;
  uint16_t lease;
} known;
static gs_frame_reader host_ears;  /* of the robot's frames */
static gs_frame_reader robot_ears; /* what the robot must have heard */
static uint64_t fed;               /* when the latest frame came that may have fed the dead-man, us */
static uint64_t sampled[1 << 12];  /* when telemetry was made, by its number, us */
static bool lockstep;
static bool stuck;                 /* the line takes nothing more for now */
static uint64_t frames;
static unsigned long walks, arms, commits, latches;

static void fail_at(const char *what, int at) {
  fprintf(stderr, "line %d: %s\n", at, what);
  abort();
}
#define MUST(holds) ((holds) ? (void)0 : fail_at(#holds, __LINE__))

static bool powered(void) { return test.session.motion.state != GS_STATE_OFF; }
static uint32_t active_hash(void) { return test.session.sets.active.gait != NULL ? test.session.sets.active.hash : 0; }
static uint32_t staged_hash(void) { return test.session.sets.staged.gait != NULL ? test.session.sets.staged.hash : 0; }

/* At any moment. */
static void check_state(void) {
  const gs_state state = test.session.motion.state;
  MUST(state <= GS_STATE_SETTLING);
  MUST((state == GS_STATE_OFF) == (test.drive == GS_DRIVE_OFF));
  MUST((state == GS_STATE_SETTLING) == (test.drive == GS_DRIVE_DAMP));
  MUST(state != GS_STATE_WALKING || test.session.latched == 0);
  MUST((test.session.latched != 0) == test.latch);
  MUST(test.session.output.length <= GS_OUTPUT_BYTES);
  for (int joint = 0; joint < GS_JOINTS; joint++) MUST(fabs(test.targets[joint]) < 10);
}

/* Reads what the robot has sent: whole frames, messages of a robot, nothing else. */
static void listen(void) {
  gs_frame frame;
  gs_message message;
  for (size_t at = 0; at < test.out_length; at++) {
    if (!gs_frame_reader_push(&host_ears, test.out[at], &frame)) continue;
    MUST(gs_decode_from_robot(&message, frame.type, frame.payload, frame.length) == 0);
    if (message.id == GS_ID_TELEMETRY) {
      known.seq = message.as.telemetry.seq;
      known.challenge = message.as.telemetry.challenge;
    } else if (message.id == GS_ID_STAGED) known.staged = message.as.staged.hash;
    else if (message.id == GS_ID_LEASE) known.lease = (uint16_t)message.as.lease.epoch;
    else if (message.id == GS_ID_EVENT && message.as.event.event == GS_EVENT_LATCHED)
      known.latched = message.as.event.number;
  }
  MUST(gs_frame_reader_broken(&host_ears) == 0);
  test.out_length = 0;
}

/* The robot may be stricter than this, not milder. */
static bool proves_life(const gs_msg_keepalive *told) {
  const uint32_t behind = test.session.dead_man.next - 1u - told->telemetry_seq;
  if (behind >= sizeof sampled / sizeof *sampled || behind >= test.session.dead_man.next) return false;
  if (test.now - sampled[told->telemetry_seq % (sizeof sampled / sizeof *sampled)] > GS_FRESH_US) return false;
  return (told->response ^ gs_challenge(test.robot.secret, told->telemetry_seq)) == 0xffffu;
}

/* One byte at a time, so that every change has one frame that may have caused it. */
static void receive(uint8_t byte) {
  const gs_state before = test.session.motion.state;
  const uint32_t active = active_hash(), staged = staged_hash();
  const bool latched = test.session.latched != 0, leased = test.session.leased;
  const uint16_t lease = (uint16_t)test.session.epoch;
  gs_frame frame;
  gs_message message;
  const bool ends = byte == 0 && robot_ears.length > 0;
  const bool framed = gs_frame_reader_push(&robot_ears, byte, &frame);
  const bool meant = framed && gs_decode_from_host(&message, frame.type, frame.payload, frame.length) == 0;
  const bool owned = meant && leased && frame.session == lease;
  frames += ends;
  gs_session_receive(&test.session, &byte, 1);
  check_state();
  listen();
  if (!meant) message.id = 0;

  /* Power, a walk and a new set have one cause each. */
  if (before == GS_STATE_OFF && powered()) {
    MUST(owned && message.id == GS_ID_ARM && !latched && !test.refuses_to_arm);
    arms++;
  }
  if (before != GS_STATE_WALKING && test.session.motion.state == GS_STATE_WALKING) {
    MUST(owned && message.id == GS_ID_START && before == GS_STATE_STANDING && active != 0 && !latched);
    walks++;
  }
  if (active_hash() != active && active_hash() != 0) {
    MUST(owned && message.id == GS_ID_COMMIT && message.as.commit.hash == staged && active_hash() == staged);
    MUST(before != GS_STATE_WALKING && before != GS_STATE_RAMPING_OUT);
    commits++;
  }
  if (staged_hash() != staged && staged_hash() != 0) MUST(owned && message.id == GS_ID_STAGE);
  if (latched && test.session.latched == 0) MUST(owned && message.id == GS_ID_CLEAR_E_STOP);
  if (!latched && test.session.latched != 0) {
    MUST(meant && message.id == GS_ID_E_STOP);
    latches++;
  }

  /* A stop is obeyed at once, whoever sends it. */
  if (message.id == GS_ID_STOP || message.id == GS_ID_E_STOP) {
    const gs_level level = message.id == GS_ID_STOP ? message.as.stop.level : message.as.e_stop.level;
    const gs_state after = test.session.motion.state;
    MUST(after != GS_STATE_WALKING);
    if (level == GS_LEVEL_CUT) MUST(after == GS_STATE_OFF);
    if (level == GS_LEVEL_SETTLE) MUST(after == GS_STATE_OFF || after == GS_STATE_SETTLING);
    if (message.id == GS_ID_E_STOP) MUST(test.session.latched != 0);
  }
  if (owned && message.id == GS_ID_ARM) fed = test.now;
  if (owned && message.id == GS_ID_KEEPALIVE && proves_life(&message.as.keepalive)) fed = test.now;
}

static void advance(void);

static void tick(uint64_t us) {
  const gs_state before = test.session.motion.state;
  const uint32_t active = active_hash(), frame = test.session.dead_man.next;
  test.room = stuck ? choose(3) * choose(100) : TEST_OUT;
  test.wall += us;
  if (lockstep) {
    advance();
    return;
  }
  test_robot_tick(&test, us);
  if (test.session.dead_man.next != frame) sampled[frame % (sizeof sampled / sizeof *sampled)] = test.now;
  check_state();
  listen();
  MUST(before != GS_STATE_OFF || !powered());
  MUST(test.session.motion.state != GS_STATE_WALKING || before == GS_STATE_WALKING);
  MUST(active_hash() == active);
  /* Nobody was there for 0.8 s; what is out of bounds is off or damped in the same period. */
  if (powered()) MUST(test.now - fed < 800000);
  if (powered()) MUST(test.session.motion.state == GS_STATE_SETTLING || test.now - fed < 300000);
  if (test.values[16] < -1 || test.values[16] > 1) MUST(!powered());
  if (test.values[17] < 9.6f && powered()) MUST(test.session.motion.state == GS_STATE_SETTLING);
}

/* --- a host */

static uint8_t host_seq;
static uint32_t host_time;
static bool faithful; /* says what it means */

static size_t put(uint8_t *wire, const gs_message *message, uint16_t session, uint8_t flags) {
  static uint8_t payload[GS_LONGEST_PAYLOAD];
  gs_frame frame;
  const int length = gs_encode(message, payload, sizeof payload);
  if (length < 0) return 0;
  frame.type = message->id;
  frame.flags = flags;
  frame.seq = host_seq;
  frame.session = session;
  frame.time = host_time;
  frame.payload = payload;
  frame.length = (uint16_t)length;
  /* Bytes that are not what the table says, with a good CRC. */
  if (faithful) return gs_frame_encode(&frame, wire);
  if (choose(12) == 0 && length > 0) payload[choose((uint32_t)length)] = (uint8_t)choose(256);
  if (choose(60) == 0) frame.length = (uint16_t)choose((uint32_t)length + 1);
  if (choose(60) == 0) frame.type = (uint8_t)choose(256);
  return gs_frame_encode(&frame, wire);
}

static double any_number(double usual) {
  if (faithful) return usual;
  switch (choose(24)) {
    case 0: return NAN;
    case 1: return INFINITY;
    case 2: return -usual;
    case 3: return usual * 1e6;
    default: return usual;
  }
}

/* A good parameter set, more or less. */
static void stage(gs_message *message) {
  static uint8_t bytes[GS_LONGEST_PAYLOAD];
  static const struct { const char *name; double value; } usual[] = {
      {"ground_clearance", 0.03}, {"ground_penetration", 0.005}, {"step_length", 0.04},
      {"swing_frequency", 2.5},   {"stance_frequency", 2.4},
  };
  static const char *const gaits[] = {"foot-cpg:trot", "foot-cpg:pace", "foot-cpg:trot", "joint-oscillators", "gallop"};
  gs_msg_stage *const told = &message->as.stage;
  const unsigned first = !faithful && choose(10) == 0 ? choose(5) : 0;
  const unsigned last = !faithful && choose(10) == 0 ? choose(6) : 5;
  message->id = GS_ID_STAGE;
  told->gait = gs_string_of(gaits[!faithful && choose(10) == 0 ? choose(5) : 0]);
  told->ramp_in = any_number(0.2);
  told->ramp_out = any_number(0.2);
  told->part = (uint8_t)(!faithful && choose(16) == 0 ? choose(3) : 0);
  told->parts = (uint8_t)(!faithful && choose(16) == 0 ? choose(4) : 1);
  told->values.bytes = bytes;
  told->values.length = 0;
  told->values.count = 0;
  for (unsigned index = first; index < last; index++)
    gs_put_value(&told->values, bytes, sizeof bytes, gs_string_of(usual[index].name),
                 any_number(usual[index].value * (1 + 0.0001 * choose(100))));
}

static void compose(gs_message *message) {
  static const uint8_t questions[] = {GS_ID_GET_STATUS, GS_ID_GET_STATISTICS};
  static const char text[] = "w\xc3\xbcrgt nicht, was da l\xc3\xa4uft, und noch viel mehr als in eine Antwort passt";
  const gs_string words = {text, (uint16_t)(choose(3) == 0 ? sizeof text - 1 : choose(2))};
  memset(message, 0, sizeof *message);
  switch (choose(32)) {
    case 0:
      message->id = GS_ID_HELLO;
      message->as.hello.oldest = (uint8_t)choose(3);
      message->as.hello.newest = (uint8_t)choose(3);
      message->as.hello.host = words;
      return;
    case 1:
      message->id = GS_ID_DESCRIBE;
      message->as.describe.subject = (gs_subject)choose(2);
      message->as.describe.index = (uint16_t)choose(40);
      return;
    case 2:
      message->id = GS_ID_GET_PARAMETER;
      message->as.get_parameter.index = (uint8_t)choose(256);
      return;
    case 3:
      message->id = choose(2) == 0 ? GS_ID_GET_LIMIT : GS_ID_SET_LIMIT;
      message->as.set_limit.index = (uint8_t)choose(5);
      if (message->id == GS_ID_GET_LIMIT) return;
      message->as.set_limit.low = any_number(-1 - 0.0001 * choose(3));
      message->as.set_limit.high = any_number(1);
      return;
    case 4:
      message->id = questions[choose(2)];
      return;
    case 5:
      message->id = GS_ID_TIME_SYNC;
      message->as.time_sync.sent = choose(65536);
      return;
    case 6: case 7:
      message->id = GS_ID_ACQUIRE_LEASE;
      message->as.acquire_lease.owner = gs_string_of(choose(6) == 0 ? "another" : "host");
      return;
    case 8:
      message->id = choose(4) == 0 ? GS_ID_RELEASE_LEASE : GS_ID_GET_STATUS;
      return;
    case 9: case 10: case 11: case 12:
      message->id = GS_ID_ARM;
      return;
    case 13:
      message->id = GS_ID_DISARM;
      return;
    case 14: case 15:
      stage(message);
      return;
    case 16: case 17: case 18:
      message->id = GS_ID_COMMIT;
      message->as.commit.hash = choose(10) == 0 ? choose(65536) : known.staged;
      return;
    case 19: case 20: case 21: case 22:
      message->id = GS_ID_START;
      return;
    case 23:
      message->id = GS_ID_STOP;
      message->as.stop.level = (gs_level)choose(3);
      return;
    case 24:
      message->id = choose(4) == 0 ? GS_ID_E_STOP : GS_ID_STOP;
      if (message->id == GS_ID_E_STOP) message->as.e_stop.reason = words;
      return;
    case 25: case 26:
      message->id = GS_ID_CLEAR_E_STOP;
      message->as.clear_e_stop.event = choose(10) == 0 ? choose(100) : known.latched;
      message->as.clear_e_stop.checked = words;
      return;
    case 27:
      message->id = GS_ID_SUBSCRIBE;
      message->as.subscribe.rate = (float)any_number(1 + choose(300));
      message->as.subscribe.groups = choose(65536);
      return;
    case 28:
      message->id = choose(3) == 0 ? GS_ID_TARGETS : choose(2) == 0 ? GS_ID_ADVANCE : GS_ID_PLACE;
      if (message->id != GS_ID_PLACE) return;
      message->as.place.suggestion = choose(3) == 0 ? UINT32_MAX : choose(100);
      message->as.place.carry_over = words;
      return;
    default:
      message->id = GS_ID_KEEPALIVE;
      message->as.keepalive.telemetry_seq = known.seq - (choose(8) == 0 ? choose(40) : 0);
      message->as.keepalive.response = (uint16_t)~(choose(16) == 0 ? choose(65536) : known.challenge);
      return;
  }
}

/* --- a line */

static struct { uint8_t wire[GS_LONGEST_WIRE + 1]; size_t length; } held[HELD];

static void hear(const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at++) receive(bytes[at]);
}

static void deliver(const uint8_t *wire, size_t length) {
  uint8_t bytes[GS_LONGEST_WIRE + 1];
  memcpy(bytes, wire, length);
  switch (choose(20)) {
    case 0: /* lost */
      return;
    case 1: /* cut */
      hear(bytes, choose((uint32_t)length));
      return;
    case 2: /* a bit */
      bytes[choose((uint32_t)length)] ^= (uint8_t)(1u << choose(8));
      hear(bytes, length);
      return;
    case 3: /* several bytes */
      for (uint32_t left = choose(8); left > 0; left--) bytes[choose((uint32_t)length)] = (uint8_t)choose(256);
      hear(bytes, length);
      return;
    case 4: /* twice */
      hear(bytes, length);
      hear(bytes, length);
      return;
    case 5: /* a byte more */
      receive((uint8_t)choose(256));
      hear(bytes, length);
      return;
    default:
      hear(bytes, length);
      return;
  }
}

static void say(void) {
  uint8_t wire[GS_LONGEST_WIRE];
  gs_message message;
  size_t length;
  uint8_t flags = GS_FLAG_REPLY_WANTED;
  uint16_t session = known.lease;
  const uint32_t kind = choose(24);
  if (kind == 0) flags |= GS_FLAG_RETRY;
  else if (kind == 1) flags = (uint8_t)choose(16);
  if (choose(20) == 0) session = (uint16_t)choose(65536);
  if (choose(12) != 0) host_seq++;
  host_time += choose(1000);
  compose(&message);
  length = put(wire, &message, session, flags);
  if (length == 0) return;
  if (choose(10) == 0) {
    const uint32_t at = choose(HELD);
    memcpy(held[at].wire, wire, length);
    held[at].length = length;
  }
  deliver(wire, length);
}

/* After whatever came before, a delimiter and a stop: the robot is off. */
static void stop_for_certain(void) {
  uint8_t wire[GS_LONGEST_WIRE];
  gs_message message;
  gs_frame frame;
  uint8_t payload[1];
  memset(&message, 0, sizeof message);
  message.id = GS_ID_STOP;
  message.as.stop.level = GS_LEVEL_CUT;
  frame.type = GS_ID_STOP;
  frame.flags = GS_FLAG_REPLY_WANTED | (choose(2) == 0 ? GS_FLAG_RETRY : 0);
  frame.seq = (uint8_t)choose(256);
  frame.session = (uint16_t)choose(65536);
  frame.time = 0;
  frame.payload = payload;
  frame.length = (uint16_t)gs_encode(&message, payload, sizeof payload);
  receive(0);
  hear(wire, gs_frame_encode(&frame, wire));
  MUST(!powered() && test.drive == GS_DRIVE_OFF);
}

static void tell(gs_message *message) {
  uint8_t wire[GS_LONGEST_WIRE];
  host_seq++;
  host_time++;
  hear(wire, put(wire, message, known.lease, GS_FLAG_REPLY_WANTED));
}

static void advance(void) {
  gs_message message;
  const bool meant = faithful;
  memset(&message, 0, sizeof message);
  message.id = GS_ID_ADVANCE;
  faithful = true;
  tell(&message);
  faithful = meant;
}

/* Time with a host that listens. */
static void live(uint32_t periods) {
  gs_message message;
  memset(&message, 0, sizeof message);
  message.id = GS_ID_KEEPALIVE;
  for (; periods > 0; periods--) {
    tick(TEST_PERIOD_US);
    message.as.keepalive.telemetry_seq = known.seq;
    message.as.keepalive.response = (uint16_t)~known.challenge;
    tell(&message);
  }
}

/* All that a walk takes, as a good host does it; the line may still lose answers. */
static void go(void) {
  static const uint8_t course[] = {GS_ID_ACQUIRE_LEASE, GS_ID_CLEAR_E_STOP, GS_ID_ARM, GS_ID_STAGE, GS_ID_COMMIT,
                                   GS_ID_START};
  faithful = true;
  for (unsigned at = 0; at < sizeof course; at++) {
    gs_message message;
    memset(&message, 0, sizeof message);
    message.id = course[at];
    if (message.id == GS_ID_ACQUIRE_LEASE) message.as.acquire_lease.owner = gs_string_of("host");
    if (message.id == GS_ID_CLEAR_E_STOP) {
      message.as.clear_e_stop.event = known.latched;
      message.as.clear_e_stop.checked = gs_string_of("all");
    }
    if (message.id == GS_ID_STAGE) stage(&message);
    if (message.id == GS_ID_COMMIT) message.as.commit.hash = known.staged;
    tell(&message);
    if (message.id == GS_ID_ARM) live(110);
  }
  live(choose(40));
  faithful = false;
}

static void step(void) {
  uint32_t count;
  switch (choose(40)) {
    case 0: /* noise */
      for (count = choose(700); count > 0; count--) receive((uint8_t)choose(256));
      if (choose(2) == 0) stop_for_certain();
      return;
    case 1: /* nothing but zeros, or none */
      for (count = choose(700); count > 0; count--) receive((uint8_t)(count & 1024 ? 0 : 255));
      receive(0);
      return;
    case 2: { /* late, or recorded */
      const uint32_t at = choose(HELD);
      if (held[at].length > 0) deliver(held[at].wire, held[at].length);
      return;
    }
    case 3: /* a sensor */
      switch (choose(6)) {
        case 0: test.values[16] = 1.5f; return;
        case 1: test.values[17] = 9; return;
        case 2: test.values[choose(8)] = NAN; return;
        case 3: test.refuses_to_arm = choose(2) == 0; return;
        default: break;
      }
      /* Mostly all is well again. */
      test.values[16] = 0;
      test.values[17] = 12;
      test.refuses_to_arm = false;
      for (int joint = 0; joint < GS_JOINTS; joint++) test.values[joint] = 0;
      return;
    case 4: /* silence */
      for (count = choose(100); count > 0; count--) tick(TEST_PERIOD_US);
      return;
    case 5:
      tick(choose(3) == 0 ? choose(65536) * UINT64_C(100) : choose(65536));
      return;
    case 6:
      if (choose(8) == 0) stop_for_certain();
      return;
    case 7:
      stuck = choose(3) == 0;
      return;
    case 8:
      if (choose(4) == 0) go();
      return;
    case 9: case 10: /* a host that is alive, for a while */
      faithful = choose(2) == 0;
      live(choose(60));
      faithful = false;
      return;
    case 11: case 12: case 13: case 14:
      tick(TEST_PERIOD_US);
      return;
    default:
      say();
      return;
  }
}

static void begin(void) {
  memset(&test, 0, sizeof test);
  memset(&known, 0, sizeof known);
  memset(held, 0, sizeof held);
  stuck = false;
  gs_frame_reader_init(&host_ears);
  gs_frame_reader_init(&robot_ears);
  /* Near the end of what 32 bits of microseconds can say. */
  test.now = UINT64_C(0xffffffff) - choose(4) * UINT64_C(2000000);
  lockstep = choose(4) == 0;
  MUST(test_robot_start(&test, lockstep ? GS_CLOCK_LOCKSTEP : GS_CLOCK_REALTIME, choose(65536)) == NULL);
  MUST(test.drive == GS_DRIVE_OFF);
}

#ifdef GS_LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  script = data;
  script_left = size;
  begin();
  while (!script_ended()) step();
  stop_for_certain();
  return 0;
}
#else
int main(int count, char **arguments) {
  const uint64_t wanted = count > 1 ? strtoull(arguments[1], NULL, 10) : 100000;
  const uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  const clock_t started = clock();
  double seconds;
  random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
  while (frames < wanted) {
    begin();
    for (int left = SCRIPT_STEPS; left > 0 && frames < wanted && !script_ended(); left--) step();
    stop_for_certain();
  }
  seconds = (double)(clock() - started) / CLOCKS_PER_SEC;
  printf("%llu frames, %lu armings, %lu walks, %lu commits, %lu latches, %.0f frames/s\n", (unsigned long long)frames,
         arms, walks, commits, latches, (double)frames / (seconds > 0 ? seconds : 1));
  return 0;
}
#endif
