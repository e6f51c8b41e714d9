"""All that `npm run test:rosbridge` needs: the sample robot, and a watchdog over a robot that the test plays itself."""

import os

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node


def generate_launch_description():
    share = get_package_share_directory("gaitsmith_robot")
    passed_on = {name: LaunchConfiguration(name) for name in ("address", "port")}
    return LaunchDescription(
        [
            DeclareLaunchArgument("address", default_value="127.0.0.1"),
            DeclareLaunchArgument("port", default_value="9090"),
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(os.path.join(share, "launch", "watchdog.launch.py")),
                launch_arguments={
                    **passed_on,
                    "robot": "watched-robot",
                    "namespace_of_topics": "/watched",
                }.items(),
            ),
            Node(
                package="gaitsmith_robot",
                executable="sample_robot_node",
                name="gaitsmith_sample_robot",
                output="screen",
            ),
        ]
    )
