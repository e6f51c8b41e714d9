#include "gs_dead_man.h"

#include <string.h>

#include "gs_frame.h"

uint16_t gs_challenge(uint32_t secret, uint32_t seq) {
  uint8_t bytes[8];
  int at;
  for (at = 0; at < 4; at++) {
    bytes[at] = (uint8_t)(secret >> 8 * at);
    bytes[4 + at] = (uint8_t)(seq >> 8 * at);
  }
  return (uint16_t)gs_crc32c(0, bytes, sizeof bytes);
}

void gs_dead_man_init(gs_dead_man *dead_man, gs_real telemetry_rate) {
  memset(dead_man, 0, sizeof *dead_man);
  gs_dead_man_set_rate(dead_man, telemetry_rate);
}

void gs_dead_man_set_rate(gs_dead_man *dead_man, gs_real telemetry_rate) {
  const gs_real frames = telemetry_rate * GS_FRESH_US / 1000000;
  dead_man->shift = 0;
  /* One block is being filled, and one more may have begun before the oldest fresh frame. */
  while (dead_man->shift < 16 && frames > (gs_real)((GS_FRAMES_REMEMBERED - 2u) << dead_man->shift)) dead_man->shift++;
  dead_man->known = 0;
}

uint32_t gs_dead_man_count(gs_dead_man *dead_man, uint64_t now) {
  const uint32_t seq = dead_man->next++;
  const uint32_t most = (GS_FRAMES_REMEMBERED - 1u) << dead_man->shift;
  if (dead_man->known == 0 || (seq & ((UINT32_C(1) << dead_man->shift) - 1u)) == 0)
    dead_man->sent[seq >> dead_man->shift & (GS_FRAMES_REMEMBERED - 1u)] = (uint32_t)now;
  if (dead_man->known < most) dead_man->known++;
  return seq;
}

bool gs_dead_man_accepts(const gs_dead_man *dead_man, uint32_t secret, uint32_t seq, uint16_t response, uint64_t now) {
  const uint32_t behind = dead_man->next - 1u - seq;
  const uint32_t sent = dead_man->sent[seq >> dead_man->shift & (GS_FRAMES_REMEMBERED - 1u)];
  if (behind >= dead_man->known) return false;
  if ((uint32_t)now - sent > GS_FRESH_US) return false;
  return (response ^ gs_challenge(secret, seq)) == 0xffffu;
}

void gs_dead_man_feed(gs_dead_man *dead_man, uint64_t now) {
  dead_man->fed = now;
}

uint64_t gs_dead_man_silence(const gs_dead_man *dead_man, uint64_t now) {
  return now > dead_man->fed ? now - dead_man->fed : 0;
}
