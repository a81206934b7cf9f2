import type { LogEvent } from "../../backup/log-events.ts";
import { blobNameOf, readCardWords, readRecordWords } from "./checks/ledger-words.ts";
import { clock, slotWords } from "./checks/words.ts";
import type { Fact } from "./facts.ts";

/** A message as its sending told it: later facts only name its id. */
export type SentWords = { readonly run: string; readonly hsm: string; readonly seq: number };

/** One fact in the words of the design. Faults and what was done by hand begin with `***`. */
export function factWords(fact: Fact, messageOf: (id: string) => SentWords | undefined): string {
  const message = (id: string): string => {
    const sent = messageOf(id);
    return sent === undefined ? `message ${id}` : `message ${sent.seq} of ${sent.run} (${id})`;
  };
  switch (fact.kind) {
    case "fault":
      return `*** fault ${fact.number}, ${fact.fault}: ${fact.what}`;
    case "faultsStopped":
      return "*** the faults have stopped";
    case "hostStarted":
      return `host ${fact.host} starts${fact.version === "newer" ? ", a newer version" : ""}${skewWords(fact.skew)}`;
    case "hostDied":
      return `*** host ${fact.host} dies during ${fact.during}`;
    case "timerFired":
      return `host ${fact.host}: the timer fires`;
    case "handlerThrew":
      return `host ${fact.host}: ${fact.handler} throws: ${fact.message}`;
    case "blobWritten":
      return `host ${fact.host} writes ${blobWords(fact.name, fact.body)}`;
    case "blobDamaged":
      return `*** by hand: ${fact.name} ${fact.body === null ? "deleted" : `overwritten with ${short(fact.body)}`}`;
    case "ledgerDeleted":
      return "*** by hand: the ledger is deleted";
    case "ledgerMade":
      return "*** the ledger is made again, empty";
    case "messageSent":
      return `host ${fact.host} sends message ${fact.seq} of ${fact.run} (${fact.id}), hidden until ${clock(fact.visibleAt)}`;
    case "messageDelivered":
      return `host ${fact.host} gets ${message(fact.id)}${fact.dequeueCount > 1 ? `, delivery ${fact.dequeueCount}` : ""}`;
    case "messageGone":
      return `${message(fact.id)} ${GONE[fact.how]}`;
    case "messagePoisoned":
      return `${message(fact.id)} goes to the poison queue`;
    case "jobAccepted": {
      const who = fact.by === "tool" ? "another tool" : `host ${fact.by}`;
      return `HSM ${fact.hsm} accepts a start by ${who}: job ${fact.jobId}${fact.container === null ? "" : ` into ${fact.container}`}`;
    }
    case "jobEnded":
      return `HSM ${fact.hsm}: job ${fact.jobId} ends, truly ${fact.truth}, ${fact.blobCount} blobs with ${fact.bytes} bytes in ${fact.container}/${fact.folder}`;
    case "startAnswered":
      return `host ${fact.host} has the 202 of ${fact.hsm}: job ${fact.jobId}`;
    case "postSent":
      return `POST ${fact.post} to host ${fact.host}: start ${fact.hsm}${keyWords(fact.key)}`;
    case "postAnswered":
      return `POST ${fact.post} is answered ${fact.status}${fact.run === null ? "" : `: ${fact.run}`}${keyWords(fact.key)}`;
    case "healthAnswered":
      return `health answers ${fact.status}: ${short(JSON.stringify(fact.body))}`;
    case "settingsChanged":
      return `*** the settings name ${fact.hsms.join(", ") || "no HSM"} now${fact.isEverywhere ? "" : ", on some hosts"}`;
    case "logged":
      return `host ${fact.host} tells ${eventWords(fact.event)}`;
  }
}

const GONE = {
  done: "is done",
  takenBack: "is taken back",
  expired: "has expired",
  purged: "is purged",
} as const;

const LONGEST = 160;
const short = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
const keyWords = (key: string | null): string => (key === null ? "" : ` (key ${key})`);

function skewWords(skew: number): string {
  if (skew === 0) return "";
  return `, its clock ${Math.round(Math.abs(skew) / 1_000)} s ${skew > 0 ? "ahead" : "behind"}`;
}

function blobWords(name: string, body: string): string {
  const blob = blobNameOf(name);
  switch (blob.kind) {
    case "record":
      return `the record of ${blob.run}: ${recordWords(body)}`;
    case "card":
      return `the card of ${blob.hsm}: ${cardWords(body)}`;
    case "other":
      return `${name} (${body.length} bytes)`;
  }
}

function recordWords(body: string): string {
  const record = readRecordWords(body);
  if (record === undefined) return short(body);
  const claim = record.attempts.at(-1);
  return [
    record.state,
    `seq ${record.seq}`,
    record.nextAt === null ? "" : `next ${clock(record.nextAt)}`,
    record.jobId === null ? "" : `job ${record.jobId}`,
    claim?.isClaim ? `claim ${claim.id}` : "",
    record.attempts.length > 1 ? `${record.attempts.length} attempts` : "",
    record.code ?? "",
    record.version > 1 ? `schema ${record.version}` : "",
  ]
    .filter((word) => word !== "")
    .join(", ");
}

function cardWords(body: string): string {
  const card = readCardWords(body);
  if (card === undefined) return short(body);
  const { active, newestSuccess, untold } = card;
  return [
    active === null ? "free" : `taken by ${active.id} (${slotWords(active.slot)})`,
    `${card.runs.length} runs`,
    newestSuccess === null ? "no success" : `newest success ${newestSuccess.id}`,
    card.failuresInARow === 0 ? "" : `${card.failuresInARow} failures in a row`,
    `judged until ${clock(card.judgedUntil)}`,
    untold.length === 0 ? "" : `untold ${untold.map(({ slot }) => clock(slot)).join(" ")}`,
    card.leftAt === null ? "" : `left at ${clock(card.leftAt)}`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

const TOLD = ["run", "slot", "state", "code", "jobId", "seq", "why", "step", "newestSuccess", "isOverdue", "running"];

function eventWords(event: LogEvent): string {
  const fields = TOLD.flatMap((field) => {
    const value = event[field];
    return value === undefined || value === null ? [] : [`${field} ${String(value)}`];
  });
  const message = [event.message, event.problem].find((value) => typeof value === "string");
  return short([event.event, ...fields, ...(typeof message === "string" ? [message] : [])].join(", "));
}
