import { type Fields, list, text } from "../../scripts/json.ts";
import type { ChaosHsms } from "./chaos-hsms.ts";
import type { JobFacts } from "./facts.ts";

const BACKUP = "backup";

/** What the HSMs know of their backups. */
export async function readJobs(hsms: ChaosHsms): Promise<readonly JobFacts[]> {
  const jobs: JobFacts[] = [];
  for (const hsm of hsms.names) {
    const state = await hsms.control("GET", hsm, "state");
    const backups = list(state, "jobs").filter(({ kind }) => kind === BACKUP);
    jobs.push(...backups.map((job) => jobOf(hsm, job)));
  }
  return jobs;
}

const jobOf = (hsm: string, from: Fields): JobFacts => ({
  hsm,
  id: text(from, "id"),
  status: text(from, "status"),
  folderUrl: textOrNull(from.folderUrl),
  blobCount: Number(from.blobCount),
  bytes: Number(from.bytes),
  startedAt: text(from, "startedAt"),
  endedAt: textOrNull(from.endedAt),
});

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
