import { blobNameOf } from "./checks/ledger-words.ts";
import { clock, minutes } from "./checks/words.ts";
import type { Fact, Violation, WorldReport } from "./facts.ts";
import { factWords, type SentWords } from "./story-words.ts";

/** How much of what came before the violating run's first fact, or before a violation of no run, is told. */
const BEFORE_RUN = 5 * 60_000;
const BEFORE_VIOLATION = 2 * 60 * 60_000;
/** And of what came after the last violation. */
const AFTER_VIOLATION = 60_000;
/** From so many on, neighbouring lines that say nothing of themselves are folded into one. */
const FOLDED_FROM = 2;

export type StoryOptions = { readonly all?: boolean };

/**
 * Who did what, when (UTC of the world), in the words of the design, one line a fact; the violations stand in their
 * places behind `!!!`. Tells of the first violation's run or HSM, from a little before; with `all`, everything. The same
 * report gives the same text, byte for byte.
 */
export function story(report: WorldReport, { all = false }: StoryOptions = {}): string {
  const messages = sentOf(report.facts);
  const subject = all ? undefined : subjectOf(report, messages);
  const facts = subject === undefined ? report.facts : report.facts.filter((fact) => isAbout(subject, fact, messages));
  const lines: Line[] = [];
  const violations = report.violations.toSorted((a, b) => a.at - b.at);
  let told = 0;
  for (const fact of facts) {
    for (; (violations[told]?.at ?? Number.POSITIVE_INFINITY) < fact.at; told++) push(lines, violations[told]);
    const text = `${clock(fact.at)} ${factWords(fact, (id) => messages.get(id))}`;
    lines.push({ at: fact.at, text, fold: all ? null : foldOf(fact) });
  }
  for (const violation of violations.slice(told)) push(lines, violation);
  return [headline(report, facts.length, subject), ...folded(lines), ""].join("\n");
}

type Line = { readonly at: number; readonly text: string; readonly fold: string | null };
type Messages = ReadonlyMap<string, SentWords>;
type Subject = {
  readonly run: string | undefined;
  readonly hsm: string | undefined;
  readonly from: number;
  readonly to: number;
};

function push(lines: Line[], violation: Violation | undefined): void {
  if (violation === undefined) return;
  const { at, check, what } = violation;
  lines.push({ at, text: `${clock(at)} !!! ${check}: ${what}`, fold: null });
}

function headline(report: WorldReport, shown: number, subject: Subject | undefined): string {
  const count = report.violations.length;
  const whose = subject?.run ?? subject?.hsm;
  const of = whose === undefined ? "" : ` of ${whose}`;
  return `seed ${report.seed}: ${count} ${count === 1 ? "violation" : "violations"}; ${shown} of ${report.facts.length} facts${of}`;
}

const sentOf = (facts: readonly Fact[]): Messages =>
  new Map(facts.flatMap((fact) => (fact.kind === "messageSent" ? [[fact.id, fact] as const] : [])));

const RUN_ID = /\b\d{8}T\d{6}Z-(?:m|[1-9]\d{0,3})-[a-z0-9]{8}\b/;

/** Whom the first violation is about; undefined: nobody in particular. */
function subjectOf({ violations, facts }: WorldReport, messages: Messages): Subject | undefined {
  const [violation] = violations;
  if (violation === undefined) return undefined;
  const run = RUN_ID.exec(violation.what)?.[0];
  const first = run === undefined ? undefined : facts.find((fact) => runOf(fact, messages) === run);
  const names = new Set(facts.flatMap((fact) => hsmOf(fact, messages) ?? []));
  const words = new Set(violation.what.split(/[^a-z0-9-]+/));
  const hsm = (first && hsmOf(first, messages)) ?? [...names].find((name) => words.has(name));
  if (hsm === undefined) return undefined;
  const from = first === undefined ? violation.at - BEFORE_VIOLATION : first.at - BEFORE_RUN;
  const to = Math.max(...violations.map(({ at }) => at)) + AFTER_VIOLATION;
  return { run, hsm, from, to };
}

/** Of an HSM: its own facts, and those of the whole world. Of a run: besides, nothing of the HSM's other runs. */
function isAbout({ run, hsm, from, to }: Subject, fact: Fact, messages: Messages): boolean {
  if (fact.at < from || fact.at > to) return false;
  const factRun = runOf(fact, messages);
  if (run !== undefined && factRun !== undefined) return factRun === run;
  return (hsmOf(fact, messages) ?? hsm) === hsm;
}

function runOf(fact: Fact, messages: Messages): string | undefined {
  switch (fact.kind) {
    case "blobWritten":
    case "blobDamaged": {
      const name = blobNameOf(fact.name);
      return name.kind === "record" ? name.run : undefined;
    }
    case "messageSent":
      return fact.run;
    case "messageDelivered":
    case "messageGone":
    case "messagePoisoned":
      return messages.get(fact.id)?.run;
    case "logged":
      return typeof fact.event.run === "string" ? fact.event.run : undefined;
    case "postAnswered":
      return fact.run ?? undefined;
    default:
      return undefined;
  }
}

function hsmOf(fact: Fact, messages: Messages): string | undefined {
  switch (fact.kind) {
    case "blobWritten":
    case "blobDamaged": {
      const name = blobNameOf(fact.name);
      return name.kind === "other" ? undefined : name.hsm;
    }
    case "messageDelivered":
    case "messageGone":
    case "messagePoisoned":
      return messages.get(fact.id)?.hsm;
    case "logged":
      return typeof fact.event.hsm === "string" ? fact.event.hsm : undefined;
    default:
      return "hsm" in fact ? fact.hsm : undefined;
  }
}

/** What a line is folded as, with neighbours of any such kind. */
function foldOf(fact: Fact): string | null {
  switch (fact.kind) {
    case "timerFired":
      return "timers";
    case "healthAnswered":
      return "answers of health";
    case "logged":
      return fact.event.event === "backup.checked" ? "looks (backup.checked)" : null;
    default:
      return null;
  }
}

function folded(lines: readonly Line[]): readonly string[] {
  const told: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = lines.findIndex(({ fold }, index) => index >= at && fold === null);
    const row = lines.slice(at, end === -1 ? lines.length : end);
    told.push(...(row.length < FOLDED_FROM ? row.map(({ text }) => text) : [foldedWords(row)]));
    const next = lines[at + row.length];
    if (next !== undefined) told.push(next.text);
    at += row.length + 1;
  }
  return told;
}

function foldedWords(row: readonly Line[]): string {
  const counts = Map.groupBy(row, ({ fold }) => fold ?? "");
  const words = [...counts].map(([fold, all]) => `${all.length} ${fold}`).join(", ");
  const [first, last] = [row[0]?.at ?? 0, row.at(-1)?.at ?? 0];
  return `${clock(first)} … ${words} in ${minutes(last - first)}`;
}
