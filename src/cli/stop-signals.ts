/** What signals do while a robot may move: the first Ctrl-C stops, the second is an e-stop; SIGTERM and SIGHUP stop. */

export interface Stoppable {
  stop(words: string): void;
  eStop(reason: string): unknown;
}

export interface StopSignals {
  /** One came. */
  readonly interrupted: boolean;
  /** Ctrl-C as a key: a terminal in raw mode sends no signal. */
  press(): void;
  /** Listens no longer. */
  end(): void;
}

export function stopOnSignals(robot: Stoppable, say: (text: string) => void): StopSignals {
  let interrupted = false;
  const stop = (): void => {
    interrupted = true;
    robot.stop("stopped by the operator");
  };
  const press = (): void => {
    if (interrupted) {
      say("\nE-STOP");
      void robot.eStop("e-stop by Ctrl-C");
    } else {
      say("\nstopping the robot (Ctrl-C again for an e-stop)");
      stop();
    }
  };
  process.on("SIGINT", press);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  return {
    get interrupted() {
      return interrupted;
    },
    press,
    end: () => {
      process.off("SIGINT", press);
      process.off("SIGTERM", stop);
      process.off("SIGHUP", stop);
    },
  };
}
