import { CallFailed } from "../../../backup/model/call-failed.ts";
import type { Ports } from "../../../backup/ports.ts";
import type { ProductWorld } from "../../steps/product-world.ts";
import type { Row } from "../kql/workspace.ts";
import { auditRow, sharedAuditRow, storageRow } from "./workspace-rows.ts";

type Calls = Pick<Ports, "startFullBackup" | "getBackupStatus" | "prepareTarget" | "writeManifest">;

/** The fakes' own calls with, beside them, what the HSMs' audit log and the storage account's log say of each. */
export type WatchedCalls = { readonly calls: Calls; readonly audit: readonly Row[]; readonly storage: readonly Row[] };

const ACCEPTED = 202;
const DENIED = { reason: "denied", status: 403, code: "Forbidden", remedy: "Assign Managed HSM Backup." } as const;

export function watchCalls(
  world: ProductWorld,
  table: "AZKVAuditLogs" | "AzureDiagnostics",
  { gone, withoutRole }: { readonly gone: ReadonlySet<string>; readonly withoutRole: ReadonlySet<string> },
): WatchedCalls {
  const audit: Row[] = [];
  const storage: Row[] = [];
  const seen = new Set<string>();
  const containersOf = new Map<string, Set<string>>();
  const now = (): number => world.now().getTime();
  const write = table === "AZKVAuditLogs" ? auditRow : sharedAuditRow;

  /** A job writes when its HSM is asked: what is new in its containers then was written by it. */
  function noteBlobs(names: Iterable<string>): void {
    for (const container of names) {
      for (const name of world.containers.containers.get(container)?.keys() ?? []) {
        const path = `${container}/${name}`;
        if (!seen.has(path)) storage.push(storageRow(now(), "PutBlob", path));
        seen.add(path);
      }
    }
  }

  /** An HSM that can't be reached logs nothing; a refused call is logged with its answer. */
  async function ask<T>(hsm: string, operation: string, status: number, call: () => Promise<T>): Promise<T> {
    if (gone.has(hsm)) {
      const failure = { operation, target: hsm, reason: "noAnswer", status: null } as const;
      throw new CallFailed({ ...failure, code: "ENOTFOUND", remedy: "Look whether the HSM exists." });
    }
    try {
      if (withoutRole.has(hsm)) throw new CallFailed({ ...DENIED, operation, target: hsm });
      const answer = await call();
      audit.push(write(now(), hsm, operation, status));
      return answer;
    } catch (thrown) {
      if (thrown instanceof CallFailed && thrown.failure.status !== null)
        audit.push(write(now(), hsm, operation, thrown.failure.status));
      throw thrown;
    } finally {
      noteBlobs(containersOf.get(hsm) ?? []);
    }
  }

  const { startFullBackup, getBackupStatus, prepareTarget, writeManifest } = world.ports;
  const calls: Calls = {
    startFullBackup: (hsm, target) => {
      const container = new URL(target.containerUrl).pathname.slice(1);
      containersOf.set(hsm.name, (containersOf.get(hsm.name) ?? new Set()).add(container));
      return ask(hsm.name, "BackupCreate", ACCEPTED, () => startFullBackup(hsm, target));
    },
    getBackupStatus: (hsm, jobId) => ask(hsm.name, "BackupStatusGet", 200, () => getBackupStatus(hsm, jobId)),
    prepareTarget: async (container) => {
      const target = await prepareTarget(container);
      storage.push(storageRow(now(), "CreateContainer", container));
      return target;
    },
    writeManifest: async (container, name, json) => {
      await writeManifest(container, name, json);
      noteBlobs([container]);
    },
  };
  return { calls, audit, storage };
}
