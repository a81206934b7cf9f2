import type { MakeCheck } from "../facts.ts";
import { acceptedStart } from "./accepted-start.ts";
import { boundedMessages } from "./bounded-messages.ts";
import { calmSlots } from "./calm-slots.ts";
import { checkedAlways } from "./checked-always.ts";
import { checkedTruth } from "./checked-truth.ts";
import { claimFirst } from "./claim-first.ts";
import { dueSlot } from "./due-slot.ts";
import { finishedByWriter } from "./finished-by-writer.ts";
import { fixedDeadline } from "./fixed-deadline.ts";
import { foldedOnce } from "./folded-once.ts";
import { followed } from "./followed.ts";
import { forwardRecord } from "./forward-record.ts";
import { givenBack } from "./given-back.ts";
import { healthTruth } from "./health-truth.ts";
import { keptBytes } from "./kept-bytes.ts";
import { keptJob } from "./kept-job.ts";
import { leftSettings } from "./left-settings.ts";
import { madeAgain } from "./made-again.ts";
import { messageFirst } from "./message-first.ts";
import { missedSlot } from "./missed-slot.ts";
import { neededMessage } from "./needed-message.ts";
import { needlessBackup } from "./needless-backup.ts";
import { neighbours } from "./neighbours.ts";
import { noSecret } from "./no-secret.ts";
import { oneKey } from "./one-key.ts";
import { onePost } from "./one-post.ts";
import { oneRun } from "./one-run.ts";
import { ownMessage } from "./own-message.ts";
import { pacedSteps } from "./paced-steps.ts";
import { provenSuccess } from "./proven-success.ts";
import { refusalWaits } from "./refusal-waits.ts";
import { refusedStart } from "./refused-start.ts";
import { rememberedSuccess } from "./remembered-success.ts";
import { runEnds } from "./run-ends.ts";
import { satisfiedSlot } from "./satisfied-slot.ts";
import { takenBack } from "./taken-back.ts";
import { toldFailures } from "./told-failures.ts";
import { trueEnd } from "./true-end.ts";
import { unbrokenChain } from "./unbroken-chain.ts";
import { wakeUpLives } from "./wake-up-lives.ts";
import { whateverTheQueue } from "./whatever-the-queue.ts";

/** Every invariant of the design, in its order: ends, starts, successes, messages, cards, telling. */
export const ALL_CHECKS: readonly MakeCheck[] = [
  runEnds,
  followed,
  whateverTheQueue,
  fixedDeadline,
  oneRun,
  satisfiedSlot,
  dueSlot,
  calmSlots,
  missedSlot,
  acceptedStart,
  refusedStart,
  oneKey,
  claimFirst,
  onePost,
  keptJob,
  needlessBackup,
  refusalWaits,
  provenSuccess,
  trueEnd,
  forwardRecord,
  messageFirst,
  ownMessage,
  takenBack,
  neededMessage,
  unbrokenChain,
  wakeUpLives,
  boundedMessages,
  pacedSteps,
  givenBack,
  finishedByWriter,
  foldedOnce,
  rememberedSuccess,
  keptBytes,
  madeAgain,
  leftSettings,
  neighbours,
  checkedTruth,
  checkedAlways,
  healthTruth,
  toldFailures,
  noSecret,
];
