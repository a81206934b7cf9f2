import { fileURLToPath } from "node:url";
import type { Certificate } from "./certificate.ts";
import { type Program, startProgram } from "./child-process.ts";
import { type HsmEmulatorLine, readHsmEmulatorLine, readListeningLine } from "./listening-line.ts";

const HSM_EMULATOR = fileURLToPath(new URL("./managed-hsm-emulator/main.ts", import.meta.url));
const FUNCTIONS_HOST = fileURLToPath(new URL("./functions-host/main.ts", import.meta.url));

// The longest that a real Functions host waits between two looks at a queue while AZURE_FUNCTIONS_ENVIRONMENT is Development.
const DEVELOPMENT_POLL_SECONDS = "2";

export type Listening = Program & { readonly url: string };

export type HsmEmulatorOptions = {
  readonly hsms: readonly string[];
  readonly tenantId: string;
  readonly certificate: Certificate;
  /** 0 takes any free port. */
  readonly port: number;
  readonly uploadSeconds?: number;
  /** A file in which the HSMs' jobs survive the emulator's end. */
  readonly journalFile?: string;
  readonly environment: NodeJS.ProcessEnv;
};

/** Starts the Managed HSM emulator; an HSM's address is `{url}/{hsm}`, and that in `hsms` at a port of its own. */
export async function startHsmEmulator(
  options: HsmEmulatorOptions,
  signal: AbortSignal,
): Promise<Program & HsmEmulatorLine> {
  const { certificateFile, privateKeyFile } = options.certificate;
  const { program, ready } = await startProgram(
    {
      name: "the Managed HSM emulator",
      command: [
        HSM_EMULATOR,
        ...["--port", String(options.port), "--certificate", certificateFile, "--private-key", privateKeyFile],
        ...["--hsms", options.hsms.join(","), "--tenant", options.tenantId, "--ca", certificateFile],
        ...(options.uploadSeconds === undefined ? [] : ["--upload-seconds", String(options.uploadSeconds)]),
        ...(options.journalFile === undefined ? [] : ["--journal", options.journalFile]),
      ],
      environment: options.environment,
      readReady: readHsmEmulatorLine,
      endsBy: "SIGTERM",
    },
    signal,
  );
  return { ...program, ...ready };
}

export type FunctionsHostOptions = {
  /** The built app. */
  readonly app: string;
  readonly port: number;
  /** The app's settings, and LOCAL_FUNCTION_KEY. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onLogLine: (line: string) => void;
};

/** Starts the local Functions host. An app that throws while it loads has no function: the log says why. */
export async function startFunctionsHost(options: FunctionsHostOptions, signal: AbortSignal): Promise<Listening> {
  const { program, ready } = await startProgram(
    {
      name: "the local Functions host",
      command: [
        FUNCTIONS_HOST,
        ...["--app", options.app, "--port", String(options.port)],
        ...["--poll-seconds", DEVELOPMENT_POLL_SECONDS, "--json-logs"],
      ],
      environment: options.environment,
      readReady: readListeningLine,
      onErrorLine: options.onLogLine,
      endsBy: "SIGTERM",
    },
    signal,
  );
  return { ...program, url: ready };
}
