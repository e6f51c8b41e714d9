/*
 * The dead-man: a robot with power settles, then cuts, when no host proves that it has looked at fresh telemetry. The
 * proof is the complement of a number that changes with every frame and cannot be known without having received it.
 */
#ifndef GS_DEAD_MAN_H
#define GS_DEAD_MAN_H

#include "gs_robot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Times of this many frames are kept, or of every second, fourth ... one at higher rates; a power of two. */
#define GS_FRAMES_REMEMBERED 32u
/* A keepalive that quotes an older frame proves nothing, us. */
#define GS_FRESH_US 200000u

typedef struct {
  uint32_t sent[GS_FRAMES_REMEMBERED]; /* when the first frame of each block of 2^shift was sent, us */
  uint32_t next;                       /* number of the next frame */
  uint32_t known;                      /* how many frames before it may be quoted */
  uint8_t shift;
  uint64_t fed;  /* us */
} gs_dead_man;

/* Low half of CRC-32C(secret, seq). */
uint16_t gs_challenge(uint32_t secret, uint32_t seq);

void gs_dead_man_init(gs_dead_man *dead_man, gs_real telemetry_rate);
/* A new telemetry rate: frames sent before can no longer be quoted. */
void gs_dead_man_set_rate(gs_dead_man *dead_man, gs_real telemetry_rate);
/* Counts a frame that is sent. Returns its number. */
uint32_t gs_dead_man_count(gs_dead_man *dead_man, uint64_t now);
/* Whether this proves that frame `seq` was received, and the frame is fresh. */
bool gs_dead_man_accepts(const gs_dead_man *dead_man, uint32_t secret, uint32_t seq, uint16_t response, uint64_t now);
void gs_dead_man_feed(gs_dead_man *dead_man, uint64_t now);
/* us; 0 when the clock says less */
uint64_t gs_dead_man_silence(const gs_dead_man *dead_man, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
