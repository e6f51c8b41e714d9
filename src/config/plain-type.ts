/** The type's name in either ROS, as `TopicMapping.type` has it: `sensor_msgs/msg/Imu` is `sensor_msgs/Imu`. */
export function plainType(written: string): string {
  return written.replace(/\/(msg|srv|action)\//, "/");
}
