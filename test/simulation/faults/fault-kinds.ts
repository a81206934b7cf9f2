/**
 * Everything that can go wrong in a simulated world, with how many faults of the kind an hour has in a world that has it at a
 * usual rate. Each is counted, and each can be left out of a replay.
 */
export const USUAL_RATES = {
  // One call.
  callFails: 6,
  answerLost: 6,
  timeout: 5,
  throttled: 5,
  slowCall: 8,
  lateEffect: 6,
  sentTwice: 6,
  // One process.
  crash: 3,
  freeze: 1.5,
  clockSkewed: 1,
  clockSetBack: 1,
  // The timer and the messages.
  timerMissed: 3,
  timerDoubled: 3,
  timerLate: 3,
  messageDoubled: 6,
  messageLate: 3,
  messageOutOfOrder: 5,
  foreignMessage: 4,
  queuePurged: 0.6,
  // Services, for minutes to hours.
  queueDown: 0.6,
  queueStalled: 0.6,
  ledgerDown: 0.6,
  ledgerReadOnly: 0.6,
  hsmUnreachable: 0.7,
  backupStorageDown: 0.6,
  identityDown: 0.6,
  rolesMissing: 0.8,
  ledgerDeleted: 0.5,
  // The HSM.
  jobLost: 1.5,
  jobFails: 1.2,
  jobCanceled: 1.2,
  jobNeverEnds: 1,
  emptyFolder: 1.5,
  foreignFolder: 1.2,
  rubbishAnswer: 4,
  changedMind: 4,
  startRefused: 2,
  sasExpired: 1.5,
  someoneElsesBackup: 1,
  // People and tools at the ledger.
  recordDamaged: 0.7,
  recordDeleted: 0.7,
  stateDamaged: 0.7,
  stateDeleted: 0.7,
  statePutBack: 0.7,
  blobTouched: 3,
  // Deployments.
  deployed: 0.7,
  deployedNewer: 0.6,
  hsmLeftSettings: 0.8,
  scheduleChanged: 0.7,
  storageChanged: 0.7,
  foreignApp: 0.8,
} as const;
export type FaultKind = keyof typeof USUAL_RATES;

export const FAULT_KINDS = Object.keys(USUAL_RATES) as readonly FaultKind[];
