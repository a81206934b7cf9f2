import type { Fact, MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { slotWords } from "./words.ts";

type JobEnded = Extract<Fact, { readonly kind: "jobEnded" }>;

/** Invariant 3, judged by what only the world knows. */
export const provenSuccess: MakeCheck = () => {
  const ledger = watchLedger();
  const jobs = new Map<string, JobEnded>();

  function problemOf(record: RecordSeen): string | undefined {
    const job = jobs.get(`${record.hsm} ${record.jobId}`);
    if (job === undefined) return `job ${record.jobId} has not ended`;
    if (job.truth !== "Succeeded") return `job ${job.jobId} came to ${job.truth}`;
    if (job.container === null || lastSegment(job.container) !== record.container)
      return `job ${job.jobId} wrote to ${job.container}, not to ${record.container}`;
    if (!record.folderUrl?.includes(`/${record.container}/${job.folder}`))
      return `job ${job.jobId} wrote to ${job.folder}, not to ${record.folderUrl}`;
    if (record.blobCount !== job.blobCount || record.bytes !== job.bytes)
      return `${record.blobCount} blobs, ${record.bytes} bytes were counted, not ${job.blobCount}, ${job.bytes}`;
    return undefined;
  }

  return {
    name: "Succeeded is what the HSM said of this job, its blobs listed and counted",
    see(fact) {
      if (fact.kind === "jobEnded") {
        jobs.set(`${fact.hsm} ${fact.jobId}`, fact);
        return [];
      }
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.record?.state !== "Succeeded") return [];
      const { record, run, hsm } = change;
      const problem = problemOf(record);
      return problem === undefined ? [] : [`${run} of ${hsm} (${slotWords(record.slot)}) Succeeded, but ${problem}`];
    },
  };
};

const lastSegment = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? "";
