#!/usr/bin/env python3
"""A complete robot that only pretends: speaks the node conversation and publishes what its sensors would. See launch/sample_robot.launch.

Replace `SampleHardware` by calls of your own hardware, `SampleRobot` by your own gait, and keep the rest.
"""

import rospy
from geometry_msgs.msg import Quaternion
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, Imu, JointState

from gaitsmith_robot.ros1_topics import ConversationTopics, boot_name
from gaitsmith_robot.sample_robot import JOINTS, RATE, SampleHardware, SampleRobot, quaternion


class SensorTopics:
    """Publishes every sensor with the same stamp, joint states last: with them a frame is complete."""

    def __init__(self, hardware):
        self._hardware = hardware
        self._imu = rospy.Publisher("imu/data", Imu, queue_size=5)
        self._battery = rospy.Publisher("battery_state", BatteryState, queue_size=5)
        self._odometry = rospy.Publisher("odom", Odometry, queue_size=5)
        self._joints = rospy.Publisher("joint_states", JointState, queue_size=5)

    def publish(self):
        hardware, stamp = self._hardware, rospy.Time.now()
        imu = Imu()
        imu.header.stamp, imu.header.frame_id = stamp, "base_link"
        imu.orientation = Quaternion(*quaternion(hardware.roll, hardware.pitch, hardware.yaw))
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
        odometry.pose.pose.orientation = Quaternion(*quaternion(0.0, 0.0, hardware.yaw))
        self._odometry.publish(odometry)

        joints = JointState()
        joints.header.stamp = stamp
        joints.name = list(JOINTS)
        joints.position = hardware.noisy(hardware.positions, 0.0005)
        joints.velocity = hardware.noisy(hardware.velocities, 0.01)
        joints.effort = hardware.efforts
        self._joints.publish(joints)


def main():
    rospy.init_node("gaitsmith_sample_robot")
    hardware = SampleHardware()
    robot = SampleRobot(hardware, rospy.get_param("~gait", "own"), lost_power=lambda: topics.conversation.lost_power())
    topics = ConversationTopics(
        robot,
        robot=rospy.get_param("~robot", "sample-robot"),
        firmware="gaitsmith_sample_robot",
        boot=boot_name(),
        joints=JOINTS,
        runs_gait=True,
        rate=RATE,
        first_stop="settle",
        settle_after=rospy.get_param("~settle_after", 0.5),
        cut_after=rospy.get_param("~cut_after", 1.5),
    )
    sensors = SensorTopics(hardware)

    def step():
        robot.step()
        sensors.publish()

    topics.run(RATE, step)


if __name__ == "__main__":
    main()
