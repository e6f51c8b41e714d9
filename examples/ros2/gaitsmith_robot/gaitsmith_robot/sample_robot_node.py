"""A complete robot that only pretends: speaks the node conversation and publishes what its sensors would.

See launch/sample_robot.launch.py. Replace `SampleHardware` by calls of your own hardware, `SampleRobot` by your own gait, and
keep the rest.
"""

import rclpy
from geometry_msgs.msg import Quaternion
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, Imu, JointState

from gaitsmith_robot.ros2_topics import ConversationTopics, boot_name
from gaitsmith_robot.sample_robot import JOINTS, RATE, SampleHardware, SampleRobot, quaternion


class SensorTopics:
    """Publishes every sensor with the same stamp, joint states last: with them a frame is complete."""

    def __init__(self, node, hardware):
        self._node = node
        self._hardware = hardware
        self._imu = node.create_publisher(Imu, "imu/data", 5)
        self._battery = node.create_publisher(BatteryState, "battery_state", 5)
        self._odometry = node.create_publisher(Odometry, "odom", 5)
        self._joints = node.create_publisher(JointState, "joint_states", 5)

    def publish(self):
        hardware, stamp = self._hardware, self._node.get_clock().now().to_msg()
        imu = Imu()
        imu.header.stamp, imu.header.frame_id = stamp, "base_link"
        imu.orientation = rotation(hardware.roll, hardware.pitch, hardware.yaw)
        rates, gravity = imu.angular_velocity, imu.linear_acceleration
        rates.x, rates.y, rates.z = hardware.noisy(hardware.angular_velocity, 0.002)
        gravity.x, gravity.y, gravity.z = hardware.noisy((0.0, 0.0, 9.81), 0.02)
        self._imu.publish(imu)

        battery = BatteryState()
        battery.header.stamp = stamp
        battery.voltage, battery.current, battery.percentage = hardware.voltage, -hardware.current, hardware.charge
        battery.present = True
        self._battery.publish(battery)

        odometry = Odometry()
        odometry.header.stamp, odometry.header.frame_id, odometry.child_frame_id = stamp, "odom", "base_link"
        position = odometry.pose.pose.position
        position.x, position.y = hardware.noisy((hardware.x, hardware.y), 0.0005)
        odometry.pose.pose.orientation = rotation(0.0, 0.0, hardware.yaw)
        self._odometry.publish(odometry)

        joints = JointState()
        joints.header.stamp = stamp
        joints.name = list(JOINTS)
        joints.position = hardware.noisy(hardware.positions, 0.0005)
        joints.velocity = hardware.noisy(hardware.velocities, 0.01)
        joints.effort = hardware.efforts
        self._joints.publish(joints)


def rotation(roll, pitch, yaw):
    x, y, z, w = quaternion(roll, pitch, yaw)
    return Quaternion(x=x, y=y, z=z, w=w)


def main():
    rclpy.init()
    node = rclpy.create_node("gaitsmith_sample_robot")
    hardware = SampleHardware()
    gait = node.declare_parameter("gait", "own").value
    robot = SampleRobot(hardware, gait, lost_power=lambda: topics.conversation.lost_power())
    topics = ConversationTopics(
        node,
        robot,
        robot=node.declare_parameter("robot", "sample-robot").value,
        firmware="gaitsmith_sample_robot",
        boot=boot_name(),
        joints=JOINTS,
        runs_gait=True,
        rate=RATE,
        first_stop="settle",
        settle_after=node.declare_parameter("settle_after", 0.5).value,
        cut_after=node.declare_parameter("cut_after", 1.5).value,
    )
    sensors = SensorTopics(node, hardware)

    def step():
        robot.step()
        sensors.publish()

    topics.run(RATE, step)


if __name__ == "__main__":
    main()
