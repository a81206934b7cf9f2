import type { Program } from "../../local/child-process.ts";
import { pause } from "../../local/functions-host/retry.ts";

/** A program of the world that can be killed and restarted any number of times. */
export type Service<Started extends Program = Program> = {
  /** Undefined while it is down. */
  readonly now: () => Started | undefined;
  /** For how many milliseconds it has been up now; 0 while it is down. */
  readonly age: () => number;
  /** SIGKILL, and the end of the process. */
  readonly kill: () => Promise<void>;
  /** Starts it where it is down, and retries until it runs. */
  readonly start: () => Promise<void>;
  /** In order, and for good. */
  readonly stop: () => Promise<void>;
};

/** A machine under load, or a host whose storage is down at that moment: what runs a service tries again. */
const TRIES = 10;
const TRY_AGAIN_MILLISECONDS = 500;

/**
 * Starts a service.
 * @param launch starts its process once
 * @param onUp is called with each process before the service counts as up
 * @param signal calls off a start
 */
export async function startService<Started extends Program>(
  launch: (signal: AbortSignal) => Promise<Started>,
  onUp: (program: Started) => void,
  signal: AbortSignal,
): Promise<Service<Started>> {
  const stopping = new AbortController();
  const calledOff = AbortSignal.any([signal, stopping.signal]);
  let program: Started | undefined;
  let upSince = 0;
  let starting: Promise<void> | undefined;

  const launchUntilUp = async (): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        const started = await launch(calledOff);
        onUp(started);
        program = started;
        upSince = performance.now();
        return;
      } catch (problem) {
        if (calledOff.aborted || tries === TRIES) throw problem;
        await pause(TRY_AGAIN_MILLISECONDS, calledOff);
      }
    }
  };
  const start = async (): Promise<void> => {
    if (program !== undefined) return;
    starting ??= launchUntilUp().finally(() => {
      starting = undefined;
    });
    await starting;
  };

  await start();
  return {
    now: () => program,
    age: () => (program === undefined ? 0 : performance.now() - upSince),
    start,
    kill: async () => {
      const victim = program;
      program = undefined;
      if (victim === undefined) return;
      killProcess(victim.pid);
      await victim.ended;
    },
    stop: async () => {
      stopping.abort(new Error("stopped"));
      await starting?.catch(() => undefined);
      const last = program;
      program = undefined;
      await last?.stop();
    },
  };
}

/** A process that has already exited needs no kill. */
function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (problem) {
    if (!(problem instanceof Error && "code" in problem && problem.code === "ESRCH")) throw problem;
  }
}
