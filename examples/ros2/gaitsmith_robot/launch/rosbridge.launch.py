"""rosbridge_server and rosapi, with the settings that matter to gaitsmith.

rosbridge has no authentication of its own. Keep it on loopback behind a proxy, or on a network of its own (docs/rosbridge.md).
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue


def generate_launch_description():
    return LaunchDescription(
        [
            DeclareLaunchArgument("address", default_value="127.0.0.1"),
            DeclareLaunchArgument("port", default_value="9090"),
            Node(
                package="rosbridge_server",
                executable="rosbridge_websocket",
                name="rosbridge_websocket",
                output="screen",
                respawn=True,
                parameters=[
                    {
                        "address": ParameterValue(LaunchConfiguration("address"), value_type=str),
                        "port": ParameterValue(LaunchConfiguration("port"), value_type=int),
                        "retry_startup_delay": 1.0,
                        # Without these a service or an action that takes long holds up all else that this client sends.
                        "call_services_in_new_thread": True,
                        "send_action_goals_in_new_thread": True,
                        "max_message_size": 10000000,
                        "unregister_timeout": 10.0,
                    }
                ],
            ),
            Node(package="rosapi", executable="rosapi_node", name="rosapi", output="screen", respawn=True),
        ]
    )
