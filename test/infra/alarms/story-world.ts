import { InvocationContext } from "@azure/functions";
import { stateName } from "../../../backup/ledger/ledger.ts";
import type { SettingProblem } from "../../../backup/model/settings.ts";
import type { Ports } from "../../../backup/ports.ts";
import { followBackup } from "../../../functions/follow-backup.ts";
import { type AppPorts, withLog } from "../../../functions/invocation.ts";
import { poisonedMessage } from "../../../functions/poisoned-message.ts";
import { scheduledBackup } from "../../../functions/scheduled-backup.ts";
import { unreachable } from "../../steps/faults.ts";
import { makeProductWorld, startByHand } from "../../steps/product-world.ts";
import { MINUTE } from "../durations.ts";
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
  /** HSMs that can't be reached. */
  readonly gone: Set<string>;
  /** HSMs on which the app has no role. */
  readonly withoutRole: Set<string>;
  /** HSMs whose state in the ledger can't be read. */
  readonly unreadable: Set<string>;
  settingProblems: readonly SettingProblem[];
  /** Another name than the app had when it was installed. */
  newName: string | null;
};

/** The product behind its real triggers, on fakes, with a clock that only `passTime` moves; what it and its services log is kept. */
export type StoryWorld = ReturnType<typeof makeStoryWorld>;

export function makeStoryWorld({ begin, hsms = ["contoso"], audit = "AZKVAuditLogs" }: StoryOptions) {
  const world = makeProductWorld({ begin, hsms });
  const troubles: Troubles = {
    isStopped: false,
    isQueueOff: false,
    gone: new Set(),
    withoutRole: new Set(),
    unreadable: new Set(),
    settingProblems: [],
    newName: null,
  };
  const traces: Row[] = [];
  const now = (): number => world.now().getTime();
  const services = watchCalls(world, audit, troubles);

  const readBlob: Ports["readBlob"] = (name) =>
    [...troubles.unreadable].map(stateName).includes(name) ? unreachable() : world.ports.readBlob(name);
  const ports = (): AppPorts => {
    const { settingProblems: problems, newName } = troubles;
    const settings = { ...world.ports.settings, problems, ...(newName !== null && { app: newName }) };
    return { ...world.ports, ...services.calls, readBlob, settings };
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
        await invoke("followBackup", (context) => followBackup(ports())(message.body, context));
        world.queue.delete(message);
      } catch {
        if (message.dequeueCount < MOST_DELIVERIES) world.queue.makeVisible(message, RETRY_DELAY);
        else {
          world.queue.delete(message);
          await invoke("poisonedMessage", (context) => poisonedMessage(message.body, context));
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
      await invoke("scheduledBackup", (context) => scheduledBackup(ports())(timer, context));
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
  const startManually = (hsm: string): Promise<void> =>
    invoke("manualBackup", async (context) => {
      await startByHand(withLog(ports(), context), hsm);
    });

  const until = (instant: string): Promise<void> => passTime(Date.parse(instant) - now());
  const rows = () => ({ AppTraces: traces, [audit]: services.audit, StorageBlobLogs: services.storage });
  return {
    passTime,
    until,
    startByHand: startManually,
    troubles,
    at: world.hsm.at,
    now,
    rows,
    hsms,
    ledger: world.blobs,
  };
}
