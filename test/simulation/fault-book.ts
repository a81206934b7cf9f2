import { FAULT_KINDS, type FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";

/** Which of the drawn faults may take effect; all, where nothing is said. */
export type FaultFilter = {
  readonly only?: ReadonlySet<number> | undefined;
  readonly kinds?: ReadonlySet<FaultKind> | undefined;
};

/** The faults of a world: those that wait for an occasion, and what has struck. */
export type FaultBook = {
  /**
   * The first fault of these kinds whose time has come and that fits this occasion, taken out and told with `what`; the
   * caller does to the world what it means. `fits` may count the occasions that it lets pass; `lapses`: after so many
   * milliseconds without an occasion it strikes no more.
   */
  readonly take: (
    kinds: ReadonlySet<FaultKind>,
    fits: (fault: PlannedFault) => boolean,
    what: (fault: PlannedFault) => string,
    lapses?: number,
  ) => PlannedFault | undefined;
  /** Faults of these kinds, each to happen at its own time; `strike` tells that it did. */
  readonly timed: (kinds: ReadonlySet<FaultKind>) => readonly PlannedFault[];
  readonly strike: (fault: PlannedFault, what: string) => void;
  readonly struck: () => readonly number[];
  readonly counts: () => Readonly<Record<FaultKind, number>>;
  readonly newest: () => FaultKind | null;
  readonly isOpen: () => boolean;
  /** From now on nothing strikes any more. */
  readonly close: () => void;
};

export type FaultBookOptions = FaultFilter & {
  readonly now: () => number;
  readonly told: (fault: PlannedFault, what: string) => void;
};

export function faultBook(plan: readonly PlannedFault[], { only, kinds, now, told }: FaultBookOptions): FaultBook {
  const effective = plan.filter(({ number, kind }) => (only?.has(number) ?? true) && (kinds?.has(kind) ?? true));
  const counts = noFaults();
  const struck: number[] = [];
  const waiting = new Map<ReadonlySet<FaultKind>, PlannedFault[]>();
  let newest: FaultKind | null = null;
  let isOpen = true;

  const waitingOf = (of: ReadonlySet<FaultKind>): PlannedFault[] => {
    const known = waiting.get(of);
    if (known !== undefined) return known;
    const faults = effective.filter(({ kind }) => of.has(kind));
    waiting.set(of, faults);
    return faults;
  };
  const strike = (fault: PlannedFault, what: string): void => {
    counts[fault.kind] += 1;
    struck.push(fault.number);
    newest = fault.kind;
    told(fault, what);
  };

  return {
    take: (of, fits, what, lapses = Number.POSITIVE_INFINITY) => {
      if (!isOpen) return undefined;
      const faults = waitingOf(of);
      while (faults[0] !== undefined && faults[0].at < now() - lapses) faults.shift();
      for (let index = 0; index < faults.length; index++) {
        const fault = faults[index];
        if (fault === undefined || fault.at > now()) return undefined;
        if (!fits(fault)) continue;
        faults.splice(index, 1);
        strike(fault, what(fault));
        return fault;
      }
      return undefined;
    },
    timed: (of) => effective.filter(({ kind }) => of.has(kind)),
    strike,
    struck: () => struck,
    counts: () => counts,
    newest: () => newest,
    isOpen: () => isOpen,
    close: () => {
      isOpen = false;
    },
  };
}

/** A count of each kind, all zero. */
export function noFaults(): Record<FaultKind, number> {
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0]));
  if (!hasEveryKind(counts)) throw new Error("A kind of fault has no count.");
  return counts;
}

const hasEveryKind = (counts: Readonly<Record<string, number>>): counts is Record<FaultKind, number> =>
  FAULT_KINDS.every((kind) => counts[kind] === 0);
