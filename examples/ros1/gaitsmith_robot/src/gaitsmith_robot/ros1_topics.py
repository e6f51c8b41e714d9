"""The conversation's five topics in ROS 1."""

import threading
import time
import uuid

import rospy
from std_msgs.msg import String

from gaitsmith_robot.node_conversation import NodeConversation


def boot_name():
    """Differs whenever the node starts: what it was told before is forgotten, and the station must know."""
    return uuid.uuid4().hex[:8]


class ConversationTopics:
    """Puts a `NodeConversation` behind topics under the parameter ~namespace (default /gaitsmith)."""

    def __init__(self, body, **settings):
        namespace = rospy.get_param("~namespace", "/gaitsmith").rstrip("/")
        self._publishers = {
            name: rospy.Publisher(namespace + "/" + name, String, queue_size=20, tcp_nodelay=True)
            for name in ("answer", "state", "event")
        }
        self._body = body
        self.conversation = NodeConversation(body, self._publish, **settings)
        for name in ("command", "keepalive"):
            rospy.Subscriber(namespace + "/" + name, String, self._receive, name, queue_size=20, tcp_nodelay=True)

    def run(self, rate, step=None):
        """Ticks until the node is shut down; step is called before each tick, with the conversation's lock held."""
        self.conversation.tell("rebooted", "STARTED", "the node has started")
        period = 1.0 / rate
        due = time.monotonic()
        # Not rospy.Timer: it stands still when ROS time does.
        while not rospy.is_shutdown():
            with self.conversation.lock:
                if step is not None:
                    step()
                self.conversation.tick(rospy.get_time(), time.monotonic())
            # What was missed is not made up for.
            due = max(due + period, time.monotonic() - period)
            time.sleep(max(0.0, due - time.monotonic()))

    def stop_when_armed(self):
        """For rospy.on_shutdown: a node that goes while the robot is armed stops it first."""
        if not self.conversation.armed:
            return
        stopped = threading.Event()
        self._body.stop("settle", lambda _reason: stopped.set())
        stopped.wait(2.0)

    def _receive(self, message, name):
        self.conversation.receive(name, message.data, rospy.get_time(), time.monotonic())

    def _publish(self, name, text):
        self._publishers[name].publish(text)
