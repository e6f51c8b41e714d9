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

    carry_out: level -> a function that does it, may block, and returns "" or why it failed.
    within: what takes longer has failed, s.
    """

    def __init__(self, carry_out, within):
        self._carry_out = carry_out
        self._within = within
        self._state = "off"
        self._lock = threading.Lock()
        # level -> who waits for it
        self._waiting = {}

    def state(self):
        return self._state

    def arm(self):
        self._state = "standing"

    def disarm(self):
        self._state = "off"

    def stop(self, level, done):
        with self._lock:
            waiting = self._waiting.setdefault(level, [])
            waiting.append(done)
            if len(waiting) > 1:
                return  # it is being done
        # A thread of its own: the cut must not wait for a neutral stance that hangs.
        threading.Thread(target=self._stop, args=(level,), daemon=True).start()

    def _stop(self, level):
        reasons = []
        # One more, since a call may hang for good; it is left behind then.
        working = threading.Thread(target=lambda: reasons.append(self._try(level)), daemon=True)
        working.start()
        working.join(self._within)
        reason = reasons[0] if reasons else "nothing came of it within %.1f s" % self._within
        if not reason and level != "neutral":
            self._state = "off"
        with self._lock:
            waiting = self._waiting.pop(level)
        for done in waiting:
            done(reason)

    def _try(self, level):
        try:
            return self._carry_out[level]()
        except Exception as error:  # whatever the robot's own services throw: the station is told
            return str(error) or type(error).__name__
