import type { Mutation } from "../mutation.ts";

const REBUILD = "backup/ledger/rebuild.ts";
const RECORDS = "backup/ledger/records.ts";
const LEDGER_BLOBS = "backup/ledger/ledger.ts";
const STATE = "backup/model/state.ts";
const VALIDATION = "backup/model/validation.ts";
const MANUAL = "functions/http/manual-backup.ts";
const ANSWERS = "functions/http/answers.ts";

/** Mistakes in what is stored, and at the edge. */
export const LEDGER: readonly Mutation[] = [
  {
    name: "every app owns the ledger",
    file: LEDGER_BLOBS,
    find: "if (found?.owner === app) return undefined;",
    replace: "if (found !== undefined) return undefined;",
  },
  {
    name: "the bytes of a damaged state are lost",
    file: REBUILD,
    find: "isDamaged ? await keepDamaged(ports, stateName(hsm), read.body) : null;",
    replace: "null;",
  },
  {
    name: "a damaged state is rebuilt without its records",
    file: REBUILD,
    find: 'records.push(...read.flatMap((each) => (each.outcome === "record" ? [each.record] : [])));',
    replace: "",
  },
  {
    name: "a damaged state can't be written over",
    file: REBUILD,
    find: "isDamaged ? read.etag : null);",
    replace: "null);",
  },
  {
    name: "a record is written again",
    file: RECORDS,
    find: 'const written = await ports.writeBlob({ name, body, metadata: metadataOf(record), onlyIf: "absent" });',
    replace: `const blob = await ports.readBlob(name);
  const onlyIf = blob.outcome === "found" ? { etag: blob.etag } : "absent";
  const written = await ports.writeBlob({ name, body, metadata: metadataOf(record), onlyIf });`,
  },
  {
    name: "a run counts as what it ended as last, not as recorded",
    file: RECORDS,
    find: 'return known.outcome === "record" ? known.record : record;',
    replace: "return record;",
  },
  {
    name: "a newer state counts as damaged",
    file: LEDGER_BLOBS,
    find: '    case "newer":\n      return parsed;',
    replace: '    case "newer":\n      return { outcome: "damaged", problem: parsed.problem, etag, body };',
  },
  {
    name: "a damaged state counts as gone",
    file: LEDGER_BLOBS,
    find: 'return { outcome: "damaged", problem: parsed.problem, etag, body };',
    replace: 'return { outcome: "gone" };',
  },
  {
    name: "the state of another HSM counts as this one's",
    file: STATE,
    find: "if (state.hsm !== hsm) return",
    replace: 'if (state.hsm === "") return',
  },
  {
    name: "a success that isn't the newest run is forgotten after a failure",
    file: STATE,
    find: 'if (end.state !== "Succeeded") return { ...state, active: null, runs };',
    replace: 'if (end.state !== "Succeeded") return { ...state, active: null, newestSuccess: null, runs };',
  },
  {
    name: "the newest run is remembered last",
    file: STATE,
    find: "[end, ...state.runs.filter(({ id }) => id !== end.id)]",
    replace: "[...state.runs.filter(({ id }) => id !== end.id), end]",
  },
  {
    name: "a state keeps ten runs only",
    file: STATE,
    find: "export const REMEMBERED_RUNS = 30;",
    replace: "export const REMEMBERED_RUNS = 2;",
  },
  {
    name: "a state with an unknown field counts as damaged",
    file: "backup/model/fields.ts",
    find: "v.looseObject(entries, (issue)",
    replace: "v.strictObject(entries, (issue)",
  },
  {
    name: "the version is overlooked where the shape fits",
    file: VALIDATION,
    find: 'typeof version === "number" && version > SCHEMA_VERSION',
    replace: 'typeof version === "string" && version > SCHEMA_VERSION',
  },
  {
    name: "a busy HSM is answered 202 with the run that is active",
    file: MANUAL,
    find: "return busy(name, reserved.run);",
    replace: "return accepted(name, reserved.run, {});",
  },
  {
    name: "a reserved run is answered 409",
    file: MANUAL,
    find: "return accepted(name, reserved.run.id, toRecord(reserved.run));",
    replace: "return busy(name, reserved.run.id);",
  },
  {
    name: "a service that fails is answered 500",
    file: ANSWERS,
    find: "return errorAnswer(503, thrown.failure.code",
    replace: "return errorAnswer(500, thrown.failure.code",
  },
  {
    name: "the foreign app answers as the owner",
    file: ANSWERS,
    find: "return foreign === undefined ?",
    replace: "return foreign !== null ?",
  },
  {
    name: "the foreign app follows messages",
    file: "functions/follow-backup.ts",
    find: "if ((await foreignLedgerProblem(logged)) === undefined) await",
    replace: "await",
  },
  {
    name: "a poisoned message is thrown",
    file: "functions/poisoned-message.ts",
    find: 'logTo(context)(poisoned(about, parsed.outcome === "valid" ? null : parsed.problem));',
    replace: 'throw new Error("poisoned");',
  },
  {
    name: "health is always 200",
    file: "functions/http/health.ts",
    find: "jsonAnswer(isHealthy ? 200 : 503,",
    replace: "jsonAnswer(200,",
  },
  {
    name: "the foreign ledger isn't logged",
    file: LEDGER_BLOBS,
    find: "if (foreign === undefined) return undefined;",
    replace: "if (foreign === undefined || foreign.owner !== null) return undefined;",
  },
];
