/*
 * Gait controllers: parameters -> joint targets over time, with the same numbers as the host's. They are open loop, so
 * equal parameters and equal control periods give equal targets. All units are SI; nothing here allocates or prints.
 *
 * Joint order, everywhere: hip and knee, leg by leg, FR FL RR RL. Angles are joint angles on the link side: both 0 when
 * the leg hangs straight, a positive hip swings it backward, a negative knee folds it, the knee is relative to the thigh.
 */
#ifndef GS_GAIT_H
#define GS_GAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Define GS_REAL_FLOAT for processors without double arithmetic. Walks then drift from the host's by some 1e-5 rad, and some of
 * them shift in time by a part of a control period; each foot stays on its path.
 */
#ifdef GS_REAL_FLOAT
typedef float gs_real;
#else
typedef double gs_real;
#endif

enum { GS_LEGS = 4, GS_JOINTS = 8, GS_MAX_GAIT_PARAMETERS = 26 };

/** A tuned number. `unit` is "" for a ratio; `low` and `high` are the range that a new robot starts with. */
typedef struct gs_gait_parameter {
  const char *name, *unit;
  gs_real low, high;
} gs_gait_parameter;

/** What a controller must know of the robot's body; all four legs are alike. Lengths in m, angles in rad. */
typedef struct gs_body {
  gs_real thigh, shank;
  gs_real hip_low, hip_high, knee_low, knee_high;
  /** Height of the hip above the foot in the neutral stance. */
  gs_real stance_height;
  /** Fastest the motor can move its joint, rad/s. Asking for more is saturation and allowed: no check reads it. */
  gs_real motor_speed;
} gs_body;

/** A foot path and its four oscillators; read by the controller only. */
typedef struct gs_foot_cpg_state {
  const struct gs_phase_pattern *pattern;
  gs_real radius[GS_LEGS], phase[GS_LEGS];
  gs_real clearance, penetration, step_length, swing, stance;
  gs_real thigh, shank, height;
} gs_foot_cpg_state;

/** Eight oscillators that share two speeds; read by the controller only. */
typedef struct gs_joint_oscillators_state {
  gs_real amplitude[GS_JOINTS], centre[GS_JOINTS], phase[GS_JOINTS];
  gs_real swing, stance;
} gs_joint_oscillators_state;

/** A running controller. One at a time runs, so all kinds share the memory. */
typedef union gs_gait_state {
  gs_foot_cpg_state foot_cpg;
  gs_joint_oscillators_state joint_oscillators;
} gs_gait_state;

/** A kind of gait. Values are in the order of `parameters`. */
typedef struct gs_gait {
  const char *name;
  const gs_gait_parameter *parameters;
  uint8_t parameter_count;
  /**
   * Whether every target over a full cycle is within reach and joint range, and every value finite. Bounds of the
   * parameters are not looked at. When not: `reason` receives a sentence (cut to `reason_size` with its final 0; may be
   * NULL with size 0), `bad_parameter` (may be NULL) the index of the value to change, -1 when it is the body's fault.
   */
  bool (*check)(const gs_real *values, const gs_body *body, char *reason, size_t reason_size, int *bad_parameter);
  /** Puts the state at the gait's beginning. Only values that `check` accepts. */
  void (*start)(gs_gait_state *state, const gs_real *values, const gs_body *body);
  /**
   * Advances by one control period and writes GS_JOINTS targets, rad. Time and memory are the same for every call with
   * the same `dt`, s. A `dt` that is not above 0 advances nothing; one above 1 s counts as 1 s.
   */
  void (*step)(gs_gait_state *state, gs_real dt, gs_real *targets);
} gs_gait;

/** The foot-space generator with each of its phase patterns (five parameters), and one oscillator per joint (26). */
enum { GS_PHASE_PATTERNS = 5 };
extern const gs_gait gs_foot_cpg[GS_PHASE_PATTERNS];
extern const gs_gait gs_joint_oscillators;

/** The gait of that name, NULL when there is none. `name` needs no final 0. */
const gs_gait *gs_gait_find(const char *name, size_t length);

/** Gaits by number, from 0 to gs_gait_count() - 1; NULL beyond. */
uint8_t gs_gait_count(void);
const gs_gait *gs_gait_at(uint8_t index);

/** The stance that every gait starts from and ends in, each foot straight under its hip: GS_JOINTS targets, rad. */
void gs_neutral_stance(const gs_body *body, gs_real *targets);

#ifdef __cplusplus
}
#endif

#endif
