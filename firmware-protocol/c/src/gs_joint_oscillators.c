/*
 * Open-loop oscillators, one per joint, with swing and stance frequencies that all joints share (Raffin et al.,
 * arXiv 2310.05808):
 *
 *     q_i(t)   = neutral_i + offset_i + amplitude_i sin(theta_i(t) + phase_i)
 *     theta_i' = omega_swing where sin(theta_i + phase_i) > 0, else omega_stance
 *
 * The phase turns at one of two speeds and is advanced exactly, not integrated.
 */
#include "gs_math.h"
#include "gs_reason.h"

enum { SWING_FREQUENCY, STANCE_FREQUENCY, FIRST_JOINT };
/** What each joint has, in this order. */
enum { AMPLITUDE, PHASE, OFFSET, PER_JOINT };
enum { PARAMETERS = FIRST_JOINT + PER_JOINT * GS_JOINTS };

#define JOINT(name)                                          \
  {name "_amplitude", "rad", 0, GS_REAL(0.6)},               \
      {name "_phase", "rad", 0, 2 * GS_PI},                  \
      {name "_offset", "rad", GS_REAL(-0.3), GS_REAL(0.3)}

static const gs_gait_parameter parameters[PARAMETERS] = {
    {"swing_frequency", "Hz", GS_REAL(0.8), GS_REAL(5)},
    {"stance_frequency", "Hz", GS_REAL(0.8), GS_REAL(5)},
    JOINT("fr_hip"),
    JOINT("fr_knee"),
    JOINT("fl_hip"),
    JOINT("fl_knee"),
    JOINT("rr_hip"),
    JOINT("rr_knee"),
    JOINT("rl_hip"),
    JOINT("rl_knee"),
};

static int number_of(int joint, int what) { return FIRST_JOINT + PER_JOINT * joint + what; }

/** Whether [from, to] leaves the joint's range; `worst` is raised to how far. Not a number counts as leaving it. */
static bool leaves(const gs_body *body, int joint, gs_real from, gs_real to, gs_real *worst) {
  bool hip = joint % 2 == 0;
  gs_real below = (hip ? body->hip_low : body->knee_low) - from;
  gs_real above = to - (hip ? body->hip_high : body->knee_high);
  if (below <= GS_TOLERANCE && above <= GS_TOLERANCE) return false;
  if (below <= *worst && above <= *worst) return false;
  *worst = below > above ? below : above;
  return true;
}

static int blame(const gs_real *values, const gs_body *body, int joint, gs_real neutral) {
  gs_real middle = neutral + values[number_of(joint, OFFSET)];
  gs_real worst = 0;
  if (leaves(body, joint, neutral, neutral, &worst)) return -1;
  return number_of(joint, leaves(body, joint, middle, middle, &worst) ? OFFSET : AMPLITUDE);
}

static bool check(const gs_real *values, const gs_body *body, char *text, size_t text_size, int *bad_parameter) {
  gs_reason reason = gs_reason_begin(text, text_size);
  gs_real neutral[GS_JOINTS];
  gs_real worst = 0;
  int worst_joint = -1;
  int bad = -1;
  bool usable = gs_values_usable(parameters, PARAMETERS, values, SWING_FREQUENCY, STANCE_FREQUENCY, &reason, &bad);

  if (usable) {
    gs_neutral_stance(body, neutral);
    for (int joint = 0; joint < GS_JOINTS; joint++) {
      gs_real middle = neutral[joint] + values[number_of(joint, OFFSET)];
      gs_real amplitude = GS_MATH(fabs)(values[number_of(joint, AMPLITUDE)]);
      if (leaves(body, joint, middle - amplitude, middle + amplitude, &worst)) worst_joint = joint;
    }
    if (worst_joint >= 0) {
      bad = blame(values, body, worst_joint, neutral[worst_joint]);
      gs_reason_add(&reason, bad < 0 ? "neutral stance" : parameters[bad].name);
      gs_reason_add(&reason, ": target ");
      gs_reason_add_number(&reason, worst, 3);
      gs_reason_add(&reason, " rad beyond the joint's limit");
    }
  }
  if (bad_parameter != NULL) *bad_parameter = bad;
  return usable && worst_joint < 0;
}

static void start(gs_gait_state *gait_state, const gs_real *values, const gs_body *body) {
  gs_joint_oscillators_state *state = &gait_state->joint_oscillators;
  state->swing = GS_TURN * values[SWING_FREQUENCY];
  state->stance = GS_TURN * values[STANCE_FREQUENCY];
  gs_neutral_stance(body, state->centre);
  for (int joint = 0; joint < GS_JOINTS; joint++) {
    gs_real phase = GS_MATH(fmod)(values[number_of(joint, PHASE)], GS_TURN);
    state->amplitude[joint] = values[number_of(joint, AMPLITUDE)];
    state->centre[joint] += values[number_of(joint, OFFSET)];
    state->phase[joint] = GS_MATH(fmod)(phase + GS_TURN, GS_TURN);
  }
}

/** Advances a phase in [0, 2 pi) that turns at `swing` rad/s in its upper half turn and at `stance` in its lower one. */
static gs_real advance(gs_real phase, gs_real dt, gs_real swing, gs_real stance) {
  gs_real upper = GS_PI / swing;
  gs_real period = upper + GS_PI / stance;
  gs_real elapsed = phase < GS_PI ? phase / swing : upper + (phase - GS_PI) / stance;
  gs_real time = GS_MATH(fmod)(elapsed + dt, period);
  gs_real next = time * swing < GS_PI ? time * swing : GS_PI + (time - upper) * stance;
  return next < GS_TURN ? next : 0;
}

static void step(gs_gait_state *gait_state, gs_real dt, gs_real *targets) {
  gs_joint_oscillators_state *state = &gait_state->joint_oscillators;
  gs_real period = gs_control_period(dt);
  for (int joint = 0; joint < GS_JOINTS; joint++) {
    state->phase[joint] = advance(state->phase[joint], period, state->swing, state->stance);
    targets[joint] = state->centre[joint] + state->amplitude[joint] * GS_MATH(sin)(state->phase[joint]);
  }
}

const gs_gait gs_joint_oscillators = {"joint-oscillators", parameters, PARAMETERS, check, start, step};
