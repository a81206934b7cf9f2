import type { Mutation } from "../mutation.ts";

const STEP = "backup/steps/step.ts";
const PUBLISH = "backup/steps/publish.ts";
const RESERVE = "backup/steps/reserve.ts";
const RECONCILE = "backup/steps/reconcile.ts";
const OVERVIEW = "backup/steps/overview.ts";

/** Mistakes in the steps of the protocol. */
export const STEPS: readonly Mutation[] = [
  {
    name: "an old message takes a step",
    file: STEP,
    find: "if (run?.id !== message.run || run.seq !== message.seq)",
    replace: "if (run?.id !== message.run)",
  },
  {
    name: "a message for a state that is gone is thrown back to the queue",
    file: STEP,
    find: 'if (read.outcome !== "state") return',
    replace: 'if (read.outcome !== "state") throw new Error("no state"); else if (run === undefined) return',
  },
  {
    name: "the message goes out before the state",
    file: STEP,
    find: "  const written = await writeRun(ports, stored, next);",
    replace: `  const active = { ...next, seq: (stored.state.active?.seq ?? 0) + 1 };
  if (!isEnded(next)) await sendMessage(ports, { ...stored, state: { ...stored.state, active } });
  const written = await writeRun(ports, stored, next);`,
  },
  {
    name: "a message that can't be sent fails the step",
    file: STEP,
    find: 'ports.log(stepFailed("send a message", message, thrown));',
    replace: "throw thrown;",
  },
  {
    name: "a message lives for a week",
    file: STEP,
    find: "await ports.sendMessage(message, at, after(at, ports.intervals.unattendedAfter));",
    replace: "await ports.sendMessage(message, at, after(at, 7 * 24 * 60 * 60_000));",
  },
  {
    name: "a message is visible at once",
    file: STEP,
    find: "const at = visibleAt ?? run.nextAt;",
    replace: "const at = visibleAt ?? instantOf(ports.now());",
  },
  {
    name: "the POST is sent without a claim",
    file: STEP,
    find: "const claimed = await writeRun(ports, stored, claim);",
    replace: "const claimed: StoredState | undefined = stored;",
  },
  {
    name: "the process that loses the race for the claim sends the POST, too",
    file: STEP,
    find: "const claimed = await writeRun(ports, stored, claim);",
    replace: "const claimed = (await writeRun(ports, stored, claim)) ?? stored;",
  },
  {
    name: "a claim without an outcome fails the run",
    file: STEP,
    find: 'else if (run.state === "Starting") await attemptStart(ports, stored, run, clock);',
    replace: `else if (run.state === "Starting" && run.attempts.at(-1)?.outcome === null)
    await advance(ports, stored, { ...afterNoStart(run, clock), state: "Failed" });
  else if (run.state === "Starting") await attemptStart(ports, stored, run, clock);`,
  },
  {
    name: "the outcome of an attempt isn't written",
    file: STEP,
    find: "const next = afterStart(withOutcome(claim, posted, clock), posted, clock);",
    replace: "const next = afterStart(claim, posted, clock);",
  },
  {
    name: "the number of the step isn't counted",
    file: STEP,
    find: "seq: (state.active?.seq ?? 0) + 1",
    replace: "seq: state.active?.seq ?? 0",
  },
  {
    name: "a claim keeps the account of the reservation",
    file: STEP,
    find: "return { ...run, storageUrl, attempts, nextAt: at };",
    replace: "return { ...run, attempts, nextAt: at };",
  },
  {
    name: "the blobs aren't listed before a success",
    file: STEP,
    find: "const counted = await countBlobs(ports, run, looked.folder);",
    replace: "const counted = { value: { blobCount: 1, bytes: 1 } };",
  },
  {
    name: "the blobs are counted in whichever account the settings name",
    file: STEP,
    find: "if (storageUrl === ports.settings.storageUrl)",
    replace: 'if (storageUrl !== "")',
  },
  {
    name: "the deadline is judged before the last look",
    file: STEP,
    find: "const looked = afterLook(run, seen, clock);",
    replace:
      "const looked = isOver(run, clock) ? afterNoStart({ ...run, state: 'Starting' }, clock) : afterLook(run, seen, clock);",
  },
  {
    name: "an end that its process didn't publish is never published",
    file: STEP,
    find: "if (isEnded(run)) await publish(ports, stored);",
    replace: "if (isEnded(run)) return;",
  },
  {
    name: "the log holds the SAS",
    file: STEP,
    find: "const claim = withClaim(run, ports.settings.storageUrl, clock);",
    replace: `const claim = withClaim(run, ports.settings.storageUrl, clock);
  if ("sas" in target.value) ports.log(dropped("information", target.value.sas.reveal()));`,
  },
  {
    name: "the record isn't written",
    file: PUBLISH,
    find: "const record = await keepRecord(ports, endedRecord(run));",
    replace: "const record = endedRecord(run);",
  },
  {
    name: "the state is released before the record is written",
    file: PUBLISH,
    find: "const record = await keepRecord(ports, endedRecord(run));",
    replace: `await writeState(ports, withEnded(state, summaryOf(endedRecord(run), run.key), ports.now()), etag);
  const record = await keepRecord(ports, endedRecord(run));`,
  },
  {
    name: "the end isn't logged",
    file: PUBLISH,
    find: "ports.log(ended(record, state));",
    replace: "",
  },
  {
    name: "a manifest that can't be written keeps the state",
    file: PUBLISH,
    find: 'ports.log(stepFailed("write the manifest", { hsm: run.hsm, run: run.id }, thrown));',
    replace: "throw thrown;",
  },
  {
    name: "the manifest goes to whichever account the settings name",
    file: PUBLISH,
    find: "if (run.attempts.length === 0 || run.storageUrl !== ports.settings.storageUrl) return;",
    replace: "if (run.attempts.length === 0) return;",
  },
  {
    name: "a released run forgets its key",
    file: PUBLISH,
    find: "summaryOf(record, run.key)",
    replace: "summaryOf(record, null)",
  },
  {
    name: "a reservation whose answer was lost counts as another's",
    file: RESERVE,
    find: "const mine = tried.find(({ id }) => hasRun(state, id));",
    replace: "const mine = tried.find(({ id }) => id === hsm.url);",
  },
  {
    name: "a start by hand takes the place of the active run",
    file: RESERVE,
    find: "if (state.active !== null) {",
    replace: 'if (state.active !== null && request.trigger === "schedule") {',
  },
  {
    name: "a repeated start isn't looked for",
    file: RESERVE,
    find: 'const repeated = request.trigger === "manual" ? runWithKey(ports, state, request.key) : undefined;',
    replace: "const repeated = runWithKey(ports, state, null);",
  },
  {
    name: "the deadline counts from the slot",
    file: RESERVE,
    find: "deadlineAt: after(now, settings.deadline),",
    replace: "deadlineAt: after(at, settings.deadline),",
  },
  {
    name: "a run starts at its slot, whenever it starts",
    file: RESERVE,
    find: "startedAt: instantOf(now),",
    replace: "startedAt: at,",
  },
  {
    name: "a tick doesn't ask who owns the ledger",
    file: RECONCILE,
    find: "return await foreignLedgerProblem(ports);",
    replace: "return undefined;",
  },
  {
    name: "one HSM's failure fails the tick",
    file: RECONCILE,
    find: 'log(stepFailed("start or continue a run", { hsm: name, ...runOf(stored) }, thrown));',
    replace: "throw thrown;",
  },
  {
    name: "one state that can't be read fails the tick",
    file: RECONCILE,
    find: 'ports.log(stepFailed("read the state of an HSM", { hsm: name }, thrown));',
    replace: "throw thrown;",
  },
  {
    name: "states that can't be listed fail the tick",
    file: RECONCILE,
    find: 'ports.log(stepFailed("list the states", {}, thrown));',
    replace: "throw thrown;",
  },
  {
    name: "the timer takes no step",
    file: RECONCILE,
    find: "  millis(now) > millis(nextAt) + unattendedAfter || isAhead(nextAt, now);",
    replace: "  isAhead(nextAt, now) && unattendedAfter > 0;",
  },
  {
    name: "the timer takes steps that are just due",
    file: RECONCILE,
    find: "  millis(now) > millis(nextAt) + unattendedAfter || isAhead(nextAt, now);",
    replace: "  millis(now) > millis(nextAt) || (isAhead(nextAt, now) && unattendedAfter > 0);",
  },
  {
    name: "an HSM whose state can't be read isn't reported",
    file: RECONCILE,
    find: "if (hsm !== undefined) report(ports, unknownStanding(name, messageOf(thrown)));",
    replace: "",
  },
  {
    name: "an app without a ledger reports no HSM",
    file: RECONCILE,
    find: "for (const { name } of settings.hsms) report(ports, unknownStanding(name, problem));",
    replace: "",
  },
  {
    name: "health overlooks rejected settings",
    file: OVERVIEW,
    find: "problems.length === 0 &&",
    replace: "",
  },
  {
    name: "health overlooks what is overdue",
    file: OVERVIEW,
    find: "!standing.isOverdue && standing.problem === null",
    replace: "standing.problem === null",
  },
  {
    name: "what needs the operator comes last",
    file: "backup/steps/view-hsms.ts",
    find: "if (!isCovered(known)) return 0;",
    replace: "if (!isCovered(known)) return 5;",
  },
];
