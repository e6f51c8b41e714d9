/*
 * An elastic quadruped on a Teensy 4.1: eight servos that drive the legs through springs, a potentiometer on each
 * servo and one on each joint beyond the spring, an MPU-6050, a stop button, and the battery on a divider. What kind of
 * robot it is stands in quadruped.c; here are only the pins. It talks at 921600 baud on Serial1.
 */
#include <Entropy.h>
#include <Servo.h>
#include <Wire.h>

#include "quadruped.h"

#define LINE Serial1
static const uint32_t BAUD = 921600;

static const uint8_t SERVO[GS_JOINTS] = {2, 3, 4, 5, 6, 7, 8, 9};
static const uint8_t MOTOR_ANGLE[GS_JOINTS] = {A0, A1, A2, A3, A6, A7, A8, A9};
static const uint8_t LINK_ANGLE[GS_JOINTS] = {A10, A11, A12, A13, A14, A15, A16, A17};
static const uint8_t BATTERY = 26, BUTTON = 33, SERVO_POWER = 32;

/* To be measured on your robot. A hobby servo turns 1 rad in about 600 us of pulse. */
static const float CENTRE_US = 1500, US_PER_RAD = 600;
static const float RAD_PER_COUNT = 4.71f / 4096, CENTRE_COUNT = 2048;
static const float VOLTS_PER_COUNT = 16.5f / 4096;
static const int8_t DIRECTION[GS_JOINTS] = {1, 1, -1, -1, 1, 1, -1, -1};

static Servo servos[GS_JOINTS];

static size_t writeLine(const uint8_t *bytes, size_t length) {
  const size_t room = (size_t)LINE.availableForWrite();
  return LINE.write(bytes, length < room ? length : room);
}

static uint32_t readMicros() { return micros(); }

static float angleOf(uint8_t pin, int joint) {
  return DIRECTION[joint] * (analogRead(pin) - CENTRE_COUNT) * RAD_PER_COUNT;
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
    sensors->motor[joint] = angleOf(MOTOR_ANGLE[joint], joint);
    sensors->link[joint] = angleOf(LINK_ANGLE[joint], joint);
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
  servos[joint].writeMicroseconds((int)(CENTRE_US + DIRECTION[joint] * angle * US_PER_RAD));
}

static const quadruped_board BOARD = {writeLine, readMicros, readSensors, setPower, moveServo};

void setup() {
  pinMode(SERVO_POWER, OUTPUT);
  digitalWrite(SERVO_POWER, LOW);
  pinMode(BUTTON, INPUT_PULLUP);
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
  /* A description that cannot be sent is a defect of quadruped.c: nothing moves, and the reason is on the USB line. */
  for (;; delay(1000)) Serial.println(wrong);
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
