"""A robot to try everything with: eight joints that follow their targets, and a walk that has a best gait. No ROS in here.

`SampleHardware` is what to replace by calls of your own hardware. `SampleRobot` runs a gait on it and is what the conversation
wants behind it; replace it by your own gait. Both are stepped at RATE.
"""

import math
import random
import struct
import zlib

from gaitsmith_robot.node_conversation import Refused

RATE = 100.0  # Hz
PERIOD = 1.0 / RATE
LEGS = ("FR", "FL", "RR", "RL")
JOINTS = tuple("%s_%s" % (leg, joint) for leg in LEGS for joint in ("hip", "knee"))
NEUTRAL = (0.6, -1.2) * 4  # rad, hip and knee
LEG_LENGTH = 0.14  # m, hip above the foot when it stands
# What may be tuned, SI: the hard range of the robot, wider than the config's.
PARAMETERS = {
    "step_length": (0.0, 0.10),  # m, whole stride of a foot on the ground
    "step_frequency": (0.3, 5.0),  # Hz
    "ground_clearance": (0.0, 0.06),  # m
}
RISE_SECONDS = 1.0
SETTLE_SECONDS = 0.5
TROT_PHASES = {"FR": 0.0, "FL": 0.5, "RR": 0.5, "RL": 0.0}


class SampleHardware:
    """Pretends to be motors, encoders, IMU, battery and a camera that sees where the robot is."""

    def __init__(self, seed=1):
        self._random = random.Random(seed)
        self.positions = [0.0] * len(JOINTS)
        self.velocities = [0.0] * len(JOINTS)
        self.efforts = [0.0] * len(JOINTS)
        self.x = self.y = self.yaw = 0.0
        self.roll = self.pitch = 0.0
        self.angular_velocity = [0.0, 0.0, 0.0]
        self.charge = 1.0
        self.voltage = 12.4
        self.current = 0.3
        self._swing = 0.0

    def step(self, targets, damped, gait):
        """One period. targets: rad per joint, None: no torque. gait: what walks, for the pretended ground, or None."""
        noise = self._random.gauss
        for joint, position in enumerate(self.positions):
            if targets is not None:
                speed = (targets[joint] - position) / 0.04
                self.efforts[joint] = 0.4 * (targets[joint] - position) / 0.1 + noise(0, 0.02)
            else:
                speed = -position * (1.0 if damped else 4.0)
                self.efforts[joint] = noise(0, 0.001)
            self.velocities[joint] = speed
            self.positions[joint] = position + speed * PERIOD
        self._move(gait)
        load = sum(abs(effort * speed) for effort, speed in zip(self.efforts, self.velocities))
        self.current = 0.3 + 0.3 * load + noise(0, 0.01)
        self.charge -= abs(self.current) * PERIOD / 3600 / 2.2
        self.voltage = 11.4 + self.charge - 0.05 * self.current + noise(0, 0.005)

    def noisy(self, values, deviation):
        """Sensors are never still: what repeats itself exactly looks frozen."""
        return [value + self._random.gauss(0, deviation) for value in values]

    def _move(self, gait):
        noise = self._random.gauss
        speed, sway = gait if gait is not None else (0.0, 0.0)
        self.yaw += (0.002 * noise(0, 1) if gait is not None else 0.0) * math.sqrt(PERIOD)
        self.x += speed * math.cos(self.yaw) * PERIOD
        self.y += speed * math.sin(self.yaw) * PERIOD
        self._swing += PERIOD
        roll = sway * math.sin(2 * math.pi * 2 * self._swing) + noise(0, 5e-4)
        pitch = 0.5 * sway * math.cos(2 * math.pi * 4 * self._swing) + noise(0, 5e-4)
        self.angular_velocity = [(roll - self.roll) / PERIOD, (pitch - self.pitch) / PERIOD, noise(0, 0.01)]
        self.roll, self.pitch = roll, pitch


class SampleRobot:
    """Rises, walks what was committed, ramps out, settles: the body behind a `NodeConversation`."""

    def __init__(self, hardware, gait="own", lost_power=None):
        self.hardware = hardware
        self._gait = gait
        self._lost_power = lost_power
        self._random = random.Random(2)
        self._state = "off"
        self._elapsed = 0.0
        self._phase = 0.0
        self._staged = None
        self._active = None
        self._luck = 1.0
        self._blended_in = 0.0
        self._origin = list(NEUTRAL)
        self.targets = list(NEUTRAL)

    # --- what the conversation asks for ---

    def state(self):
        return self._state

    def hash(self):
        return None if self._active is None else self._active["hash"]

    def parameters(self):
        if self._active is None:
            return None
        return self._gait, list(self._active["values"].items())

    def forget(self):
        self._staged = None
        if self._state not in ("walking", "ramping-out"):
            self._active = None

    def arm(self):
        if self._state != "off":
            raise Refused("order", "cannot arm while %s" % self._state)
        self._origin = list(self.hardware.positions)
        # The start line is where it is armed.
        self.hardware.x = self.hardware.y = self.hardware.yaw = 0.0
        self._enter("rising")

    def disarm(self):
        if self._state not in ("off", "standing"):
            raise Refused("order", "cannot disarm while %s" % self._state)
        self._enter("off")

    def stage(self, gait, values, ramp_in, ramp_out):
        if gait != self._gait:
            raise Refused("range", 'no gait "%s" on this robot, it runs "%s"' % (gait, self._gait))
        given = dict(values)
        if len(given) != len(values) or set(given) != set(PARAMETERS):
            raise Refused("range", "gait %s takes %s" % (gait, ", ".join(sorted(PARAMETERS))))
        for name, value in values:
            low, high = PARAMETERS[name]
            if not low <= value <= high:
                raise Refused("range", "%s = %g is outside %g to %g" % (name, value, low, high))
        self._staged = {"values": given, "ramp_in": ramp_in, "ramp_out": ramp_out}
        self._staged["hash"] = parameter_hash(gait, values)
        return self._staged["hash"]

    def commit(self, hash):
        if self._staged is None:
            raise Refused("order", "nothing is staged")
        if self._state in ("walking", "ramping-out"):
            raise Refused("order", "cannot change the gait during a walk")
        if hash != self._staged["hash"]:
            raise Refused("hash", "the staged set's hash is %s, not %s" % (self._staged["hash"], hash))
        self._active, self._staged = self._staged, None

    def start(self):
        if self._active is None:
            raise Refused("order", "no parameter set is committed")
        if self._state != "standing":
            raise Refused("order", "cannot start while %s" % self._state)
        self._phase = 0.0
        self._luck = self._random.gauss(1.0, 0.03)
        self._enter("walking")

    def stop(self, level, done):
        if self._state != "off":
            if level == "cut":
                self._enter("off")
            elif level == "settle":
                if self._state != "settling":
                    self._enter("settling")
            elif self._state == "walking":
                self._blended_in = self._blend_in()
                self._enter("ramping-out")
        done("")

    # --- a hundred times a second ---

    def step(self):
        """One period: moves the state on and drives the joints."""
        self._elapsed += PERIOD
        walk = None
        if self._state == "rising":
            share = smooth(self._elapsed / RISE_SECONDS)
            self.targets = [a + share * (b - a) for a, b in zip(self._origin, NEUTRAL)]
            if self._elapsed >= RISE_SECONDS:
                self._enter("standing")
        elif self._state == "standing":
            self.targets = list(NEUTRAL)
        elif self._state == "walking":
            walk = self._walk(self._blend_in())
        elif self._state == "ramping-out":
            ramp = self._active["ramp_out"]
            left = 1.0 - smooth(self._elapsed / ramp) if ramp > 0 else 0.0
            walk = self._walk(self._blended_in * left)
            if self._elapsed >= ramp:
                self._enter("standing")
        elif self._state == "settling" and self._elapsed >= SETTLE_SECONDS:
            self._enter("off")
            if self._lost_power is not None:
                self._lost_power()
        driven = self._state not in ("off", "settling")
        self.hardware.step(self.targets if driven else None, self._state == "settling", walk)

    def _walk(self, weight):
        """Joint targets of this period, and (speed, sway) for the pretended ground."""
        values = self._active["values"]
        length, frequency, clearance = (values[name] for name in ("step_length", "step_frequency", "ground_clearance"))
        self._phase = (self._phase + frequency * PERIOD) % 1.0
        reach = math.atan2(length / 2, LEG_LENGTH)
        for index, leg in enumerate(LEGS):
            angle = 2 * math.pi * (self._phase + TROT_PHASES[leg])
            lift = max(0.0, math.sin(angle)) * clearance / LEG_LENGTH
            self.targets[2 * index] = NEUTRAL[0] + weight * (reach * math.cos(angle) + lift)
            self.targets[2 * index + 1] = NEUTRAL[1] - weight * 2 * lift
        # Feet slip when they move too fast, and drag when they are not lifted.
        grip = math.exp(-((2 * length * frequency / 0.35) ** 2))
        lifted = 1 - math.exp(-clearance / 0.01)
        speed = weight * 2 * length * frequency * grip * lifted * self._luck
        return speed, weight * (0.01 + 0.6 * clearance + 0.01 * frequency)

    def _blend_in(self):
        ramp = self._active["ramp_in"]
        return smooth(self._elapsed / ramp) if ramp > 0 else 1.0

    def _enter(self, state):
        self._state = state
        self._elapsed = 0.0


def parameter_hash(gait, values):
    """CRC-32 over the gait's name, then each name and value (binary64, little endian), as eight hex digits."""
    crc = zlib.crc32(gait.encode("utf-8"))
    for name, value in values:
        crc = zlib.crc32(struct.pack("<d", value), zlib.crc32(name.encode("utf-8"), crc))
    return "%08x" % (crc & 0xFFFFFFFF)


def smooth(share):
    """A ramp from 0 to 1 that starts and ends at rest."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def quaternion(roll, pitch, yaw):
    """(x, y, z, w) of a rotation about x, then y, then z."""
    cr, sr = math.cos(roll / 2), math.sin(roll / 2)
    cp, sp = math.cos(pitch / 2), math.sin(pitch / 2)
    cy, sy = math.cos(yaw / 2), math.sin(yaw / 2)
    return (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )
