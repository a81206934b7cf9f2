import { resolve } from "node:path";
import { type LoadedApp, loadApp, readPackage } from "./app-loader.ts";
import type { HostOptions } from "./command-line.ts";
import { provideCoreModule, type RegisteredFunction } from "./core-module.ts";
import { createAuthorize } from "./function-keys.ts";
import { type HostJson, readHostJson } from "./host-json.ts";
import { connectStorage, type HostStorage } from "./host-storage.ts";
import { parseRoute } from "./http-routes.ts";
import { type HttpTarget, serveHttp } from "./http-server.ts";
import { createInvoker, type Invoker } from "./invoke.ts";
import type { Listener } from "./listener.ts";
import { createLog, type Log } from "./log.ts";
import { listenToQueue } from "./queue-listener.ts";
import { scheduleMonitor } from "./schedule-monitor.ts";
import type { Environment } from "./setting-expressions.ts";
import { noLock, singletonLock } from "./singleton-lock.ts";
import { listenToTimer } from "./timer-listener.ts";
import { parseSchedule, type Schedule } from "./timer-schedule.ts";
import { parseTrigger, type QueueTrigger, type TimerTrigger } from "./triggers.ts";

export type Host = {
  readonly url: string;
  readonly functionNames: readonly string[];
  readonly log: Log;
  /** Stops all triggers, and resolves when the running invocations have ended. */
  readonly stop: () => Promise<void>;
};

export type HostOutlets = {
  readonly writeLog: (line: string) => void;
  /** Called when a function ran over `functionTimeout` of host.json: the process must end. */
  readonly onTimeout: (problem: string) => void;
};

/**
 * Loads an app and starts its triggers, which all stand before the first may fire. An app that throws while it loads has
 * none, or only those that it registered before.
 * @throws Error whose message is the whole story of what the host lacks.
 */
export async function startHost(options: HostOptions, env: Environment, outlets: HostOutlets): Promise<Host> {
  const appFolder = resolve(options.appFolder);
  const { name = "app", main } = await readPackage(appFolder);
  const hostJson = await readHostJson(appFolder);
  const log = createLog(outlets.writeLog, hostJson.logLevels, options.jsonLogs);
  const core = provideCoreModule(log);
  process.chdir(appFolder);
  const app = await loadApp(appFolder, main, core, log);
  const storage = connectStorage(env);
  await storage.check();
  const invoker = createInvoker(app, log, {
    functionTimeoutMs: hostJson.functionTimeoutMs,
    onTimeout: (fn, id) => outlets.onTimeout(`Function ${fn} ran over functionTimeout (invocation ${id}).`),
  });
  const parts = { options, env, hostJson, storage, invoker, log, hostId: hostId(env, name) };
  const { routes, starts } = plan(app, parts);
  const http = await serveHttp(options.port, routes, createAuthorize(env.LOCAL_FUNCTION_KEY), invoker);
  const listeners = starts.map((start) => start());

  return {
    url: http.url,
    functionNames: app.functions.map((fn) => fn.name),
    log,
    stop: async () => {
      await Promise.all([http.stop(), ...listeners.map((listener) => listener.stop())]);
      await invoker.drained();
      await app.hooks.run("appTerminate", { hookData: {}, appHookData: {} });
    },
  };
}

type Parts = {
  readonly options: HostOptions;
  readonly env: Environment;
  readonly hostJson: HostJson;
  readonly storage: HostStorage;
  readonly invoker: Invoker;
  readonly log: Log;
  readonly hostId: string;
};

/** Reads every trigger before any is started: an app with one that can't be is refused as a whole. */
function plan(app: LoadedApp, parts: Parts) {
  const targets: HttpTarget[] = [];
  const starts: (() => Listener)[] = [];
  for (const fn of app.functions) {
    const trigger = parseTrigger(fn, parts.env);
    if (trigger.kind === "http") targets.push({ fn, trigger });
    else if (trigger.kind === "queue") starts.push(planQueue(fn, trigger, parts));
    else starts.push(planTimer(fn, trigger, parts));
  }
  const routes = targets.map((target) => parseRoute(parts.hostJson.routePrefix, target.trigger, target));
  return { routes, starts };
}

function planQueue(fn: RegisteredFunction, trigger: QueueTrigger, parts: Parts): () => Listener {
  const { options, hostJson, invoker, log } = parts;
  const queues = parts.storage.queues(trigger.connection);
  const pollCeilingMs =
    options.pollSeconds === undefined ? hostJson.queues.maxPollingIntervalMs : options.pollSeconds * 1_000;
  const leaseSeconds = options.messageLeaseSeconds;
  return () =>
    listenToQueue({ fn, trigger, queues, options: hostJson.queues, leaseSeconds, pollCeilingMs, invoker, log });
}

function planTimer(fn: RegisteredFunction, trigger: TimerTrigger, parts: Parts): () => Listener {
  const { options, storage, invoker, log, hostId } = parts;
  const schedule: Schedule = parseSchedule(trigger.schedule);
  const isMonitored = trigger.useMonitor && !schedule.isUnderAMinute(new Date());
  const monitor = isMonitored ? scheduleMonitor(storage.hostBlobs, hostId, fn.name) : undefined;
  const lockName = `${hostId}/Host.Functions.${fn.name}.Listener`;
  const acquireLock =
    options.timerLockSeconds === 0 ? noLock : singletonLock(storage.hostBlobs, lockName, options.timerLockSeconds, log);
  return () => listenToTimer({ fn, trigger, schedule, monitor, acquireLock, invoker, log });
}

const LONGEST_HOST_ID = 32;

/**
 * Distinguishes apps on one storage. A real host uses the name of the site; this one, which has no site, the name of the package
 * does, so that two hosts with copies of one app share locks and monitors.
 */
const hostId = (env: Environment, packageName: string): string =>
  (env.AzureFunctionsWebHost__hostid ?? env.WEBSITE_SITE_NAME ?? packageName)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, LONGEST_HOST_ID);
