import type { MakeCheck } from "../check.ts";
import { noNeedlessThrow, properAnswers } from "./answers.ts";
import { checkedAlways, checkedTruth, healthTruth } from "./checked.ts";
import { decisions } from "./decisions.ts";
import { dueSteps } from "./due-steps.ts";
import { foreignApp } from "./foreign-app.ts";
import { fixedRecords, keptBytes, newerStates, repairedOnly } from "./kept-bytes.ts";
import { legalWrites } from "./legal-writes.ts";
import { boundedMessages } from "./messages.ts";
import { neighbours } from "./neighbours.ts";
import { noSecret } from "./no-secret.ts";
import { claimFirst } from "./posts.ts";
import { runEnds } from "./run-ends.ts";
import { coverageTruth, hsmsTruth } from "./shown.ts";
import { dueSlot, oneJob, satisfiedSlot } from "./slots.ts";
import { acceptedStart, oneKey, refusedStart } from "./starts.ts";
import { provenSuccess } from "./success.ts";

/** Every invariant of the design, in its order. */
export const ALL_CHECKS: readonly MakeCheck[] = [
  runEnds,
  legalWrites,
  satisfiedSlot,
  dueSlot,
  oneJob,
  acceptedStart,
  refusedStart,
  oneKey,
  provenSuccess,
  decisions,
  dueSteps,
  claimFirst,
  noSecret,
  boundedMessages,
  neighbours,
  keptBytes,
  repairedOnly,
  newerStates,
  fixedRecords,
  foreignApp,
  checkedAlways,
  checkedTruth,
  healthTruth,
  hsmsTruth,
  coverageTruth,
  properAnswers,
  noNeedlessThrow,
];
