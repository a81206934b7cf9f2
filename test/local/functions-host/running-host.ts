import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Child, startChild } from "./child-process.ts";
import { until } from "./until.ts";

export type HostStart = {
  readonly app: string;
  readonly storage: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
};

export type RunningHost = Child & {
  readonly url: string;
  readonly functions: readonly string[];
  /** What the app logged as JSON objects, in order. */
  readonly events: () => readonly Readonly<Record<string, unknown>>[];
  /** The first event that has all these values, waited for. */
  readonly event: (wanted: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;
};

const MAIN = fileURLToPath(new URL("../../../local/functions-host/main.ts", import.meta.url));

/** Names that no other test uses, so that tests can share a storage. */
export const uniqueName = (): string => `t${randomUUID().slice(0, 12)}`;

/** A host that may fail to start. It is killed when the test ends. */
export function spawnHost({ app, storage, env = {}, flags = [] }: HostStart): Child {
  const host = startChild([MAIN, "--app", app, "--port", "0", "--poll-seconds", "0.2", ...flags], {
    AzureWebJobsStorage: storage,
    ...env,
  });
  onTestFinished(() => host.kill());
  return host;
}

/** A host that listens. */
export async function startHost(start: HostStart): Promise<RunningHost> {
  const host = spawnHost(start);
  const line = await until("the host's ready line", () => {
    if (host.process.exitCode !== null) throw new Error(`The host ended: ${host.stderr.join("\n")}`);
    return host.stdout[0];
  });
  const { url, functions }: { url: string; functions: string[] } = JSON.parse(line);
  const events = () => host.stderr.flatMap(parseEvent);
  const has = (event: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(wanted).every(([key, value]) => event[key] === value);
  return {
    ...host,
    url,
    functions,
    events,
    event: (wanted) => until(JSON.stringify(wanted), () => events().find((event) => has(event, wanted))),
  };
}

function parseEvent(line: string): Record<string, unknown>[] {
  if (!line.startsWith("{")) return [];
  const event: Record<string, unknown> = JSON.parse(line);
  return [event];
}
