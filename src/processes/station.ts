/** The station: one child process per robot, started by the service. Wiring only; nothing is ever written to stdout. */
import { systemClock } from "../clock.ts";
import type { ServiceMessage } from "../station/messages.ts";
import { Station } from "../station/station.ts";
import { deviceOf, openRobot } from "./open-robot.ts";
import { bePrompt } from "./thread-priority.ts";

const station = new Station({
  wire: {
    send: (message, sent) => {
      // A service that just died shows up as "disconnect"; writing to its closed channel is not news.
      if (process.connected) process.send?.(message, undefined, undefined, () => sent());
      else sent();
    },
    onMessage: (listener) => process.on("message", (message) => listener(message as ServiceMessage)),
    onDisconnect: (listener) => process.once("disconnect", listener),
  },
  wall: systemClock,
  openRobot: (config) => {
    // A simulated robot computes here as much as it can.
    if (config.link.kind !== "simulated") bePrompt();
    return openRobot(config);
  },
  deviceOf,
  exit: () => process.exit(0),
});

// The terminal's Ctrl-C reaches the whole process group; the service decides what it means and says so.
process.on("SIGINT", () => {});
// So does its Ctrl-Z: the service sleeps then, and whoever has to stop the robot for that must not.
if (process.platform !== "win32") process.on("SIGTSTP", () => {});
for (const signal of ["SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void station.shutdown(signal.toLowerCase(), `the station received ${signal}`));
process.on("uncaughtException", (error) => void station.crash(error));
if (!process.connected) void station.shutdown("service-died", "there is no service");
