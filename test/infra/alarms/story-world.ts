import { InvocationContext } from "@azure/functions";
import { CallFailed } from "../../../backup/call-failed.ts";
import type { Deps } from "../../../backup/deps.ts";
import { MINUTE } from "../../../backup/instant.ts";
import type { SettingProblem } from "../../../backup/settings.ts";
import { startRun } from "../../../backup/start-run.ts";
import { followBackup } from "../../../functions/follow-backup.ts";
import { type AppDeps, withLog } from "../../../functions/invocation-log.ts";
import { poisonedFollowUp } from "../../../functions/poisoned-follow-up.ts";
import { scheduledBackup } from "../../../functions/scheduled-backup.ts";
import { makeProductWorld } from "../../steps/product-world.ts";
import type { Row } from "../kql/workspace.ts";
import { watchCalls } from "./watched-calls.ts";
import { traceRow } from "./workspace-rows.ts";

const TIMER = 5 * MINUTE;
/** As host.json and the platform have it. */
const RETRY_DELAY = MINUTE;
const MOST_DELIVERIES = 5;

export type StoryOptions = {
  readonly begin: string;
  readonly hsms?: readonly string[];
  /** Which of the two tables the HSMs' diagnostic setting writes to. */
  readonly audit?: "AZKVAuditLogs" | "AzureDiagnostics";
};

/** What a story may put out of order, at any time. */
export type Troubles = {
  /** The app is stopped: no timer, no queue. */
  isStopped: boolean;
  /** The queue's trigger is off. */
  isQueueOff: boolean;
  /** HSMs that nobody can reach. */
  readonly gone: Set<string>;
  /** The ledger's records can't be read; the cards can. */
  areRecordsLost: boolean;
  settingProblems: readonly SettingProblem[];
};

/** The product behind its real triggers, on fakes, with a clock that only `passTime` moves; what it and its services log is kept. */
export type StoryWorld = ReturnType<typeof makeStoryWorld>;

export function makeStoryWorld({ begin, hsms = ["contoso"], audit = "AZKVAuditLogs" }: StoryOptions) {
  const world = makeProductWorld({ begin, hsms });
  const troubles: Troubles = {
    isStopped: false,
    isQueueOff: false,
    gone: new Set(),
    areRecordsLost: false,
    settingProblems: [],
  };
  const traces: Row[] = [];
  const now = (): number => world.now().getTime();
  const services = watchCalls(world, audit, troubles.gone);

  const readBlob: Deps["readBlob"] = (name) => {
    if (!troubles.areRecordsLost || !name.startsWith("runs/")) return world.deps.readBlob(name);
    const failure = { operation: "read a record", target: "ledger", reason: "noAnswer", status: 503 } as const;
    throw new CallFailed({ ...failure, code: "ServerBusy", remedy: "Wait." });
  };
  const deps = (): AppDeps => {
    const settings = { ...world.deps.settings, problems: troubles.settingProblems };
    return { ...world.deps, ...services.calls, readBlob, settings };
  };

  /** One invocation as the host logs it: a line of its own before and after the handler's. */
  async function invoke(functionName: string, handler: (context: InvocationContext) => unknown): Promise<void> {
    const log = (level: "information" | "error", text: string) =>
      traces.push(traceRow(now(), functionName, level, text));
    const context = new InvocationContext({
      functionName,
      logHandler: (level, ...args) =>
        void traces.push(traceRow(now(), functionName, level, args.map(String).join(" "))),
    });
    log("information", `Executing 'Functions.${functionName}' (Reason='', Id=${context.invocationId})`);
    try {
      await handler(context);
      log("information", `Executed 'Functions.${functionName}' (Succeeded, Id=${context.invocationId}, Duration=20ms)`);
    } catch (thrown) {
      log("error", `Executed 'Functions.${functionName}' (Failed, Id=${context.invocationId}, Duration=20ms)`);
      throw thrown;
    }
  }

  async function deliver(): Promise<void> {
    for (const message of world.queue.receive(1)) {
      try {
        await invoke("followBackup", (context) => followBackup(deps())(message.body, context));
        world.queue.delete(message);
      } catch {
        if (message.dequeueCount < MOST_DELIVERIES) world.queue.makeVisible(message, RETRY_DELAY);
        else {
          world.queue.delete(message);
          await invoke("poisonedFollowUp", (context) => poisonedFollowUp(deps())(message.body, context));
        }
      }
    }
  }

  const timer = {
    isPastDue: false,
    schedule: { adjustForDST: false },
    scheduleStatus: { last: "", lastUpdated: "", next: "" },
  };
  let ticked = 0;
  async function work(): Promise<void> {
    if (troubles.isStopped) return;
    if (now() % TIMER === 0 && now() !== ticked) {
      ticked = now();
      await invoke("scheduledBackup", (context) => scheduledBackup(deps())(timer, context));
    }
    while (!troubles.isQueueOff && world.queue.all().some(({ visibleAt }) => visibleAt <= now())) await deliver();
  }

  /** Goes from one thing that is due to the next. */
  async function passTime(ms: number): Promise<void> {
    for (const end = now() + ms; now() < end; ) {
      await work();
      const messages = world.queue.all().map(({ visibleAt }) => visibleAt);
      const next = [...messages.filter((at) => at > now()), Math.floor(now() / TIMER + 1) * TIMER, end];
      world.setTime(new Date(next.reduce((a, b) => Math.min(a, b))).toISOString());
    }
  }

  /** A start by hand, as the first one after an installation is. */
  const startByHand = (hsm: string): Promise<void> =>
    invoke("manualBackup", async (context) => {
      await startRun(withLog(deps(), context), hsm, { trigger: "manual", key: null, traceparent: null });
    });

  const until = (instant: string): Promise<void> => passTime(Date.parse(instant) - now());
  const rows = () => ({ AppTraces: traces, [audit]: services.audit, StorageBlobLogs: services.storage });
  return { passTime, until, startByHand, troubles, at: world.hsm.at, now, rows, hsms };
}
