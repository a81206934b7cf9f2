import { FAULT_KINDS, type FaultKind } from "./fault-kinds.ts";
import type { PlannedFault } from "./fault-plan.ts";

/** Which of the drawn faults may take effect; all, where nothing is said. */
export type FaultFilter = {
  readonly only?: ReadonlySet<number> | undefined;
  readonly kinds?: ReadonlySet<FaultKind> | undefined;
};

/** What a fault may strike. */
export type Occasion = {
  /** Describes it. */
  readonly what: (fault: PlannedFault) => string;
  readonly fits?: (fault: PlannedFault) => boolean;
  /** How many fitting occasions a fault skips first. */
  readonly passes?: (fault: PlannedFault) => number;
  /** A fault that finds no occasion within this many milliseconds never strikes. */
  readonly lapses?: number;
};

/** The faults of a world: those that wait for an occasion, and what has struck. */
export type FaultBook = {
  /**
   * Removes and returns the first fault of these kinds that is due and fits this occasion; the caller applies it to the
   * world.
   */
  readonly take: (kinds: ReadonlySet<FaultKind>, occasion: Occasion) => PlannedFault | undefined;
  /** Faults of these kinds, each to happen at its own time; `strike` notes that it did. */
  readonly timed: (kinds: ReadonlySet<FaultKind>) => readonly PlannedFault[];
  readonly strike: (fault: PlannedFault, what: string) => void;
  readonly struck: () => readonly number[];
  readonly counts: () => Readonly<Record<FaultKind, number>>;
  readonly isOpen: () => boolean;
  /** No fault strikes after this. */
  readonly close: () => void;
};

export type FaultBookOptions = FaultFilter & {
  readonly now: () => number;
  readonly onStrike: (fault: PlannedFault, what: string) => void;
};

export function faultBook(plan: readonly PlannedFault[], { only, kinds, now, onStrike }: FaultBookOptions): FaultBook {
  const effective = plan.filter(({ number, kind }) => (only?.has(number) ?? true) && (kinds?.has(kind) ?? true));
  const counts = noFaults();
  const struck: number[] = [];
  const waiting = new Map<ReadonlySet<FaultKind>, PlannedFault[]>();
  let isOpen = true;

  const waitingOf = (of: ReadonlySet<FaultKind>): PlannedFault[] => {
    const known = waiting.get(of);
    if (known !== undefined) return known;
    const faults = effective.filter(({ kind }) => of.has(kind));
    waiting.set(of, faults);
    return faults;
  };
  const passed = new Map<number, number>();
  const isPassing = (fault: PlannedFault, passes: (fault: PlannedFault) => number): boolean => {
    const left = passed.get(fault.number) ?? passes(fault);
    passed.set(fault.number, left - 1);
    return left > 0;
  };
  const strike = (fault: PlannedFault, what: string): void => {
    counts[fault.kind] += 1;
    struck.push(fault.number);
    onStrike(fault, what);
  };

  return {
    take: (of, { what, fits = () => true, passes = () => 0, lapses = Number.POSITIVE_INFINITY }) => {
      if (!isOpen) return undefined;
      const faults = waitingOf(of);
      while (faults[0] !== undefined && faults[0].at < now() - lapses) faults.shift();
      for (const [index, fault] of faults.entries()) {
        if (fault.at > now()) return undefined;
        if (!fits(fault) || isPassing(fault, passes)) continue;
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
