import { MINUTE } from "../../../backup/model/instant.ts";
import type { Damage } from "../facts.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { QueuedMessage, SimulatedQueue } from "./simulated-queue.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "recordDamaged",
  "recordDeleted",
  "stateDamaged",
  "stateDeleted",
  "statePutBack",
  "foreignMessage",
  "queuePurged",
]);
/** Where there is nothing yet to damage. */
const TRY_AGAIN = MINUTE;
/** Of the damaged states, those that are another tool's file beside the states. */
const NOTE_SHARE = 0.1;
const NOTE = "hsms/read-me.txt";

/** What people and other tools do to the ledger and the queue by mistake. */
export function runDamage({ faults, timeline, shape }: Stage, ledger: SimulatedLedger, queue: SimulatedQueue): void {
  function strike(fault: PlannedFault): void {
    if (!faults.isOpen()) return;
    if (fault.kind === "queuePurged") {
      faults.strike(fault, `${queue.messages().length} messages`);
      queue.purge();
    } else if (fault.kind === "foreignMessage") {
      const body = foreignBody(fault, queue.messages(), shape.hsms);
      faults.strike(fault, JSON.stringify(body));
      queue.putForeign(body);
    } else {
      damage(fault);
    }
  }
  function damage(fault: PlannedFault): void {
    if (fault.kind === "stateDamaged" && fault.sizes[3] < NOTE_SHARE) {
      faults.strike(fault, NOTE);
      ledger.damage(NOTE, "Don't delete.", "foreign");
      return;
    }
    const name = nameOf(fault, ledger.texts, shape.hsms);
    const text = name === undefined ? undefined : ledger.texts.get(name);
    if (name === undefined || text === undefined) {
      timeline.after(TRY_AGAIN, () => strike(fault));
      return;
    }
    const [body, how] = replacement(fault, text, ledger.copiesOf(name));
    faults.strike(fault, name);
    ledger.damage(name, body, how);
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => strike(fault));
}

function nameOf({ kind, sizes }: PlannedFault, texts: ReadonlyMap<string, string>, hsms: readonly string[]) {
  const hsm = pick(hsms, sizes[0]);
  if (kind !== "recordDamaged" && kind !== "recordDeleted") return `hsms/${hsm}.json`;
  const records = [...texts.keys()].filter((name) => name.startsWith(`runs/${hsm}/`));
  return records.length === 0 ? undefined : pick(records, sizes[1]);
}

function replacement({ kind, sizes }: PlannedFault, text: string, copies: readonly string[]): [string | null, Damage] {
  if (kind === "recordDeleted" || kind === "stateDeleted") return [null, "deleted"];
  if (kind === "statePutBack") return [copies.length === 0 ? text : pick(copies, sizes[2]), "putBack"];
  // Damage to what a newer version wrote is judged by its version first.
  return [garbage(text.replace('"schemaVersion":2', '"schemaVersion":1'), sizes[2]), "garbage"];
}

/** Bytes that make no record and no state. */
const garbage = (text: string, size: number): string =>
  pick(
    [
      "",
      "{ garbage",
      text.slice(0, text.length / 2),
      '{"schemaVersion":1}',
      "null",
      text.replace(/"hsm":"\w+"/, '"hsm":"another"'),
      text.replace(/managedhsm\.azure\.net/, "example.com").replace(/"runs":\[/, '"runs":[7,'),
    ],
    size,
  );

/** What another tool sends, or an operator who sends a message again with another number. */
function foreignBody(
  { sizes: [which, , how] }: PlannedFault,
  messages: readonly QueuedMessage[],
  hsms: readonly string[],
) {
  const own = messages.filter(({ run }) => run !== null);
  const body = own.length === 0 ? {} : pick(own, how).body;
  const known = typeof body === "object" ? body : {};
  const run = "20261122T020000Z-1-zzzzzzzz";
  return pick<unknown>(
    [
      "hello",
      null,
      { schemaVersion: 1 },
      { schemaVersion: 3, hsm: pick(hsms, how), run, seq: 0 },
      { schemaVersion: 1, hsm: "unknown", run, seq: 0 },
      { schemaVersion: 1, hsm: pick(hsms, how), run, seq: 0 },
      { ...known, seq: 0 },
      { ...known, seq: 1_000 },
    ],
    which,
  );
}
