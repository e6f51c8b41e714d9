/** What robots of other makes, pretended behind rosbridge, have in common: our body, our watchdog beside them, and a server. */
import type { Variation } from "../variation.ts";
import type { LentBody } from "./lent-body.ts";
import type { RosGraph } from "./ros-graph.ts";
import { type RosbridgePeer, type RosbridgePeerOptions, serveGraph } from "./rosbridge-peer.ts";
import { WatchdogNode, type WatchdogNodeOptions } from "./watchdog-node.ts";

export interface PretendedOptions extends Pick<RosbridgePeerOptions, "port" | "host" | "faults" | "log"> {
  /** Of the body, from one time that it is put on its feet to the next. Default mild. */
  readonly variation?: Variation;
  /** Default 0. */
  readonly seed?: number;
  /** Of the watchdog. */
  readonly times?: WatchdogNodeOptions["times"];
  /** Whoever measures how far a walk came, m. */
  readonly onWalked?: (distance: number) => void;
}

export interface PretendedRobot {
  readonly peer: RosbridgePeer;
  readonly body: LentBody;
}

/** @throws LINK_UNAVAILABLE */
export async function serveWithWatchdog(
  graph: RosGraph,
  body: LentBody,
  options: PretendedOptions & Pick<WatchdogNodeOptions, "robot" | "ways">,
): Promise<PretendedRobot> {
  const { robot, ways, times } = options;
  const watchdog = new WatchdogNode({
    ...{ graph, robot, ways },
    clock: () => body.rosTime,
    boot: `${process.pid}-${Date.now()}`,
    ...(times === undefined ? {} : { times }),
  });
  const peer = await serveGraph(graph, options, async () => {
    watchdog.close();
    await body.close();
  });
  return { peer, body };
}
