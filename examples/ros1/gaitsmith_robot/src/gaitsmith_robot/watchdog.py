"""What the watchdog node puts behind the conversation: a robot that has a controller of its own. No ROS in here.

The robot is told to stop in one of these ways, written as the way and the name of a topic or service:
    trigger /stand              calls a std_srvs/Trigger service
    set-bool-true /estop        calls a std_srvs/SetBool service with data true; set-bool-false /motors_on with false
    zero-twist /cmd_vel         publishes a geometry_msgs/Twist of zeros
    publish-true /estop         publishes a std_msgs/Bool that is true; publish-false likewise
    joint-trajectory /cmd a=0.5 b=-1    publishes a trajectory_msgs/JointTrajectory of one point, rad: these joints, or by
                                place, 0.5 -1, for a robot that goes by the order
    nothing "why"               there is nothing to call
"""

import threading

SERVICE_WAYS = ("trigger", "set-bool-true", "set-bool-false")
TOPIC_WAYS = ("zero-twist", "publish-true", "publish-false", "joint-trajectory")


def parse_operation(text):
    """(way, name, joints) of "trigger /stand"; joints: (name or "", rad) each. ValueError says what is wrong with it."""
    way, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if way not in SERVICE_WAYS + TOPIC_WAYS + ("nothing",):
        ways = ", ".join(SERVICE_WAYS + TOPIC_WAYS + ("nothing",))
        raise ValueError('"%s" does not begin with one of: %s' % (text, ways))
    if not rest:
        raise ValueError('"%s" lacks %s' % (text, "the reason" if way == "nothing" else "a topic or service"))
    if way == "nothing":
        return way, rest, []
    name, *joints = rest.split()
    if (way == "joint-trajectory") != (len(joints) > 0):
        raise ValueError('"%s": joint angles belong to joint-trajectory, and it needs them' % text)
    joints = [joint.rpartition("=") for joint in joints]
    return way, name, [(joint, float(angle)) for joint, _, angle in joints]


class WatchdogBody:
    """A third party's robot: armed or not is all that is known of it.

    carry_out: level -> a function that does it, may block for some seconds, and returns "" or why it failed.
    """

    def __init__(self, carry_out):
        self._carry_out = carry_out
        self._state = "off"

    def state(self):
        return self._state

    def arm(self):
        self._state = "standing"

    def disarm(self):
        self._state = "off"

    def stop(self, level, done):
        # A thread of its own: the cut must not wait for a neutral stance that hangs.
        threading.Thread(target=self._stop, args=(level, done), daemon=True).start()

    def _stop(self, level, done):
        try:
            reason = self._carry_out[level]()
        except Exception as error:  # whatever the robot's own services throw: the station is told
            reason = str(error) or type(error).__name__
        if not reason and level != "neutral":
            self._state = "off"
        done(reason)
