import { randomInt } from "node:crypto";
import type { Intervals } from "../backup/model/intervals.ts";
import type { Settings } from "../backup/model/settings.ts";
import type { Ports } from "../backup/ports.ts";
import type { Environment } from "../backup/settings/read-settings.ts";
import { heartbeat } from "./heartbeat.ts";
import { identities } from "./identity/identities.ts";
import { managedHsm } from "./managed-hsm/managed-hsm.ts";
import { probes } from "./probes.ts";
import { backupContainers } from "./storage/backup-containers.ts";
import type { HostStorage } from "./storage/host-storage.ts";
import { followQueue, ledgerBlobs } from "./storage/ledger.ts";
import { backupService, ledgerClients } from "./storage/storage-clients.ts";

const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 8;

/**
 * Constructs every adapter, and is the only place that does. Nothing is called yet: what can't be reached is reported by
 * the first call that needs it. The log is left out, since each invocation brings its own.
 */
export function connect(
  env: Environment,
  settings: Settings,
  host: HostStorage,
  intervals: Intervals,
): Omit<Ports, "log"> {
  const { callTimeLimit, startTimeLimit } = intervals;
  const now = (): Date => new Date();
  const identityOf = identities(env.AZURE_CLIENT_ID ?? "", callTimeLimit, now);
  const identity = identityOf();
  const { container, hostBlobs, queue } = ledgerClients(host, settings.ledger, identityOf, callTimeLimit);
  const service = backupService(settings.storageUrl, identity, callTimeLimit);
  const { authentication, sasLifetime, hsmApiVersion: apiVersion } = settings;
  return {
    now,
    newId,
    settings,
    intervals,
    ...ledgerBlobs(container, callTimeLimit),
    ...followQueue(queue, now, callTimeLimit),
    ...backupContainers({ service, authentication, sasLifetime, now, callTimeLimit }),
    sendHeartbeat: settings.pingUrl === null ? async () => {} : heartbeat(settings.pingUrl),
    probes: probes({ identity, settings, queue, hostBlobs, backups: service, callTimeLimit, now }),
    ...managedHsm({ identity, apiVersion, startTimeLimit, callTimeLimit, now }),
  };
}

/** Eight random characters: 36^8, so that ids of one HSM and second don't meet. */
const newId = (): string =>
  Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS.charAt(randomInt(ID_CHARACTERS.length))).join("");
