"""The conversation's five topics in ROS 2."""

import threading
import time
import uuid

import rclpy
from rclpy.executors import ExternalShutdownException
from std_msgs.msg import String

from gaitsmith_robot.node_conversation import NodeConversation


def boot_name():
    """Differs whenever the node starts: what it was told before is forgotten, and the station must know."""
    return uuid.uuid4().hex[:8]


class ConversationTopics:
    """Puts a `NodeConversation` behind topics under the parameter namespace_of_topics (default /gaitsmith).

    Reliable and volatile, which is what a depth alone means: rosbridge keeps what it publishes for late joiners, and a volatile
    subscriber gets none of those old commands.
    """

    def __init__(self, node, body, **settings):
        namespace = node.declare_parameter("namespace_of_topics", "/gaitsmith").value.rstrip("/")
        self._node = node
        self._publishers = {
            name: node.create_publisher(String, namespace + "/" + name, 20) for name in ("answer", "state", "event")
        }
        self._body = body
        self.conversation = NodeConversation(body, self._publish, **settings)
        for name in ("command", "keepalive"):
            node.create_subscription(String, namespace + "/" + name, self._receiver(name), 20)

    def run(self, rate, step=None):
        """Ticks until the node is shut down; step is called before each tick, with the conversation's lock held."""
        # Not a timer of the node: a callback that takes long, or simulated time that stands still, would hold it up.
        ticking = threading.Thread(target=self._tick, args=(1.0 / rate, step), daemon=True)
        ticking.start()
        try:
            # Not rclpy.spin: without rclpy's own signal handlers it would notice Ctrl-C only when the next message comes.
            while rclpy.ok():
                rclpy.spin_once(self._node, timeout_sec=0.05)
        except (KeyboardInterrupt, ExternalShutdownException):
            pass

    def stop_when_armed(self):
        """A node that goes while the robot is armed stops it first; rclpy must still be up."""
        if not self.conversation.armed:
            return
        stopped = threading.Event()
        self._body.stop("settle", lambda _reason: stopped.set())
        stopped.wait(2.0)

    def _tick(self, period, step):
        self.conversation.tell("rebooted", "STARTED", "the node has started")
        due = time.monotonic()
        while rclpy.ok():
            with self.conversation.lock:
                if step is not None:
                    step()
                self.conversation.tick(self._clock(), time.monotonic())
            # What was missed is not made up for.
            due = max(due + period, time.monotonic() - period)
            time.sleep(max(0.0, due - time.monotonic()))

    def _clock(self):
        return self._node.get_clock().now().nanoseconds * 1e-9

    def _receiver(self, name):
        return lambda message: self.conversation.receive(name, message.data, self._clock(), time.monotonic())

    def _publish(self, name, text):
        self._publishers[name].publish(String(data=text))
