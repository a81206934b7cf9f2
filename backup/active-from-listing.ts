import type { ActiveRun, EndedSummary } from "./card.ts";
import { containerName } from "./container-name.ts";
import type { Deps } from "./deps.ts";
import { after, type Instant, isInstant } from "./instant.ts";
import type { ListedRun } from "./ledger.ts";
import { END_STATES } from "./run.ts";
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

/** How a listed run ended, or undefined where its listing doesn't say so: what is known of one whose record can't be read. */
export function listedEnd(listed: ListedRun): EndedSummary | undefined {
  const { id, slot, startedAt, endedAt, blobCount, bytes } = listed;
  const state = END_STATES.find((end) => end === listed.state);
  if (state === undefined || !isInstant(startedAt) || !isInstant(endedAt)) return undefined;
  const trigger = parseRunId(id)?.attempt === 0 ? "manual" : "schedule";
  return { id, slot: isInstant(slot) ? slot : null, trigger, key: null, state, startedAt, endedAt, blobCount, bytes };
}
