import { MINUTE } from "../../../backup/model/instant.ts";
import type { Ports } from "../../../backup/ports.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import { about, callFailed, type Refused } from "./call-failures.ts";
import { makeHsmAnswers } from "./hsm-answers.ts";
import { JOB_KINDS, makeJobs } from "./hsm-jobs.ts";
import type { Outages } from "./outages.ts";
import type { SimulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

export type HsmVerbs = Pick<Ports, "startFullBackup" | "getBackupStatus">;

/** All Managed HSMs, each with what it really does and with what it says. */
export type SimulatedHsms = {
  readonly verbsOf: (host: number) => HsmVerbs;
  /** Ends whatever would never end. */
  readonly endStuck: () => void;
};

const TOOLS: ReadonlySet<FaultKind> = new Set<FaultKind>(["someoneElsesBackup"]);
const SAS_REFUSED: Refused = { reason: "sasRefused", status: 400, code: "BadParameter" };
const BUSY: Refused = { reason: "busy", status: 409, code: "Conflict" };
const UNKNOWN: Refused = { reason: "notFound", status: 404, code: "JobNotFound" };
const BAD_REQUEST: Refused = { reason: "rejected", status: 400, code: "BadRequest" };
/** Of the SAS that are no good, those that the HSM refuses at once. */
const REFUSED_AT_START = 0.35;
const LONGEST_TOOLS_JOB = 90 * MINUTE;

export function simulatedHsms(stage: Stage, storage: SimulatedStorage, outages: Outages): SimulatedHsms {
  const { faults, timeline, shape } = stage;
  const jobs = makeJobs(stage, storage, outages);
  const answers = makeHsmAnswers(stage);

  function beginTools(fault: PlannedFault): void {
    const hsm = pick(shape.hsms, fault.sizes[0]);
    // One backup at a time: the other tool tries again.
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
    async ({ name }, target) => {
      const refuse = (refused: Refused) => callFailed(about("startFullBackup", name), refused);
      answers.refuseStart(name);
      if (!storage.isGood(target)) throw refuse(SAS_REFUSED);
      if (jobs.isBusy(name)) throw refuse(BUSY);
      const fault = faults.take(JOB_KINDS, { what: () => `the next job of ${name}` });
      if (fault?.kind === "sasExpired" && fault.sizes[0] < REFUSED_AT_START) {
        storage.revoke(target);
        throw refuse(SAS_REFUSED);
      }
      const started = jobs.accept(host, name, target, fault);
      answers.garbleStart(name);
      return started;
    };

  const look: HsmVerbs["getBackupStatus"] = async ({ name }, jobId) => {
    const said = answers.look(name, jobId, jobs.look(name, jobId));
    if (typeof said === "object") return said;
    throw callFailed(about("getBackupStatus", name), said === "unknown" ? UNKNOWN : BAD_REQUEST);
  };

  return { verbsOf: (host) => ({ startFullBackup: startOf(host), getBackupStatus: look }), endStuck: jobs.endStuck };
}
