import type { Check, Fact, FaultKind, MakeCheck, View, Violation, WorldReport } from "./facts.ts";

type WithoutTime<F> = F extends unknown ? Omit<F, "at"> : never;
/** A fact that takes effect now. */
export type News = WithoutTime<Fact>;

/** Sees everything that takes effect, shows it to the checks, and keeps what the report needs. */
export type Witness = {
  readonly tell: (news: News) => void;
  /** A violation that the world itself has seen. */
  readonly complain: (check: string, what: string) => void;
  /** More violations would say nothing new. */
  readonly hasEnough: () => boolean;
  readonly end: () => void;
  readonly seen: () => Pick<WorldReport, "violations" | "runs" | "jobs" | "mostMessages" | "facts">;
};

export type WitnessOptions = {
  readonly now: () => number;
  readonly makeChecks: readonly MakeCheck[];
  readonly view: View;
  readonly keepFacts: boolean;
  readonly newestFault: () => FaultKind | null;
};

/** More of them say nothing new. */
const MOST_VIOLATIONS = 50;
const RECORDS = "runs/";

export function makeWitness({ now, makeChecks, view, keepFacts, newestFault }: WitnessOptions): Witness {
  const checks = makeChecks.map((make) => make());
  const seeing = checks.filter(({ see }) => see !== undefined);
  const violations: Violation[] = [];
  const facts: Fact[] = [];
  const records = new Set<string>();
  let jobs = 0;
  let most: WorldReport["mostMessages"] = { count: 0, run: "", fault: null };

  const complain = (check: string, what: string): void => {
    if (violations.length < MOST_VIOLATIONS) violations.push({ check, at: now(), what });
  };
  function judge({ name }: Check, found: readonly string[] | undefined): void {
    for (const what of found ?? []) complain(name, what);
  }

  function count(news: News): void {
    if (news.kind === "blobWritten" && news.name.startsWith(RECORDS)) records.add(news.name);
    if (news.kind === "jobAccepted" && news.by !== "tool") jobs += 1;
    if (news.kind === "messageSent") {
      const atOneTime = view.messages.filter(({ run }) => run === news.run).length;
      if (atOneTime > most.count) most = { count: atOneTime, run: news.run, fault: newestFault() };
    }
  }

  return {
    tell: (news) => {
      const fact: Fact = { at: now(), ...news };
      count(news);
      if (keepFacts) facts.push(fact);
      for (const check of seeing) judge(check, check.see?.(fact, view));
    },
    complain,
    hasEnough: () => violations.length >= MOST_VIOLATIONS,
    end: () => {
      for (const check of checks) judge(check, check.atEnd?.(view));
    },
    seen: () => ({ violations, runs: records.size, jobs, mostMessages: most, facts }),
  };
}
