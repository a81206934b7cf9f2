import { millis } from "../../backup/model/instant.ts";
import type { EndedRecord } from "../../backup/model/run.ts";
import { type Facts, type Finding, type JobFacts, lost, wrong } from "./facts.ts";

/** Errors of a run whose job succeeded, and the scripted faults that make its HSM say so. */
const HIDDEN_BY: Readonly<Record<string, readonly string[]>> = {
  jobLost: ["loseJob"],
  nothingWritten: ["emptyFolder", "noFolder"],
  InternalServerError: ["errorInside200"],
};

/** Every record against its job, its folder, the log and the other records of its HSM. */
export function compareRuns(facts: Facts): readonly Finding[] {
  const jobs = new Map(facts.jobs.map((job) => [job.id, job]));
  const findings = facts.records.flatMap((run): readonly Finding[] => {
    const name = `run ${run.id} of ${run.hsm}`;
    return [
      ...(facts.loggedEnds.has(run.id) ? [] : [lost(`${name} has ended, and no log line says so`)]),
      ...compareEnd(run, jobs.get(run.jobId ?? ""), facts).map((problem) => wrong(`${name} ${problem}`)),
    ];
  });
  return [...findings, ...compareNeighbours(facts.records), ...compareManifests(facts)];
}

function compareEnd(run: EndedRecord, job: JobFacts | undefined, facts: Facts): readonly string[] {
  if (run.jobId !== null && (job === undefined || job.hsm !== run.hsm)) return ["names a job that its HSM never had"];
  if (run.state !== "Succeeded") {
    const hasReason =
      job?.status !== "Succeeded" ||
      job.endedAt === null ||
      millis(job.endedAt) > millis(run.endedAt) ||
      HIDDEN_BY[run.error?.code ?? ""]?.some((fault) => facts.scripted.get(run.hsm)?.has(fault));
    return hasReason ? [] : [`ended as ${run.state} (${run.error?.code}), but its job succeeded`];
  }
  if (job?.status !== "Succeeded") return [`succeeded, but the HSM says of its job: ${job?.status}`];
  const listed = facts.folders.get(run.folderUrl ?? "") ?? { blobCount: 0, bytes: 0 };
  const counts = `${run.blobCount} blobs, ${run.bytes} bytes`;
  const problems: string[] = [];
  if (job.folderUrl !== run.folderUrl) problems.push(`names the folder ${run.folderUrl}, its job ${job.folderUrl}`);
  if (run.blobCount === 0) problems.push("succeeded with nothing");
  if (listed.blobCount !== run.blobCount || listed.bytes !== run.bytes)
    problems.push(`counted ${counts}, but there are ${listed.blobCount} blobs, ${listed.bytes} bytes`);
  if (job.blobCount !== run.blobCount || job.bytes !== run.bytes)
    problems.push(`counted ${counts}, but its job wrote ${job.blobCount} blobs, ${job.bytes} bytes`);
  return problems;
}

/** At most one run of an HSM at a time, and none by schedule once its slot has its verified success. */
function compareNeighbours(records: readonly EndedRecord[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const run of records) {
    for (const other of records.filter(({ hsm, id }) => hsm === run.hsm && id !== run.id)) {
      const names = `run ${run.id} of ${run.hsm} began at ${run.startedAt}`;
      const isAtOnce = other.startedAt <= run.startedAt && other.endedAt > run.startedAt;
      if (isAtOnce) findings.push(wrong(`${names}, while run ${other.id} was under way until ${other.endedAt}`));
      const isSatisfied =
        run.slot !== null &&
        other.state === "Succeeded" &&
        other.startedAt >= run.slot &&
        other.endedAt <= run.startedAt;
      if (isSatisfied) findings.push(wrong(`${names}, though run ${other.id} had satisfied its slot ${run.slot}`));
    }
  }
  return findings;
}

function compareManifests({ manifests, records }: Facts): readonly Finding[] {
  return manifests.flatMap(({ name, run, state }) => {
    const record = records.find(({ id }) => id === run);
    if (record === undefined) return [wrong(`the manifest ${name} is of a run that has no record`)];
    return record.state === state ? [] : [wrong(`the manifest ${name} says ${state}, its record ${record.state}`)];
  });
}
