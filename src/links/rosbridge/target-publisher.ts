/** Joint targets as the robot takes them: its own names, order and signs. */
import type { TargetStream } from "../../config/rosbridge-link.ts";
import { DONE, type Performed, refusedFor } from "../command-order.ts";
import { spelledFor } from "./mapping/ros-types.ts";
import { type Ros, rosTime } from "./ros-version.ts";
import type { ServerConnection } from "./server-connection.ts";

export class TargetPublisher {
  readonly #stream: TargetStream;
  readonly #connection: ServerConnection;
  readonly #ros: Ros;
  readonly #names: readonly string[];
  /** Of each of the robot's joints: which of ours it is, or −1, the sign between them, and where it is held otherwise. */
  readonly #sources: readonly { readonly index: number; readonly sign: number; readonly hold: number }[];

  /** @param joints ours, in the order of targets */
  constructor(stream: TargetStream, joints: readonly string[], connection: ServerConnection, ros: Ros) {
    this.#stream = stream;
    this.#connection = connection;
    this.#ros = ros;
    this.#names = stream.joints.map(({ name }) => name);
    this.#sources = stream.joints.map(({ joint, sign, hold }) => ({
      index: joint === null ? -1 : joints.indexOf(joint),
      sign,
      hold,
    }));
  }

  advertise(): void {
    this.#connection.advertise(this.#stream.topic, spelledFor(this.#ros, this.#stream.type));
  }

  /**
   * Written before this returns.
   *
   * @param targets rad, in our order
   * @throws LINK_LOST when it cannot be written: an old target is worth nothing later
   */
  publish(targets: Float64Array): Performed {
    const positions = this.#sources.map(({ index, sign, hold }) =>
      index < 0 ? hold : sign * targets[index]!,
    );
    if (!positions.every(Number.isFinite)) return refusedFor("a target is not a finite number");
    this.#connection.publish(this.#stream.topic, this.#message(positions));
    return DONE;
  }

  #message(positions: readonly number[]): unknown {
    const { type, rate } = this.#stream;
    if (type === "std_msgs/Float64MultiArray")
      return { layout: { dim: [], data_offset: 0 }, data: positions };
    // A trajectory that begins now (stamp 0) and arrives with the next target.
    return {
      joint_names: this.#names,
      points: [
        {
          positions,
          velocities: [],
          accelerations: [],
          effort: [],
          time_from_start: rosTime(this.#ros, 1 / rate),
        },
      ],
    };
  }
}
