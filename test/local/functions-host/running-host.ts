import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { onTestFinished, type TestContext } from "vitest";
import { COMPILE_CACHE } from "../../../local/compile-cache.ts";
import { type Child, firstLineOf, startChild } from "../../child-process.ts";
import { until } from "../../until.ts";

export type HostStart = {
  readonly app: string;
  readonly storage: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Registers the end of the host; `onTestFinished` of the test context in a concurrent test. */
  readonly onFinished?: TestContext["onTestFinished"];
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
export function spawnHost({ app, storage, env = {}, flags = [], onFinished = onTestFinished }: HostStart): Child {
  const host = startChild([MAIN, "--app", app, "--port", "0", "--poll-seconds", "0.2", ...flags], {
    // Without the settings of this machine.
    env: { ...COMPILE_CACHE, PATH: process.env.PATH, AzureWebJobsStorage: storage, ...env },
  });
  onFinished(() => host.kill());
  return host;
}

/** A host that listens. */
export async function startHost(start: HostStart): Promise<RunningHost> {
  const host = spawnHost(start);
  const { url, functions }: { url: string; functions: string[] } = JSON.parse(await firstLineOf(host));
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
