import { MINUTE } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import { type About, FORBIDDEN, type Refused, type Service, someOutage, someReadOnly } from "./call-failures.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { Stage } from "./stage.ts";

/** The tokens that one process has cached: until when each audience's is good. */
export type Tokens = Map<string, number>;

/** `hangs`: no answer at all, until the call's time is up. */
export type Refusal = { readonly refused: Refused; readonly target: string | null; readonly hangs: boolean };

export type Outages = {
  /** Why a call that arrives now is refused before it does anything; undefined where it isn't. */
  readonly refusalOf: (about: About, tokens: Tokens) => Refusal | undefined;
  readonly isUp: (service: Service) => boolean;
  /** Whether messages are delivered: the queue may be up, and take what is sent, while no host listens. */
  readonly isDelivering: () => boolean;
};

type Outage = {
  readonly kind: FaultKind;
  readonly refuses: (about: About) => boolean;
  readonly refused: Refused;
  readonly hangs: boolean;
};

const KINDS = new Set<FaultKind>([
  "queueDown",
  "queueStalled",
  "ledgerDown",
  "ledgerReadOnly",
  "hsmUnreachable",
  "backupStorageDown",
  "identityDown",
  "rolesMissing",
  "ledgerDeleted",
]);
/** Outages last from a minute to two and a half hours, short ones more often. */
const LONGEST_MINUTES = 150;
const LONGEST_WITHOUT_LEDGER = 60;
const HANGING_SHARE = 0.3;
const SALT = 11;

/** Services that fail for minutes to hours, all of them healthy again when the faults stop. */
export function makeOutages(stage: Stage, ledger: SimulatedLedger): Outages {
  const { faults, timeline, shape } = stage;
  const current = new Set<Outage>();

  function begin(fault: PlannedFault): void {
    const isLedgerDeleted = fault.kind === "ledgerDeleted";
    // A container that is gone can't be deleted again.
    if (isLedgerDeleted && [...current].some(({ kind }) => kind === "ledgerDeleted")) return;
    const outage = outageOf(fault, shape.hsms);
    const longest = isLedgerDeleted ? LONGEST_WITHOUT_LEDGER : LONGEST_MINUTES;
    const minutes = longest ** fault.sizes[0];
    faults.strike(fault, `${outage.what}, for ${minutes.toFixed(1)} min`);
    current.add(outage);
    if (isLedgerDeleted) ledger.deleteContainer();
    timeline.at(Math.min(timeline.now() + minutes * MINUTE, shape.faultsStopAt), () => {
      current.delete(outage);
      if (isLedgerDeleted) ledger.makeContainer();
    });
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => begin(fault));

  const identityRefusal = (about: About, tokens: Tokens): Refusal | undefined => {
    const audience = audienceOf(about.service, shape.isHostStorageByIdentity);
    if (audience === undefined || (tokens.get(audience) ?? 0) > timeline.now()) return undefined;
    const down = [...current].find(({ kind }) => kind === "identityDown");
    if (down !== undefined) return { refused: down.refused, target: "identity", hangs: down.hangs };
    tokens.set(audience, timeline.now() + (20 + 40 * timeline.noise(SALT)) * MINUTE);
    return undefined;
  };

  return {
    refusalOf: (about, tokens) => {
      const byIdentity = identityRefusal(about, tokens);
      if (byIdentity !== undefined || current.size === 0) return byIdentity;
      for (const { refuses, refused, hangs } of current) if (refuses(about)) return { refused, target: null, hangs };
      return undefined;
    },
    isUp: (service) => {
      for (const { kind } of current) if (kind === DOWN[service]) return false;
      return true;
    },
    isDelivering: () => {
      for (const { kind } of current) if (kind === "queueDown" || kind === "queueStalled") return false;
      return true;
    },
  };
}

const DOWN: Readonly<Record<Service, FaultKind>> = {
  ledger: "ledgerDown",
  queue: "queueDown",
  backupStorage: "backupStorageDown",
  hsm: "hsmUnreachable",
};

function audienceOf(service: Service, isHostStorageByIdentity: boolean): string | undefined {
  if (service === "hsm") return "hsm";
  return service === "backupStorage" || isHostStorageByIdentity ? "storage" : undefined;
}

function outageOf({ kind, sizes }: PlannedFault, hsms: readonly string[]): Outage & { readonly what: string } {
  const [, which, how, manner] = sizes;
  const hsm = pick(hsms, which);
  const hangs = manner < HANGING_SHARE && kind !== "rolesMissing" && kind !== "ledgerReadOnly";
  const refused = someOutage(how);
  const words = hangs ? "answers nothing" : refused.code;
  switch (kind) {
    case "queueDown":
      return { kind, hangs, refused, refuses: ({ service }) => service === "queue", what: `the queue: ${words}` };
    case "queueStalled":
      return { kind, hangs, refused, refuses: () => false, what: "no host listens to the queue" };
    case "ledgerDown":
      return { kind, hangs, refused, refuses: ({ service }) => service === "ledger", what: `the ledger: ${words}` };
    case "ledgerReadOnly": {
      const written = someReadOnly(how);
      const what = `the ledger can only be read: ${written.code}`;
      return { kind, hangs, refused: written, refuses: ({ verb }) => verb === "writeBlob", what };
    }
    case "hsmUnreachable":
      return { kind, hangs, refused, refuses: (about) => about.hsm === hsm, what: `${hsm}: ${words}` };
    case "backupStorageDown": {
      const what = `the backup storage: ${words}`;
      return { kind, hangs, refused, refuses: ({ service }) => service === "backupStorage", what };
    }
    case "identityDown":
      return { kind, hangs, refused, refuses: () => false, what: `no new tokens: ${words}` };
    case "rolesMissing":
      return { kind, hangs, refused: FORBIDDEN, ...rolesMissing(hsm, how) };
    default:
      return { kind, hangs, refused, refuses: () => false, what: "the ledger's container is gone" };
  }
}

function rolesMissing(hsm: string, how: number): Pick<Outage, "refuses"> & { readonly what: string } {
  if (how < 0.4) return { refuses: (about) => about.hsm === hsm, what: `no role on ${hsm}` };
  if (how < 0.8)
    return { refuses: ({ service }) => service === "backupStorage", what: "no role on the backup storage" };
  return {
    refuses: ({ service }) => service === "ledger" || service === "queue",
    what: "no role on the host's storage",
  };
}
