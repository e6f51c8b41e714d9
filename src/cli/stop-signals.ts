/** What signals do while a robot may move: the first Ctrl-C stops, the second is an e-stop; SIGTERM and SIGHUP stop. */

export interface Stoppable {
  stop(words: string): void;
  eStop(reason: string): unknown;
}

/** @returns whether one came, and a way to listen no longer */
export function stopOnSignals(
  robot: Stoppable,
  say: (text: string) => void,
): { readonly interrupted: boolean; end(): void } {
  let interrupted = false;
  const stop = (): void => {
    interrupted = true;
    robot.stop("stopped by the operator");
  };
  const onInterrupt = (): void => {
    if (interrupted) {
      say("\nE-STOP");
      void robot.eStop("e-stop by Ctrl-C");
    } else {
      say("\nstopping the robot (Ctrl-C again for an e-stop)");
      stop();
    }
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  return {
    get interrupted() {
      return interrupted;
    },
    end: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", stop);
      process.off("SIGHUP", stop);
    },
  };
}
