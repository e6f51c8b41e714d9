"""rosbridge, rosapi and the watchdog over a robot that has a controller of its own."""

import os

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

# How your robot is stopped; the ways are in gaitsmith_robot/watchdog.py.
STOPS = {
    "neutral": "zero-twist /cmd_vel",
    "settle": "trigger /sit",
    "cut": "set-bool-false /motors_on",
}


def generate_launch_description():
    share = get_package_share_directory("gaitsmith_robot")
    return LaunchDescription(
        [
            DeclareLaunchArgument("address", default_value="127.0.0.1"),
            DeclareLaunchArgument("port", default_value="9090"),
            DeclareLaunchArgument("robot", default_value="my-robot"),
            DeclareLaunchArgument("namespace_of_topics", default_value="/gaitsmith"),
            *[DeclareLaunchArgument(level, default_value=way) for level, way in STOPS.items()],
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(os.path.join(share, "launch", "rosbridge.launch.py")),
                launch_arguments={name: LaunchConfiguration(name) for name in ("address", "port")}.items(),
            ),
            # A watchdog that is gone stops nothing: when it is back the station sees that it has started anew, and stops.
            Node(
                package="gaitsmith_robot",
                executable="watchdog_node",
                name="gaitsmith_watchdog",
                output="screen",
                respawn=True,
                parameters=[
                    {
                        "robot": LaunchConfiguration("robot"),
                        "namespace_of_topics": LaunchConfiguration("namespace_of_topics"),
                        **{level: LaunchConfiguration(level) for level in STOPS},
                        "settle_after": 0.5,
                        "cut_after": 1.5,
                    }
                ],
            ),
        ]
    )
