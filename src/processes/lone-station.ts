/** A station for walks outside a study, where the robot's lock, latch and e-stop socket are. Wiring, no logic. */
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { LoneStation } from "../service/lone-walk.ts";
import type { StartOptions } from "../service/station-host.ts";
import { sendEStop } from "../station/estop-socket.ts";
import { writeLatch } from "../station/latch-file.ts";
import type { StationMessage } from "../station/messages.ts";

/** @throws the station's own error */
export function startLoneStation(
  config: HardwareConfig,
  stateDir: string,
  onMessage: (message: StationMessage) => void,
  options: StartOptions = {},
): Promise<LoneStation> {
  return LoneStation.start(
    {
      config,
      stateDir,
      onMessage,
      sendEStop: (reason) => sendEStop(stateDir, reason),
      latch: (reason) =>
        void writeLatch(stateDir, {
          id: `service-${process.pid}`,
          code: "operator-stop",
          words: reason,
          at: systemClock.date().toISOString(),
        }),
    },
    options,
  );
}
