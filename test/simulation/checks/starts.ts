import type { MakeCheck } from "../check.ts";
import { clock, MINUTE } from "./spans.ts";

type Reserved = {
  readonly hsm: string;
  readonly at: number;
  readonly startedAt: number;
  readonly key: string | null;
  readonly trigger: string;
};

/** Reservations by the app, as they took effect. */
function watchReservations() {
  const runs = new Map<string, Reserved>();
  const see: NonNullable<ReturnType<MakeCheck>["see"]> = (fact, _view, change) => {
    const active = change?.kind === "state" && change.host !== null ? change.after?.active : undefined;
    if (!active || runs.has(active.id)) return [];
    const { startedAt, key, trigger } = active;
    runs.set(active.id, { hsm: change?.hsm ?? "", at: fact.at, startedAt, key, trigger });
    return [active.id];
  };
  return { runs, see };
}

/** Invariant 2. */
export const acceptedStart: MakeCheck = () => {
  const { runs, see } = watchReservations();
  const recorded = new Set<string>();
  const accepted = new Map<string, number>();
  return {
    name: "a start answered 202 is never lost",
    see(fact, view, change) {
      see(fact, view, change);
      if (change?.kind === "record") recorded.add(change.run);
      if (fact.kind !== "requestAnswered" || fact.post === null || fact.status !== 202) return [];
      const { run } = fact;
      if (run === null) return [`POST ${fact.post.number} was answered 202 without a run`];
      accepted.set(run, fact.at);
      if (runs.get(run)?.trigger === "schedule") return [`${run} was answered 202, and a timer started it`];
      return runs.has(run) || recorded.has(run) ? [] : [`${run} was answered 202 and never reserved`];
    },
    atEnd: (view) =>
      [...accepted].flatMap(([run, at]) => {
        const reserved = runs.get(run);
        if (reserved === undefined || view.ledger.stateLostAt(reserved.hsm) >= reserved.at) return [];
        const isThere = recorded.has(run) || view.ledger.states.get(reserved.hsm)?.active?.id === run;
        return isThere ? [] : [`${run}, answered 202 at ${clock(at)}, is neither active nor recorded`];
      }),
  };
};

type Post = { readonly hsm: string; readonly host: number; status: number | null; run: string | null };

/**
 * Invariant 2. The id of a refused start is named nowhere: so each manual run needs a POST to the host that reserved it, which
 * was answered with this run, wasn't answered, or was answered 5xx.
 */
export const refusedStart: MakeCheck = () => {
  const { see } = watchReservations();
  const posts = new Map<number, Post>();
  const starters = new Map<string, readonly Post[]>();
  const canStart = ({ status, run }: Post, id: string): boolean =>
    status === null || status >= 500 || (status === 202 && run === id);
  return {
    name: "a start answered 409 never ran and left no trace",
    see(fact, view, change) {
      if (fact.kind === "postSent") posts.set(fact.post, { hsm: fact.hsm, host: fact.host, status: null, run: null });
      if (fact.kind === "requestAnswered" && fact.post !== null) {
        const post = posts.get(fact.post.number);
        if (post === undefined) return [];
        post.status = fact.status;
        post.run = fact.run;
        const orphans = [...starters].filter(
          ([run, of]) => of.includes(post) && !of.some((each) => canStart(each, run)),
        );
        for (const [run] of orphans) starters.delete(run);
        return orphans.flatMap(([run]) =>
          // The answer may name a run from a state that was restored meanwhile.
          view.ledger.stateLostAt(post.hsm) >= fact.at - 10 * MINUTE
            ? []
            : [`${run} of ${post.hsm} runs, and its POST ${fact.post?.number} was answered ${post.status}`],
        );
      }
      return see(fact, view, change).flatMap((run) => {
        const active = change?.kind === "state" ? change.after?.active : undefined;
        if (change?.kind !== "state" || active?.trigger !== "manual" || active.seq > 0) return [];
        const of = [...posts.values()].filter(
          (post) => post.hsm === change.hsm && post.host === change.host && canStart(post, run),
        );
        starters.set(run, of);
        return of.length > 0 ? [] : [`${run} of ${change.hsm} was reserved, and every POST has another answer`];
      });
    },
  };
};

/** The keys are in the state alone: they are lost with it. */
export const oneKey: MakeCheck = () => {
  const { runs, see } = watchReservations();
  const byKey = new Map<string, string>();
  const answered = new Map<string, string>();
  return {
    name: "one Idempotency-Key, one run",
    see(fact, view, change) {
      const isSecond = (older: string | undefined, newer: string): boolean => {
        const [a, b] = [runs.get(older ?? ""), runs.get(newer)];
        if (a === undefined || b === undefined || older === newer) return false;
        const isYoung = Math.abs(b.startedAt - a.startedAt) < view.deadline - 2 * view.largestSkew;
        return isYoung && view.ledger.stateLostAt(a.hsm) < Math.min(a.at, b.at);
      };
      const wrong = see(fact, view, change).flatMap((run) => {
        const key = runs.get(run)?.key;
        if (key == null) return [];
        const older = byKey.get(key);
        byKey.set(key, run);
        return isSecond(older, run) ? [`${older} and ${run} were started with one key`] : [];
      });
      if (fact.kind !== "requestAnswered" || !fact.post?.key || fact.run === null) return wrong;
      const { key, hsm } = fact.post;
      const name = `${hsm} ${key}`;
      const older = answered.get(name);
      if (fact.status === 409)
        return older === fact.run ? refusedOwn(view.ledger.stateLostAt(hsm), name, fact.run) : [];
      if (fact.status !== 202) return wrong;
      answered.set(name, fact.run);
      return isSecond(older, fact.run) ? [`key ${name} was answered with ${older} and with ${fact.run}`] : wrong;

      function refusedOwn(lostAt: number, of: string, run: string): readonly string[] {
        const own = runs.get(run);
        const isYoung = own !== undefined && fact.at - own.startedAt < view.deadline - view.largestSkew - 4 * MINUTE;
        return isYoung && lostAt < own.at ? [`key ${of} was refused with ${run}, which is its own`] : [];
      }
    },
  };
};
