import { MINUTE } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import { pick } from "./random.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { SimulatedQueue } from "./simulated-queue.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "recordDamaged",
  "recordDeleted",
  "cardDamaged",
  "cardDeleted",
  "cardPutBack",
  "queuePurged",
]);
/** Where there is nothing yet to lay hands on. */
const TRY_AGAIN = MINUTE;
/** Of the damaged records, those of a run that hasn't ended: it is the one that matters. */
const UNENDED_SHARE = 0.7;
const BARE_SHARE = 0.5;
const UNENDED = /"state":"(Starting|InProgress)"/;

/** What people and other tools do to the ledger and the queue by mistake. */
export function layHands({ faults, timeline, shape }: Stage, ledger: SimulatedLedger, queue: SimulatedQueue): void {
  const hit = (fault: PlannedFault): void => {
    if (!faults.isOpen()) return;
    if (fault.kind === "queuePurged") {
      faults.strike(fault, `${queue.messages().length} messages`);
      queue.purge();
      return;
    }
    const name = chosen(fault, ledger.texts, shape.hsms);
    const text = name === undefined ? undefined : ledger.texts.get(name);
    if (name === undefined || text === undefined) {
      timeline.after(TRY_AGAIN, () => hit(fault));
      return;
    }
    faults.strike(fault, name);
    ledger.damage(name, inItsPlace(fault, name, text), fault.sizes[3] < BARE_SHARE);
  };
  function inItsPlace({ kind, sizes }: PlannedFault, name: string, text: string): string | null {
    if (kind === "recordDeleted" || kind === "cardDeleted") return null;
    if (kind !== "cardPutBack") return garbage(text, sizes[2]);
    const copies = ledger.copiesOf(name);
    return copies.length === 0 ? text : pick(copies, sizes[2]);
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => hit(fault));
}

function chosen(fault: PlannedFault, texts: ReadonlyMap<string, string>, hsms: readonly string[]): string | undefined {
  const { kind, sizes } = fault;
  const hsm = pick(hsms, sizes[0]);
  if (kind === "cardDamaged" || kind === "cardDeleted" || kind === "cardPutBack") return cardName(hsm);
  const records = [...texts].filter(([name]) => name.startsWith(recordsOf(hsm)));
  const unended = records.filter(([, text]) => UNENDED.test(text));
  const among = sizes[1] < UNENDED_SHARE ? unended : records;
  return among.length === 0 ? undefined : pick(among, sizes[1] / (sizes[1] < UNENDED_SHARE ? UNENDED_SHARE : 1))[0];
}

/** Bytes that make no record and no card. */
const garbage = (text: string, size: number): string =>
  pick(
    [
      "",
      "{ garbage",
      text.slice(0, text.length / 2),
      '{"schemaVersion":1}',
      "null",
      text.replace(/"hsm":"\w+"/, '"hsm":"another"'),
    ],
    size,
  );
