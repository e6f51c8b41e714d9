/*
 * A central pattern generator in foot space: one Hopf oscillator per leg, coupled by a phase pattern, whose state is mapped
 * to a foot path and through inverse kinematics to joint targets (Raffin et al., arXiv 2209.07171):
 *
 *     r_i'     = a (mu - r_i^2) r_i
 *     theta_i' = omega_i + sum_j c r_j sin(theta_j - theta_i - (lead_j - lead_i))
 *     x_i      = -step_length r_i cos theta_i
 *     z_i      = -stance height + d sin theta_i
 *
 * omega_i is the swing speed and d the ground clearance where sin theta_i > 0, else the stance speed and the penetration.
 */
#include "gs_kinematics.h"
#include "gs_math.h"
#include "gs_reason.h"

#define CONVERGENCE GS_REAL(50)
#define MU GS_REAL(1)
#define COUPLING GS_REAL(1)
#define INITIAL_RADIUS GS_REAL(0.1)
/** The first leg starts in stance. */
#define INITIAL_PHASE (GS_REAL(4) / 3 * GS_PI)
/**
 * A leg is in swing where the sine of its phase is above this rather than above 0. With round frequencies a step of the
 * integration often ends exactly where swing ends, but for rounding: there our rounding must not choose another speed than
 * the host's.
 */
#define SWING_EDGE GS_REAL(1e-9)
/** Longest integration step, s: a longer control period is split, so that a slow controller walks the same gait. */
#define LONGEST_STEP GS_REAL(0.01)
/** Points of a cycle at which feasibility is judged; multiples of four include the extremes of the path. */
#define CYCLE_POINTS 128

enum { CLEARANCE, PENETRATION, STEP_LENGTH, SWING_FREQUENCY, STANCE_FREQUENCY, PARAMETERS };

static const gs_gait_parameter parameters[PARAMETERS] = {
    {"ground_clearance", "m", GS_REAL(0.005), GS_REAL(0.05)},
    {"ground_penetration", "m", GS_REAL(0), GS_REAL(0.03)},
    {"step_length", "m", GS_REAL(0.01), GS_REAL(0.08)},
    {"swing_frequency", "Hz", GS_REAL(0.8), GS_REAL(5)},
    {"stance_frequency", "Hz", GS_REAL(0.8), GS_REAL(5)},
};

/**
 * Each leg's lead over the first, in turns, and its sine and cosine; leads are whole quarters, so these are exact. With
 * phases counted from each leg's own lead, the coupling of all pairs needs only two sums.
 */
struct gs_phase_pattern {
  gs_real lead[GS_LEGS], sine[GS_LEGS], cosine[GS_LEGS];
};
typedef struct gs_phase_pattern phase_pattern;

/** Diagonal pairs. */
static const phase_pattern trot = {{0, GS_REAL(-0.5), GS_REAL(-0.5), 0}, {0, 0, 0, 0}, {1, -1, -1, 1}};
/** Pairs of one side. */
static const phase_pattern pace = {{0, GS_REAL(-0.5), 0, GS_REAL(-0.5)}, {0, 0, 0, 0}, {1, -1, 1, -1}};
/** Front pair and rear pair. */
static const phase_pattern bound = {{0, 0, GS_REAL(-0.5), GS_REAL(-0.5)}, {0, 0, 0, 0}, {1, 1, -1, -1}};
/** One foot after the other, a quarter of a cycle apart. */
static const phase_pattern walk = {{0, GS_REAL(-0.5), GS_REAL(-0.25), GS_REAL(0.25)}, {0, 0, -1, 1}, {1, -1, 0, 0}};
/** All four together. */
static const phase_pattern pronk = {{0, 0, 0, 0}, {0, 0, 0, 0}, {1, 1, 1, 1}};

/** Height of the foot, m, over a phase with this sine. */
static gs_real foot_height(gs_real height, gs_real clearance, gs_real penetration, gs_real sine) {
  return height + (sine > 0 ? clearance : penetration) * sine;
}

/* --- feasibility ------------------------------------------------------------------------------------------------- */

/** A kind of violation at its worst. */
typedef struct violation {
  gs_real excess;
  int point;
} violation;

/** Not a number counts as a violation. */
static void note(violation *worst, gs_real excess, int point) {
  if (excess <= GS_TOLERANCE || excess <= worst->excess) return;
  worst->excess = excess;
  worst->point = point;
}

enum { REACH, HIP, KNEE, KINDS, NONE = KINDS };

static void judge(const gs_body *body, gs_real x, gs_real z, int point, violation *worst) {
  gs_real hip, knee;
  note(&worst[REACH], gs_inverse_kinematics(body->thigh, body->shank, x, z, &hip, &knee), point);
  note(&worst[HIP], body->hip_low - hip, point);
  note(&worst[HIP], hip - body->hip_high, point);
  note(&worst[KNEE], body->knee_low - knee, point);
  note(&worst[KNEE], knee - body->knee_high, point);
}

/** The kind to speak of. */
static int first_of(const violation *worst) {
  int kind = REACH;
  while (kind < KINDS && worst[kind].excess == 0) kind++;
  return kind;
}

static bool leg_allows(const gs_body *body, gs_real x, gs_real z) {
  violation worst[KINDS] = {{0, 0}, {0, 0}, {0, 0}};
  judge(body, x, z, 0, worst);
  return first_of(worst) == NONE;
}

static void foot_at(const gs_real *values, const gs_body *body, int point, gs_real *x, gs_real *z) {
  gs_real phase = (gs_real)point * (GS_TURN / CYCLE_POINTS);
  *x = -values[STEP_LENGTH] * GS_MATH(cos)(phase);
  *z = foot_height(-body->stance_height, values[CLEARANCE], values[PENETRATION], GS_MATH(sin)(phase));
}

/** What to change so that this point becomes possible: the step, if the foot could be there under its hip. */
static int blame(const gs_real *values, const gs_body *body, int point) {
  gs_real x, z;
  foot_at(values, body, point, &x, &z);
  if (leg_allows(body, 0, z)) return STEP_LENGTH;
  if (!leg_allows(body, 0, -body->stance_height)) return -1;
  return point < CYCLE_POINTS / 2 ? CLEARANCE : PENETRATION;
}

static void explain(gs_reason *reason, int kind, violation worst, int bad_parameter) {
  bool in_swing = worst.point < CYCLE_POINTS / 2;
  int point = in_swing ? worst.point : worst.point - CYCLE_POINTS / 2;

  gs_reason_add(reason, bad_parameter < 0 ? "neutral stance" : parameters[bad_parameter].name);
  if (kind == REACH) {
    gs_reason_add(reason, ": foot ");
    gs_reason_add_number(reason, 1000 * worst.excess, 1);
    gs_reason_add(reason, " mm beyond reach at ");
  } else {
    gs_reason_add(reason, kind == HIP ? ": hip " : ": knee ");
    gs_reason_add_number(reason, worst.excess, 3);
    gs_reason_add(reason, " rad beyond its limit at ");
  }
  gs_reason_add_number(reason, (gs_real)(100 * point) / (CYCLE_POINTS / 2), 0);
  gs_reason_add(reason, in_swing ? " % of swing" : " % of stance");
}

/**
 * The limit cycle's path does not depend on timing, and the oscillator approaches it from inside (r <= 1), so one turn of
 * the phase covers everything a leg will ever be asked.
 */
static bool check(const gs_real *values, const gs_body *body, char *text, size_t text_size, int *bad_parameter) {
  gs_reason reason = gs_reason_begin(text, text_size);
  violation worst[KINDS] = {{0, 0}, {0, 0}, {0, 0}};
  int bad = -1;
  int kind = NONE;
  bool usable = gs_values_usable(parameters, PARAMETERS, values, SWING_FREQUENCY, STANCE_FREQUENCY, &reason, &bad);

  if (usable) {
    for (int point = 0; point < CYCLE_POINTS; point++) {
      gs_real x, z;
      foot_at(values, body, point, &x, &z);
      judge(body, x, z, point, worst);
    }
    kind = first_of(worst);
    if (kind != NONE) {
      bad = blame(values, body, worst[kind].point);
      explain(&reason, kind, worst[kind], bad);
    }
  }
  if (bad_parameter != NULL) *bad_parameter = bad;
  return usable && kind == NONE;
}

/* --- controller -------------------------------------------------------------------------------------------------- */

static void start(gs_foot_cpg_state *state, const phase_pattern *pattern, const gs_real *values, const gs_body *body) {
  state->pattern = pattern;
  state->clearance = values[CLEARANCE];
  state->penetration = values[PENETRATION];
  state->step_length = values[STEP_LENGTH];
  state->swing = GS_TURN * values[SWING_FREQUENCY];
  state->stance = GS_TURN * values[STANCE_FREQUENCY];
  state->thigh = body->thigh;
  state->shank = body->shank;
  state->height = -body->stance_height;
  for (int leg = 0; leg < GS_LEGS; leg++) {
    state->radius[leg] = INITIAL_RADIUS;
    state->phase[leg] = INITIAL_PHASE + GS_TURN * pattern->lead[leg];
  }
}

/** Rates of change of radii and phases. */
static void derivative(const gs_foot_cpg_state *state, const gs_real *radius, const gs_real *phase, gs_real *radius_rate,
                       gs_real *phase_rate) {
  const phase_pattern *pattern = state->pattern;
  gs_real sine[GS_LEGS], cosine[GS_LEGS]; /* of the phase without the leg's lead */
  gs_real sine_sum = 0, cosine_sum = 0;

  for (int leg = 0; leg < GS_LEGS; leg++) {
    gs_real s = GS_MATH(sin)(phase[leg]), c = GS_MATH(cos)(phase[leg]);
    phase_rate[leg] = s > SWING_EDGE ? state->swing : state->stance;
    sine[leg] = s * pattern->cosine[leg] - c * pattern->sine[leg];
    cosine[leg] = c * pattern->cosine[leg] + s * pattern->sine[leg];
    sine_sum += radius[leg] * sine[leg];
    cosine_sum += radius[leg] * cosine[leg];
  }
  for (int leg = 0; leg < GS_LEGS; leg++) {
    radius_rate[leg] = CONVERGENCE * (MU - radius[leg] * radius[leg]) * radius[leg];
    phase_rate[leg] += COUPLING * (sine_sum * cosine[leg] - cosine_sum * sine[leg]);
  }
}

/** One step of the classical Runge-Kutta method. */
static void integrate(gs_foot_cpg_state *state, gs_real dt) {
  static const gs_real weight[4] = {1, 2, 2, 1};
  static const gs_real reach[4] = {0, GS_REAL(0.5), GS_REAL(0.5), 1};
  gs_real radius[GS_LEGS], phase[GS_LEGS];
  gs_real radius_rate[GS_LEGS] = {0}, phase_rate[GS_LEGS] = {0};
  gs_real radius_sum[GS_LEGS] = {0}, phase_sum[GS_LEGS] = {0};

  for (int stage = 0; stage < 4; stage++) {
    for (int leg = 0; leg < GS_LEGS; leg++) {
      radius[leg] = state->radius[leg] + reach[stage] * dt * radius_rate[leg];
      phase[leg] = state->phase[leg] + reach[stage] * dt * phase_rate[leg];
    }
    derivative(state, radius, phase, radius_rate, phase_rate);
    for (int leg = 0; leg < GS_LEGS; leg++) {
      radius_sum[leg] += weight[stage] * radius_rate[leg];
      phase_sum[leg] += weight[stage] * phase_rate[leg];
    }
  }
  for (int leg = 0; leg < GS_LEGS; leg++) {
    state->radius[leg] += dt / 6 * radius_sum[leg];
    state->phase[leg] += dt / 6 * phase_sum[leg];
    /* Only the phase within its turn matters, and a small number is kept more exactly. */
    if (state->phase[leg] >= GS_TURN) state->phase[leg] -= GS_TURN * GS_MATH(floor)(state->phase[leg] / GS_TURN);
  }
}

static void step(gs_gait_state *gait_state, gs_real dt, gs_real *targets) {
  gs_foot_cpg_state *state = &gait_state->foot_cpg;
  gs_real period = gs_control_period(dt);
  int steps = (int)GS_MATH(ceil)(period / LONGEST_STEP - GS_STEP_TOLERANCE);

  for (int index = 0; index < steps; index++) integrate(state, period / (gs_real)steps);
  for (int leg = 0; leg < GS_LEGS; leg++) {
    gs_real sine = GS_MATH(sin)(state->phase[leg]);
    gs_real x = -state->step_length * state->radius[leg] * GS_MATH(cos)(state->phase[leg]);
    gs_real z = foot_height(state->height, state->clearance, state->penetration, sine);
    gs_inverse_kinematics(state->thigh, state->shank, x, z, &targets[2 * leg], &targets[2 * leg + 1]);
  }
}

static void start_trot(gs_gait_state *state, const gs_real *values, const gs_body *body) {
  start(&state->foot_cpg, &trot, values, body);
}

static void start_pace(gs_gait_state *state, const gs_real *values, const gs_body *body) {
  start(&state->foot_cpg, &pace, values, body);
}

static void start_bound(gs_gait_state *state, const gs_real *values, const gs_body *body) {
  start(&state->foot_cpg, &bound, values, body);
}

static void start_walk(gs_gait_state *state, const gs_real *values, const gs_body *body) {
  start(&state->foot_cpg, &walk, values, body);
}

static void start_pronk(gs_gait_state *state, const gs_real *values, const gs_body *body) {
  start(&state->foot_cpg, &pronk, values, body);
}

const gs_gait gs_foot_cpg[GS_PHASE_PATTERNS] = {
    {"foot-cpg:trot", parameters, PARAMETERS, check, start_trot, step},
    {"foot-cpg:pace", parameters, PARAMETERS, check, start_pace, step},
    {"foot-cpg:bound", parameters, PARAMETERS, check, start_bound, step},
    {"foot-cpg:walk", parameters, PARAMETERS, check, start_walk, step},
    {"foot-cpg:pronk", parameters, PARAMETERS, check, start_pronk, step},
};
