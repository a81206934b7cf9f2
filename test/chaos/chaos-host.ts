import { type Program, startProgram } from "../../local/child-process.ts";
import { readListeningLine } from "../../local/listening-line.ts";
import { HOST_FLAGS } from "../end-to-end/installation.ts";
import { callsTo, HOST_KEY, HOST_PROGRAM, type RunningHost } from "../end-to-end/running-host.ts";
import { type Service, startService } from "./service.ts";

export type ChaosHost = Program & Pick<RunningHost, "get" | "post">;

export type ChaosHosts = {
  readonly all: readonly Service<ChaosHost>[];
  /** Every line that any of them ever said. */
  readonly lines: readonly string[];
  /** Lays settings over those that a host gets when it is started from now on. */
  readonly change: (settings: Readonly<Record<string, string>>) => void;
  readonly stop: () => Promise<void>;
};

/** Starts Functions hosts on one app and one storage. They end with this process, however it ends. */
export async function startHosts(
  count: number,
  app: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ChaosHosts> {
  const lines: string[] = [];
  let settings: NodeJS.ProcessEnv = { ...environment, LOCAL_FUNCTION_KEY: HOST_KEY };
  const launch = async (calledOff: AbortSignal): Promise<ChaosHost> => {
    const { program, ready } = await startProgram(
      {
        name: "a Functions host",
        command: [HOST_PROGRAM, "--app", app, "--port", "0", "--json-logs", ...HOST_FLAGS],
        environment: settings,
        readReady: readListeningLine,
        onErrorLine: (line) => lines.push(line),
        endsBy: "SIGTERM",
      },
      calledOff,
    );
    return { ...program, ...callsTo(ready) };
  };
  const all: Service<ChaosHost>[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(all.map((host) => host.stop())));
  try {
    for (let index = 0; index < count; index++) all.push(await startService(launch, () => undefined, signal));
  } catch (problem) {
    await stop();
    throw problem;
  }
  return {
    all,
    lines,
    change: (other) => {
      settings = { ...settings, ...other };
    },
    stop,
  };
}
