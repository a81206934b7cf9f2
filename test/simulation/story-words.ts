import type { LogEvent } from "../../backup/model/events.ts";
import { blobNameOf, readRecord, readState } from "./checks/seen-blobs.ts";
import { clock } from "./checks/spans.ts";
import type { Fact } from "./facts.ts";

/** A message as it was sent: later facts only name its id. */
export type SentMessage = { readonly run: string; readonly hsm: string; readonly seq: number };

/** One fact as a line. Faults and what was done by others begin with `***`. */
export function factWords(fact: Fact, messageOf: (id: string) => SentMessage | undefined): string {
  const { at: _at, kind, ...fields } = fact;
  const host = "host" in fact ? `host ${fact.host} ` : "";
  switch (fact.kind) {
    case "fault":
      return `*** fault ${fact.number}, ${fact.fault}: ${fact.what}`;
    case "hostDied":
      return `*** ${host}dies during ${fact.during}`;
    case "faultsStopped":
    case "ledgerDeleted":
    case "ledgerMade":
      return `*** ${kind}`;
    case "logged":
      return `${host}logs ${eventWords(fact.event)}`;
    case "blobWritten":
      return `${host}writes ${blobWords(fact.name, fact.body)}`;
    case "blobDamaged":
      return `*** ${fact.damage}: ${fact.body === null ? fact.name : blobWords(fact.name, fact.body)}`;
    case "messageSent":
      return `${host}sends message ${fact.seq} of ${fact.run} (${fact.id}), visible from ${clock(fact.visibleAt)} to ${clock(fact.expiresAt)}`;
    case "messageDelivered":
    case "messageGone": {
      const sent = messageOf(fact.id);
      const message = sent === undefined ? fact.id : `message ${sent.seq} of ${sent.run} (${fact.id})`;
      return `${host}${kind}${"how" in fact ? `, ${fact.how}` : ""}: ${message}`;
    }
    default:
      return `${host}${kind} ${short(JSON.stringify(fields))}`;
  }
}

const LONGEST = 200;
const short = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);

function blobWords(name: string, body: string): string {
  const blob = blobNameOf(name);
  const words =
    blob.kind === "state"
      ? stateWords(body, blob.hsm)
      : blob.kind === "record"
        ? endWords(body, blob.hsm, blob.run)
        : undefined;
  return `${name}: ${words ?? short(body)}`;
}

function stateWords(body: string, hsm: string): string | undefined {
  const state = readState(body, hsm);
  if (state === undefined) return undefined;
  const { active, runs, newestSuccess } = state;
  const known = `${runs.length} runs, newest success ${newestSuccess?.id ?? "none"}`;
  if (active === null) return `free, ${known}`;
  const { id, seq, nextAt, deadlineAt, attempts, jobId, doubt, error } = active;
  const claim = attempts.at(-1)?.outcome === null ? ", claim" : "";
  const seen = [jobId && `job ${jobId}`, doubt && `${doubt.code} ${doubt.times} times`, error?.code].filter(Boolean);
  return `${id} ${active.state} seq ${seq}${claim}, next ${clock(nextAt)}, deadline ${clock(deadlineAt)}, ${attempts.length} attempts; ${[...seen, known].join(", ")}`;
}

function endWords(body: string, hsm: string, run: string): string | undefined {
  const record = readRecord(body, hsm, run);
  return record && `${record.state}, job ${record.jobId}, ${record.error?.code ?? "no error"}`;
}

const SHOWN = [
  "hsm",
  "run",
  "state",
  "code",
  "jobId",
  "seq",
  "why",
  "step",
  "newestSuccess",
  "isOverdue",
  "running",
  "owner",
];

function eventWords(event: LogEvent): string {
  const fields = SHOWN.flatMap((field) => (event[field] == null ? [] : [`${field} ${String(event[field])}`]));
  const message = [event.message, event.problem].find((value) => typeof value === "string");
  return short([event.event, ...fields, ...(typeof message === "string" ? [message] : [])].join(", "));
}
