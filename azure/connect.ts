import type { Deps } from "../backup/deps.ts";
import type { Intervals } from "../backup/intervals.ts";
import type { Environment } from "../backup/read-settings.ts";
import type { Settings } from "../backup/settings.ts";
import { identities } from "./identities.ts";
import { managedHsm } from "./managed-hsm/managed-hsm.ts";
import { newId } from "./new-id.ts";
import { backupContainers } from "./storage/backup-containers.ts";
import { followQueue } from "./storage/follow-queue.ts";
import { ledgerBlobs } from "./storage/ledger-blobs.ts";
import { backupService, type HostStorageSettings, hostStorage } from "./storage/storage-clients.ts";
import { type StartedTracing, startTracing } from "./tracing/start-tracing.ts";

/**
 * Constructs every adapter, and is the only place that does. Nothing is called yet: what is out of reach is told by the
 * first call that needs it. The log is left out, since each invocation brings its own.
 */
export function connect(
  env: Environment,
  settings: Settings,
  host: HostStorageSettings,
  intervals: Intervals,
): Omit<Deps, "log"> & Pick<StartedTracing, "sendSpans"> {
  const { callTimeLimit, startTimeLimit } = intervals;
  const now = (): Date => new Date();
  const identityOf = identities(env.AZURE_CLIENT_ID ?? "", callTimeLimit, now);
  const { ledger, queue } = hostStorage(host, identityOf, callTimeLimit);
  const service = backupService(settings.storageUrl, identityOf(), callTimeLimit);
  const { problems, ...tracing } = startTracing(env, identityOf, now);
  return {
    now,
    newId,
    settings: { ...settings, problems: [...settings.problems, ...problems] },
    ...tracing,
    intervals,
    ...ledgerBlobs(ledger, callTimeLimit),
    ...followQueue(queue, callTimeLimit),
    ...backupContainers({
      service,
      authentication: settings.authentication,
      sasLifetime: settings.sasLifetime,
      now,
      callTimeLimit,
    }),
    ...managedHsm({
      credential: identityOf(),
      apiVersion: settings.hsmApiVersion,
      startTimeLimit,
      callTimeLimit,
    }),
  };
}
