import type { ActiveRun } from "./card.ts";
import { containerName } from "./container-name.ts";
import type { Deps } from "./deps.ts";
import { after, type Instant, isInstant } from "./instant.ts";
import type { ListedRun } from "./ledger.ts";
import { parseRunId } from "./run-id.ts";

const EPOCH = "1970-01-01T00:00:00.000Z";

/** What a listing and the id alone say of a run, and the settings of today for the rest. */
export function activeFromListing({ settings }: Deps, listed: ListedRun): ActiveRun {
  const { hsm, id } = listed;
  const at = startOf(listed);
  const isManual = parseRunId(id)?.attempt === 0;
  return {
    id,
    slot: isManual ? null : (parseRunId(id)?.at ?? at),
    trigger: isManual ? "manual" : "schedule",
    key: null,
    at,
    deadlineAt: after(at, settings.deadline),
    storageUrl: settings.storageUrl,
    container: containerName(settings.containerPrefix, hsm, at),
    traceparent: null,
  };
}

/** When a listed run was started: by its metadata or, where that is missing or odd, by its id. */
export const startOf = ({ id, startedAt }: ListedRun): Instant =>
  isInstant(startedAt) ? startedAt : (parseRunId(id)?.at ?? EPOCH);
