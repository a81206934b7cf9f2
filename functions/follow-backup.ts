import type { StorageQueueHandler } from "@azure/functions";
import { foreignLedgerProblem } from "../backup/ledger/ledger.ts";
import { followMessage } from "../backup/steps/step.ts";
import { type AppPorts, withLog } from "./invocation.ts";

/** Takes the step that a message asks for. After a throw the host delivers the message again. */
export const followBackup =
  (ports: AppPorts): StorageQueueHandler =>
  async (message, context) => {
    const logged = withLog(ports, context);
    // If this consumes a message of the ledger's owner, the owner's timer takes that step.
    if ((await foreignLedgerProblem(logged)) === undefined) await followMessage(logged, message);
  };
