/*
 * An elastic quadruped on a Teensy 4.1: eight servos that drive the legs through springs, a potentiometer on each joint
 * beyond its spring, a potentiometer and a thermistor at each servo, which share a CD74HC4067 multiplexer, an MPU-6050, a
 * stop button, and the battery on a divider. What kind of robot it is stands in quadruped.c; here are only the pins. It
 * talks over its own USB; for a UART write Serial1, and its rate in the hardware config.
 */
#include <Entropy.h>
#include <Servo.h>
#include <Wire.h>

#include "quadruped.h"

#define LINE Serial
static const uint32_t BAUD = 921600; /* USB is faster, whatever this says */

static const uint8_t SERVO[GS_JOINTS] = {2, 3, 4, 5, 6, 7, 8, 9};
static const uint8_t LINK_ANGLE[GS_JOINTS] = {A0, A1, A2, A3, A6, A7, A8, A9}; /* A4 and A5 are the MPU-6050's */
static const uint8_t MULTIPLEXER = A10, SELECT[4] = {28, 29, 30, 31}, BATTERY = A11;
static const uint8_t BUTTON = 33, SERVO_POWER = 32;
/* Of the multiplexer: thermistors in the order of the joints, then the servos' potentiometers. */
static const uint8_t THERMISTOR_0 = 0, MOTOR_ANGLE_0 = 8;

/* To be measured on your robot. A hobby servo turns 1 rad in about 600 us of pulse. */
static const float MIDDLE_US = 1500, US_PER_RAD = 600;
static const float MIDDLE_COUNT = 2048, RAD_PER_COUNT = 4.71f / 4096; /* a potentiometer that turns 270 degrees */
static const float VOLTS_PER_COUNT = 16.5f / 4096;
/* Joint angle in the middle of servo and potentiometers, rad: a knee only folds. */
static const float MIDDLE[GS_JOINTS] = {0, -1.25, 0, -1.25, 0, -1.25, 0, -1.25};
static const int8_t DIRECTION[GS_JOINTS] = {1, 1, -1, -1, 1, 1, -1, -1};

static Servo servos[GS_JOINTS];

static size_t writeLine(const uint8_t *bytes, size_t length) {
  const size_t room = (size_t)LINE.availableForWrite();
  return LINE.write(bytes, length < room ? length : room);
}

static uint32_t readMicros() { return micros(); }

static int readMultiplexer(uint8_t channel) {
  for (int bit = 0; bit < 4; bit++) digitalWrite(SELECT[bit], channel >> bit & 1);
  delayMicroseconds(10); /* until the converter's capacitor has forgotten the last channel */
  return analogRead(MULTIPLEXER);
}

/* A wiper at the end of its track is a broken wire. */
static float angleOf(int count, int joint) {
  if (count < 16 || count > 4079) return NAN;
  return MIDDLE[joint] + DIRECTION[joint] * (count - MIDDLE_COUNT) * RAD_PER_COUNT;
}

static void readImu(quadruped_sensors *sensors) {
  int16_t raw[7];
  for (int axis = 0; axis < 3; axis++) sensors->acceleration[axis] = sensors->turning[axis] = NAN;
  Wire.beginTransmission(0x68);
  Wire.write(0x3b);
  if (Wire.endTransmission(false) != 0 || Wire.requestFrom(0x68, 14) != 14) return;
  for (int word = 0; word < 7; word++) {
    raw[word] = (int16_t)(Wire.read() << 8);
    raw[word] |= (int16_t)Wire.read();
  }
  for (int axis = 0; axis < 3; axis++) {
    sensors->acceleration[axis] = raw[axis] * (4 * 9.80665f / 32768);   /* range 4 g */
    sensors->turning[axis] = raw[4 + axis] * (500 * 0.0174533f / 32768); /* range 500 deg/s */
  }
}

static void readSensors(quadruped_sensors *sensors) {
  for (int joint = 0; joint < GS_JOINTS; joint++) {
    sensors->motor[joint] = angleOf(readMultiplexer(MOTOR_ANGLE_0 + joint), joint);
    sensors->link[joint] = angleOf(analogRead(LINK_ANGLE[joint]), joint);
    sensors->thermistor[joint] = readMultiplexer(THERMISTOR_0 + joint) / 4096.0f;
  }
  readImu(sensors);
  sensors->voltage = analogRead(BATTERY) * VOLTS_PER_COUNT;
  sensors->button = digitalRead(BUTTON) == LOW;
}

/* Servos cannot damp: their gears do when the pulses stop, so settling lets go of the pulses and keeps the power. */
static void setPower(gs_drive mode) {
  digitalWrite(SERVO_POWER, mode == GS_DRIVE_OFF ? LOW : HIGH);
  for (int joint = 0; joint < GS_JOINTS; joint++) {
    if (mode != GS_DRIVE_FOLLOW) servos[joint].detach();
    else if (!servos[joint].attached()) servos[joint].attach(SERVO[joint]);
  }
}

static void moveServo(int joint, float angle) {
  servos[joint].writeMicroseconds((int)(MIDDLE_US + DIRECTION[joint] * (angle - MIDDLE[joint]) * US_PER_RAD));
}

static const quadruped_board BOARD = {writeLine, readMicros, readSensors, setPower, moveServo};

void setup() {
  pinMode(SERVO_POWER, OUTPUT);
  digitalWrite(SERVO_POWER, LOW);
  pinMode(BUTTON, INPUT_PULLUP);
  for (uint8_t pin : SELECT) pinMode(pin, OUTPUT);
  analogReadResolution(12);
  LINE.begin(BAUD);
  Wire.begin();
  Wire.setClock(400000);
  const uint8_t settings[][2] = {{0x6b, 0x01}, {0x1a, 0x03}, {0x1b, 0x08}, {0x1c, 0x08}};
  for (const auto &setting : settings) {
    Wire.beginTransmission(0x68);
    Wire.write(setting, 2);
    Wire.endTransmission();
  }
  Entropy.Initialize();
  const char *wrong = quadruped_begin(&BOARD, Entropy.random(), Entropy.random(), GS_RESET_UNKNOWN, BAUD);
  if (wrong == NULL) return;
  /* A description that cannot be sent is a defect of quadruped.c: nothing moves, and a terminal shows the reason. */
  for (;; delay(1000)) LINE.println(wrong);
}

void loop() {
  static elapsedMicros sincePeriod;
  static uint8_t bytes[64];
  /* As often as possible: a stop must not wait for the next period. */
  size_t length = 0;
  while (length < sizeof bytes && LINE.available() > 0) bytes[length++] = (uint8_t)LINE.read();
  quadruped_receive(bytes, length);
  if (sincePeriod < 1000000u / QUADRUPED_RATE) return;
  /* A period that came late is not made up for: the session counts it. */
  if (sincePeriod >= 2000000u / QUADRUPED_RATE) sincePeriod = 0;
  else sincePeriod -= 1000000u / QUADRUPED_RATE;
  quadruped_tick();
}
