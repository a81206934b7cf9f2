import { CallFailed } from "../../backup/call-failed.ts";
import type { Deps } from "../../backup/deps.ts";
import type { Hsm } from "../../backup/hsm.ts";
import { MINUTE } from "../../backup/instant.ts";
import type { JobReport } from "../../backup/job-report.ts";
import { type FakeHsm, fakeHsm } from "../fakes/fake-hsm.ts";
import { about, callFailed, type Refused } from "./call-failures.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import { makeHsmAnswers } from "./hsm-answers.ts";
import { JOB_KINDS, makeJobs } from "./hsm-jobs.ts";
import type { Outages } from "./outages.ts";
import { pick } from "./random.ts";
import type { SimulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

export type HsmVerbs = Pick<Deps, "startFullBackup" | "getBackupStatus">;

/** All Managed HSMs, each with what it really does and with what it says. */
export type SimulatedHsms = {
  readonly verbsOf: (host: number) => HsmVerbs;
  /** Whatever would never end, ends. */
  readonly endStuck: () => void;
};

const TOOLS: ReadonlySet<FaultKind> = new Set<FaultKind>(["someoneElsesBackup"]);
const SAS_REFUSED: Refused = { reason: "sasRefused", status: 400, code: "BadParameter" };
/** Of the SAS that are no good, those that the HSM finds out about at once. */
const FOUND_AT_START = 0.35;
const LONGEST_TOOLS_JOB = 90 * MINUTE;

export function simulatedHsms(stage: Stage, storage: SimulatedStorage, outages: Outages): SimulatedHsms {
  const { faults, timeline, shape } = stage;
  const now = (): Date => new Date(timeline.now());
  const fake = fakeHsm({ now, jobTime: MINUTE, writeBlob: storage.put });
  const jobs = makeJobs(stage, fake, storage, outages);
  const answers = makeHsmAnswers(stage);

  function beginTools(fault: PlannedFault): void {
    const hsm = pick(shape.hsms, fault.sizes[0]);
    // One backup at a time: the other tool comes again.
    if (jobs.isBusy(hsm)) {
      timeline.after(MINUTE, () => beginTools(fault));
      return;
    }
    if (!faults.isOpen()) return;
    const ms = MINUTE + fault.sizes[1] ** 2 * LONGEST_TOOLS_JOB;
    faults.strike(fault, `${hsm}, for ${(ms / MINUTE).toFixed(1)} min`);
    jobs.acceptTools(hsm, ms);
  }
  for (const fault of faults.timed(TOOLS)) timeline.at(fault.at, () => beginTools(fault));

  const startOf =
    (host: number): HsmVerbs["startFullBackup"] =>
    async (hsm, target) => {
      answers.refuseStart(hsm.name);
      if (!storage.isGood(target)) throw callFailed(about("startFullBackup", hsm.name), SAS_REFUSED);
      if (jobs.isBusy(hsm.name)) return fake.startFullBackup(hsm, target);
      const fault = faults.take(
        JOB_KINDS,
        () => true,
        () => `the next job of ${hsm.name}`,
      );
      if (fault?.kind === "sasExpired" && fault.sizes[0] < FOUND_AT_START) {
        storage.revoke(target);
        throw callFailed(about("startFullBackup", hsm.name), SAS_REFUSED);
      }
      const started = await jobs.accept(host, hsm, target, fault);
      answers.garbleStart(hsm.name);
      return started;
    };

  const look: HsmVerbs["getBackupStatus"] = async (hsm, jobId) => {
    const truth = await truthOf(fake, hsm, jobId);
    const said = answers.look(hsm.name, jobId, truth);
    if (said !== undefined) return said;
    throw callFailed(about("getBackupStatus", hsm.name), { reason: "notFound", status: 404, code: "JobNotFound" });
  };

  return { verbsOf: (host) => ({ startFullBackup: startOf(host), getBackupStatus: look }), endStuck: jobs.endStuck };
}

async function truthOf(fake: FakeHsm, hsm: Hsm, jobId: string): Promise<JobReport | undefined> {
  try {
    return await fake.getBackupStatus(hsm, jobId);
  } catch (thrown) {
    if (thrown instanceof CallFailed && thrown.failure.reason === "notFound") return undefined;
    throw thrown;
  }
}
