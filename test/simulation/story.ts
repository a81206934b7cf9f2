import type { WorldReport } from "./check.ts";
import { clock } from "./checks/spans.ts";
import { factWords, type SentMessage } from "./story-words.ts";

/** How much of what came before a violation of no run is shown. */
const BEFORE_VIOLATION = 2 * 60 * 60_000;
const AFTER_VIOLATION = 60_000;
const RUN_ID = /\b\d{8}T\d{6}Z-(?:m|[1-9]\d{0,3})-[a-z0-9]{8}\b/;

export type StoryOptions = { readonly all?: boolean };

/**
 * Who did what, when (UTC of the world), in the words of the design, one line a fact; each violation is in its place,
 * marked with `!!!`. Shows the first violation's run or HSM; with `all`, everything. The same report gives the same text.
 */
export function story(report: WorldReport, { all = false }: StoryOptions = {}): string {
  const { seed, violations, facts } = report;
  const sent = facts.flatMap((fact) => (fact.kind === "messageSent" ? [[fact.id, fact] as const] : []));
  const messages = new Map<string, SentMessage>(sent);
  const lines = facts.map((fact) => ({ at: fact.at, text: factWords(fact, (id) => messages.get(id)) }));
  const shown = all ? lines : lines.filter(isAbout(report));
  const marked = violations.map(({ at, check, what }) => ({ at, text: `!!! ${check}: ${what}` }));
  const sorted = [...shown, ...marked].toSorted((a, b) => a.at - b.at).map(({ at, text }) => `${clock(at)} ${text}`);
  const count = `${violations.length} ${violations.length === 1 ? "violation" : "violations"}`;
  return [`seed ${seed}: ${count}; ${shown.length} of ${lines.length} facts`, ...sorted, ""].join("\n");
}

type Line = { readonly at: number; readonly text: string };

/** Whether a line is of the first violation's run, or of its HSM or the whole world and of no other run. */
function isAbout({ violations: [first], facts }: WorldReport): (line: Line) => boolean {
  if (first === undefined) return () => true;
  const run = RUN_ID.exec(first.what)?.[0];
  const hsms = [...new Set(facts.flatMap((fact) => (fact.kind === "hostStarted" ? fact.settings.hsms : [])))];
  const own = hsms.find((hsm) =>
    facts.some((fact) => "hsm" in fact && fact.hsm === hsm && "run" in fact && fact.run === run),
  );
  const hsm = own ?? hsms.find((name) => first.what.includes(name));
  const others = hsms.filter((name) => name !== hsm);
  return ({ at, text }) => {
    if (at < first.at - BEFORE_VIOLATION || at > first.at + AFTER_VIOLATION) return false;
    if (run !== undefined && RUN_ID.test(text)) return text.includes(run);
    return hsm === undefined || !others.some((name) => text.includes(name)) || text.includes(hsm);
  };
}
