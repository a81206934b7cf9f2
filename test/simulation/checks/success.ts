import type { MakeCheck } from "../check.ts";
import type { Fact } from "../facts.ts";
import type { RunSeen } from "./seen-blobs.ts";

type JobEnded = Extract<Fact, { readonly kind: "jobEnded" }>;

/** Invariant 3, judged by what only the world knows. */
export const provenSuccess: MakeCheck = () => {
  const jobs = new Map<string, JobEnded>();
  const counted = new Set<string>();

  function problemOf(run: RunSeen, host: number, hsm: string): string | undefined {
    const job = jobs.get(run.jobId ?? "");
    const containerUrl = `${run.storageUrl}/${run.container}`;
    if (job === undefined) return `job ${run.jobId} has not ended`;
    if (job.truth !== "Succeeded" || job.hsm !== hsm) return `job ${job.jobId} of ${job.hsm} came to ${job.truth}`;
    if (job.containerUrl !== containerUrl) return `its job wrote to ${job.containerUrl}, not to ${containerUrl}`;
    if (run.folderUrl !== `${containerUrl}/${job.folder}`)
      return `its job wrote to ${job.folder}, not to ${run.folderUrl}`;
    if (run.blobCount !== job.blobCount || run.bytes !== job.bytes)
      return `${run.blobCount} blobs of ${run.bytes} bytes were counted, not ${job.blobCount} of ${job.bytes}`;
    return counted.has(`${host} ${hsm} ${run.blobCount} ${run.bytes}`) ? undefined : "its blobs were never listed";
  }

  return {
    name: "Succeeded is what the HSM said of this job, with its blobs listed in the run's own container",
    see(fact, _view, change) {
      if (fact.kind === "jobEnded") jobs.set(fact.jobId, fact);
      if (fact.kind === "answered" && fact.answer.what === "counted")
        counted.add(`${fact.host} ${fact.hsm} ${fact.answer.blobCount} ${fact.answer.bytes}`);
      if (change?.kind !== "state" || change.host === null) return [];
      const { before, after, hsm, host } = change;
      if (after?.active?.state !== "Succeeded" || before?.active?.state === "Succeeded") return [];
      const problem = problemOf(after.active, host, hsm);
      return problem === undefined ? [] : [`${after.active.id} of ${hsm} Succeeded, but ${problem}`];
    },
  };
};
