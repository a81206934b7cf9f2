import { type Card, REMEMBERED_RUNS, summarize } from "../../backup/card.ts";
import { type EndedRun, isEnded } from "../../backup/run.ts";
import { type Facts, type Finding, lost, wrong } from "./facts.ts";

/** Every card against the records of its HSM. */
export function compareCards({ hsms, cards, records }: Facts): readonly Finding[] {
  const missing = hsms.filter((hsm) => !cards.some((card) => card.hsm === hsm));
  return [
    ...missing.map((hsm) => wrong(`${hsm} has no card`)),
    ...cards.flatMap((card) =>
      compareCard(
        card,
        records.filter(isEnded).filter(({ hsm }) => hsm === card.hsm),
      ),
    ),
  ];
}

function compareCard(card: Card, ended: readonly EndedRun[]): readonly Finding[] {
  const name = `the card of ${card.hsm}`;
  const findings: Finding[] = [];
  if (card.active !== null) findings.push(lost(`run ${card.active.id} of ${card.hsm} is still on its card`));
  for (const summary of card.runs) {
    const record = ended.find(({ id }) => id === summary.id);
    if (record === undefined) findings.push(wrong(`${name} knows an end of run ${summary.id} that no record has`));
    else if (!isSame(summary, record))
      findings.push(wrong(`${name} tells run ${summary.id} otherwise than its record`));
  }
  const ids = card.runs.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index)))
    findings.push(wrong(`${name} counts run ${id} twice`));
  for (const { id } of ended.filter((run) => !isRemembered(card, run)))
    findings.push(wrong(`${name} does not know of the end of run ${id}`));
  return [...findings, ...compareSums(card, ended, name)];
}

function compareSums(card: Card, ended: readonly EndedRun[], name: string): readonly Finding[] {
  const findings: Finding[] = [];
  const newest = ended
    .filter(({ state }) => state === "Succeeded")
    .reduce<EndedRun | null>((a, b) => (a === null || b.startedAt > a.startedAt ? b : a), null);
  if ((card.newestSuccess?.id ?? null) !== (newest?.id ?? null))
    findings.push(wrong(`${name} has ${card.newestSuccess?.id} for its newest success, the records ${newest?.id}`));
  const failures = card.runs.findIndex(({ state }) => state === "Succeeded");
  const isCountRight = failures === -1 ? card.failuresInARow >= card.runs.length : card.failuresInARow === failures;
  if (!isCountRight)
    findings.push(wrong(`${name} counts ${card.failuresInARow} failures in a row, its runs ${failures}`));
  const keys = card.runs.flatMap(({ key }) => key ?? []);
  if (new Set(keys).size !== keys.length) findings.push(wrong(`${name} has two runs of one Idempotency-Key`));
  return findings;
}

const isSame = (summary: Card["runs"][number], record: EndedRun): boolean =>
  JSON.stringify(sorted(summary)) === JSON.stringify(sorted(summarize(record, summary.key)));

const sorted = (fields: object): readonly (readonly [string, unknown])[] =>
  Object.entries(fields).toSorted(([a], [b]) => a.localeCompare(b));

/** On the card, or older than all that a full card remembers. */
function isRemembered({ runs }: Card, { id, endedAt }: EndedRun): boolean {
  const oldest = runs.length < REMEMBERED_RUNS ? undefined : runs.map((run) => run.endedAt).toSorted()[0];
  return runs.some((run) => run.id === id) || (oldest !== undefined && endedAt <= oldest);
}
