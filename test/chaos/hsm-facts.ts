import { count, type Fields, list, text, textOrNull } from "../../backup/fields.ts";
import type { ChaosHsms } from "./chaos-hsms.ts";
import type { JobFacts } from "./facts.ts";

const BACKUP = "backup";

/** What the HSMs know of their backups. */
export async function readJobs(hsms: ChaosHsms): Promise<readonly JobFacts[]> {
  const jobs: JobFacts[] = [];
  for (const hsm of hsms.names) {
    const state = await hsms.control("GET", hsm, "state");
    const all = list(state, "jobs", (job) => ({ kind: text(job, "kind"), job: jobOf(hsm, job) }));
    jobs.push(...all.filter(({ kind }) => kind === BACKUP).map(({ job }) => job));
  }
  return jobs;
}

const jobOf = (hsm: string, from: Fields): JobFacts => ({
  hsm,
  id: text(from, "id"),
  status: text(from, "status"),
  folderUrl: textOrNull(from, "folderUrl"),
  blobCount: count(from, "blobCount"),
  bytes: count(from, "bytes"),
  startedAt: text(from, "startedAt"),
  endedAt: textOrNull(from, "endedAt"),
});
