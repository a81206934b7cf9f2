import type { Check, MakeCheck, View, Violation, WorldReport } from "./check.ts";
import { ledgerModel } from "./checks/ledger-model.ts";
import type { Fact, FactBody, HostSettings } from "./facts.ts";

/** Keeps what takes effect, shows it to the checks, and counts what the report needs. */
export type History = {
  readonly emit: (fact: FactBody) => void;
  /** A violation that the world itself has seen. */
  readonly complain: (check: string, what: string) => void;
  /** More violations would say nothing new. */
  readonly hasEnough: () => boolean;
  /** Asks every check for what is wrong at the end. */
  readonly end: () => void;
  readonly seen: () => Pick<WorldReport, "violations" | "runs" | "jobs" | "mostMessages" | "facts">;
};

export type HistoryOptions = {
  readonly now: () => number;
  readonly makeChecks: readonly MakeCheck[];
  readonly keepFacts: boolean;
  readonly messagesOf: (run: string) => number;
  /** The view, but for what is folded here. */
  readonly world: Omit<View, "ledger" | "hosts">;
};

const MOST_VIOLATIONS = 50;

export function makeHistory({ now, makeChecks, keepFacts, messagesOf, world }: HistoryOptions): History {
  const ledger = ledgerModel();
  const hosts = new Map<number, HostSettings>();
  const view: View = Object.assign(world, { ledger, hosts });
  const checks = makeChecks.map((make) => make());
  const seeing = checks.filter(({ see }) => see !== undefined);
  const violations: Violation[] = [];
  const facts: Fact[] = [];
  const runs = new Set<string>();
  let jobs = 0;
  let mostMessages: WorldReport["mostMessages"] = { count: 0, run: "" };

  const complain = (check: string, what: string): void => {
    if (violations.length < MOST_VIOLATIONS) violations.push({ check, at: now(), what });
  };
  function note({ name }: Check, found: readonly string[] | undefined): void {
    for (const what of found ?? []) complain(name, what);
  }

  return {
    emit: (body) => {
      const fact: Fact = { at: now(), ...body };
      if (keepFacts) facts.push(fact);
      if (fact.kind === "hostStarted") hosts.set(fact.host, fact.settings);
      const change = ledger.see(fact);
      if (change?.kind === "state" && change.host !== null && change.after?.active) runs.add(change.after.active.id);
      if (fact.kind === "jobAccepted" && fact.by !== "tool") jobs += 1;
      if (fact.kind === "messageSent") {
        const count = messagesOf(fact.run);
        if (count > mostMessages.count) mostMessages = { count, run: fact.run };
      }
      for (const check of seeing) note(check, check.see?.(fact, view, change));
    },
    complain,
    hasEnough: () => violations.length >= MOST_VIOLATIONS,
    end: () => {
      for (const check of checks) note(check, check.atEnd?.(view));
    },
    seen: () => ({ violations, runs: runs.size, jobs, mostMessages, facts }),
  };
}
