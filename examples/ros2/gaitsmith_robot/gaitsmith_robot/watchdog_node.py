"""Watches over a robot that has a controller of its own: stops it when gaitsmith falls silent. See launch/watchdog.launch.py."""

import functools
import signal
import sys
import threading
import time

import rclpy
from geometry_msgs.msg import Twist
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from gaitsmith_robot.ros2_topics import ConversationTopics, boot_name
from gaitsmith_robot.watchdog import WatchdogBody, parse_operation


class Operations:
    """Does in ROS 2 what `parse_operation` describes; each returns "" or why it failed."""

    def __init__(self, node, within):
        self._node = node
        self._within = within

    def prepare(self, text):
        way, name, joints = parse_operation(text)
        if way == "nothing":
            return lambda: ""
        if way == "trigger":
            client = self._node.create_client(Trigger, name)
            return functools.partial(self._call, name, client, Trigger.Request())
        if way.startswith("set-bool"):
            client = self._node.create_client(SetBool, name)
            return functools.partial(self._call, name, client, SetBool.Request(data=way == "set-bool-true"))
        message = message_of(way, joints)
        publisher = self._node.create_publisher(type(message), name, 1)
        return functools.partial(self._publish, name, publisher, message)

    def _call(self, name, client, request):
        if not client.service_is_ready():
            return "no service %s" % name
        answered = threading.Event()
        future = client.call_async(request)
        future.add_done_callback(lambda _future: answered.set())
        if not answered.wait(self._within):
            return "%s did not answer within %.1f s" % (name, self._within)
        response = future.result()
        return "" if response.success else "%s: %s" % (name, response.message or "it says no")

    def _publish(self, name, publisher, message):
        if publisher.get_subscription_count() == 0:
            return "nobody listens to %s" % name
        # Nothing confirms a topic: say it more than once.
        for _ in range(5):
            publisher.publish(message)
            time.sleep(0.02)
        return ""


def message_of(way, joints):
    if way == "zero-twist":
        return Twist()
    if way == "joint-trajectory":
        point = JointTrajectoryPoint(positions=[angle for _, angle in joints])
        point.time_from_start.nanosec = 500000000
        return JointTrajectory(joint_names=[name for name, _ in joints if name], points=[point])
    return Bool(data=way == "publish-true")


def main():
    # With handlers of its own rclpy would be down before the robot is stopped.
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    node = rclpy.create_node("gaitsmith_watchdog")
    within = node.declare_parameter("within", 0.5).value
    operations = Operations(node, within)
    carry_out = {}
    for level in ("neutral", "settle", "cut"):
        try:
            carry_out[level] = operations.prepare(node.declare_parameter(level, "").value)
        except ValueError as error:
            sys.exit("gaitsmith_watchdog: parameter %s says how the robot is stopped: %s" % (level, error))
    topics = ConversationTopics(
        node,
        WatchdogBody(carry_out, within + 0.1),
        robot=node.declare_parameter("robot", "robot").value,
        firmware="gaitsmith_watchdog",
        boot=boot_name(),
        first_stop="neutral",
        settle_after=node.declare_parameter("settle_after", 0.5).value,
        cut_after=node.declare_parameter("cut_after", 1.5).value,
    )
    try:
        topics.run(100.0)
    finally:
        spinning = threading.Thread(target=rclpy.spin, args=(node,), daemon=True)
        spinning.start()
        topics.stop_when_armed()
        rclpy.shutdown()
        spinning.join(1.0)


if __name__ == "__main__":
    main()
