#!/usr/bin/env python3
"""Watches over a robot that has a controller of its own: stops it when gaitsmith falls silent. See launch/watchdog.launch."""

import functools
import sys

import rospy
from geometry_msgs.msg import Twist
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from gaitsmith_robot.ros1_topics import ConversationTopics, boot_name
from gaitsmith_robot.watchdog import WatchdogBody, parse_operation


class Operations:
    """Does in ROS 1 what `parse_operation` describes; each returns "" or why it failed."""

    def __init__(self, within):
        self._within = within

    def prepare(self, text):
        way, name, joints = parse_operation(text)
        if way == "nothing":
            return lambda: ""
        if way == "trigger":
            return functools.partial(self._call, name, Trigger, [])
        if way.startswith("set-bool"):
            return functools.partial(self._call, name, SetBool, [way == "set-bool-true"])
        message = message_of(way, joints)
        publisher = rospy.Publisher(name, type(message), queue_size=1)
        return functools.partial(self._publish, name, publisher, message)

    def _call(self, name, service_type, arguments):
        rospy.wait_for_service(name, timeout=self._within)
        response = rospy.ServiceProxy(name, service_type)(*arguments)
        return "" if response.success else "%s: %s" % (name, response.message or "it says no")

    def _publish(self, name, publisher, message):
        if publisher.get_num_connections() == 0:
            return "nobody listens to %s" % name
        # Nothing confirms a topic: say it more than once.
        for _ in range(5):
            publisher.publish(message)
            rospy.sleep(0.02)
        return ""


def message_of(way, joints):
    if way == "zero-twist":
        return Twist()
    if way == "joint-trajectory":
        point = JointTrajectoryPoint(positions=[angle for _, angle in joints], time_from_start=rospy.Duration(0.5))
        return JointTrajectory(joint_names=[name for name, _ in joints if name], points=[point])
    return Bool(way == "publish-true")


def main():
    rospy.init_node("gaitsmith_watchdog")
    within = rospy.get_param("~within", 0.5)
    operations = Operations(within)
    try:
        carry_out = {level: operations.prepare(rospy.get_param("~" + level)) for level in ("neutral", "settle", "cut")}
    except (KeyError, ValueError) as error:
        sys.exit("gaitsmith_watchdog: parameters neutral, settle and cut say how the robot is stopped: %s" % error)
    body = WatchdogBody(carry_out, within + 0.1)
    topics = ConversationTopics(
        body,
        robot=rospy.get_param("~robot", "robot"),
        firmware="gaitsmith_watchdog",
        boot=boot_name(),
        first_stop="neutral",
        settle_after=rospy.get_param("~settle_after", 0.5),
        cut_after=rospy.get_param("~cut_after", 1.5),
    )
    rospy.on_shutdown(topics.stop_when_armed)
    topics.run(100.0)


if __name__ == "__main__":
    main()
