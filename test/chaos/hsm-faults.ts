import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosHsms } from "./chaos-hsms.ts";
import type { Disturbance } from "./disturbances.ts";
import { count } from "./fault-counts.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const LONGEST_HOLD = 5 * SECOND;
const LONGEST_FOREIGN_JOB_SECONDS = 4;

type Fault = { readonly operation: string; readonly fault: string } & Readonly<Record<string, unknown>>;

/** Which faults of jobs each HSM was given: they explain runs that ended badly though their job succeeded. */
export type Scripted = Map<string, Set<string>>;

const FAULTS: readonly [Fault, ...Fault[]] = [
  { operation: "backup", fault: "dropAnswer" },
  { operation: "backup", fault: "dropAnswer" },
  { operation: "backup", fault: "holdAnswer" },
  { operation: "backup", fault: "hold" },
  { operation: "backup", fault: "hang" },
  { operation: "backup", fault: "status", status: 503, retryAfter: 1 },
  { operation: "backup", fault: "status", status: 429, retryAfter: 1 },
  { operation: "backup", fault: "status", status: 403, code: "Forbidden" },
  { operation: "backup", fault: "status", status: 500 },
  { operation: "backup", fault: "errorInside200" },
  { operation: "backup", fault: "slow", seconds: 6 },
  { operation: "backup", fault: "failAt", share: 0.5 },
  { operation: "backup", fault: "loseJob" },
  { operation: "backup", fault: "emptyFolder" },
  { operation: "backupStatus", fault: "dropAnswer" },
  { operation: "backupStatus", fault: "hang" },
  { operation: "backupStatus", fault: "slow", seconds: 3 },
  { operation: "backupStatus", fault: "status", status: 500 },
  { operation: "backupStatus", fault: "errorInside200" },
  { operation: "backupStatus", fault: "noFolder" },
];

/** Scripts a fault for one HSM; a call that it holds is released a little later. */
export const scriptFault =
  (scripted: Scripted): Disturbance =>
  async ({ hsms }, counts, random, signal) => {
    const fault = random.pick(FAULTS);
    const hsm = pickHsm(hsms, random);
    const hold = random.between(0.5 * SECOND, LONGEST_HOLD);
    scripted.set(hsm, (scripted.get(hsm) ?? new Set()).add(fault.fault));
    if (!(await isDone(hsms.control("POST", hsm, "faults", [fault])))) return;
    count(counts, nameOf(fault));
    if (!fault.fault.startsWith("hold")) return;
    await pause(hold, signal);
    await isDone(hsms.control("POST", hsm, "release"));
  };

/** Another tool keeps an HSM busy. It restores, so that its jobs are no backups. */
export const keepBusy: Disturbance = async ({ hsms }, counts, random) => {
  const seconds = random.between(0.5, LONGEST_FOREIGN_JOB_SECONDS);
  const isStarted = await isDone(hsms.control("POST", pickHsm(hsms, random), "jobs", { kind: "restore", seconds }));
  if (isStarted) count(counts, "job of another tool");
};

const pickHsm = ({ names }: ChaosHsms, random: Random): string =>
  names[Math.floor(random.share() * names.length)] ?? "";

const nameOf = ({ operation, fault, status }: Fault): string =>
  `${operation} ${fault}${status === undefined ? "" : ` ${status}`}`;

/** The emulator may be down just now: then this fault is not made. */
const isDone = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );
