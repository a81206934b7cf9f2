import type { Hsm } from "./hsm.ts";
import type { Job } from "./jobs/job.ts";

/** All that an HSM knows, as a test compares it with what its client believes: no token, SAS or key is in it. */
export const describeState = (hsm: Hsm): object => ({
  hsm: hsm.name,
  url: hsm.url,
  rootUrl: hsm.rootUrl,
  calls: hsm.calls.map((call) => ({ ...call, at: call.at.toISOString() })),
  jobs: hsm.jobs.map(describeJob),
  keys: [...hsm.keys.values()].map((key) => ({
    name: key.name,
    versions: key.versions.map(({ id }) => id),
    isDeleted: key.deletedAt !== undefined,
  })),
  faults: hsm.script.map(({ operation, fault, left }) => ({ operation, fault: fault.fault, left })),
  held: hsm.held.size,
  hasIdentity: hsm.identity !== null,
});

const describeJob = (job: Job): object => ({
  id: job.id,
  kind: job.kind,
  status: job.status,
  folder: job.folderUrl === null ? null : decodeURI(job.folderUrl.slice(job.folderUrl.lastIndexOf("/") + 1)),
  folderUrl: job.folderUrl,
  blobCount: job.blobCount,
  bytes: job.bytes,
  startedAt: job.startedAt.toISOString(),
  endedAt: job.endedAt?.toISOString() ?? null,
  error: job.error ?? null,
});
