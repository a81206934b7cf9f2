import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { clock } from "./words.ts";

type Post = {
  readonly post: number;
  readonly hsm: string;
  readonly host: number;
  status: number | null;
  run: string | null;
};

/**
 * Invariant 2: "one answered 409 never runs". The id of a refused start is told to nobody; so every manual run needs a POST
 * to the host that put it on the card, which was answered with this run, not answered at all, or told that nobody knows
 * how it went (5xx).
 */
export const refusedStart: MakeCheck = () => {
  const ledger = watchLedger();
  const posts = new Map<number, Post>();
  const seen = new Set<string>();
  const owners = new Map<string, { readonly hsm: string; readonly at: number; readonly posts: readonly Post[] }>();

  const canOwn = (post: Post, run: string): boolean =>
    post.status === null || post.status >= 500 || (post.status === 202 && post.run === run);
  const words = (run: string, hsm: string, at: number, of: readonly Post[]): string =>
    `${run} of ${hsm} was put on the card at ${clock(at)}, and its POST was answered ${of.map(({ status }) => status).join(", ") || "before"}`;

  return {
    name: "a start answered 409 never runs",
    see(fact) {
      switch (fact.kind) {
        case "postSent":
          posts.set(fact.post, { post: fact.post, hsm: fact.hsm, host: fact.host, status: null, run: null });
          return [];
        case "postAnswered": {
          const post = posts.get(fact.post);
          if (post === undefined) return [];
          post.status = fact.status;
          post.run = fact.run;
          return [...owners].flatMap(([run, { hsm, at, posts: of }]) => {
            if (!of.includes(post) || of.some((each) => canOwn(each, run))) return [];
            // He looked for his run on the card after a hand had destroyed it, and took the new one.
            const isDestroyed = ledger.cardLostAt(hsm) >= at;
            owners.delete(run);
            return isDestroyed ? [] : [words(run, hsm, at, of)];
          });
        }
        default: {
          const change = ledger.see(fact);
          const active = change?.kind === "card" ? change.card?.active : undefined;
          if (!active || fact.kind !== "blobWritten" || seen.has(active.id)) return [];
          seen.add(active.id);
          // A card that was made again has a run that was taken long ago.
          if (active.trigger !== "manual" || change?.kind !== "card" || change.before === undefined) return [];
          const { hsm } = change;
          const of = [...posts.values()].filter(
            (post) => post.hsm === hsm && post.host === fact.host && canOwn(post, active.id),
          );
          if (of.length === 0) return [words(active.id, hsm, fact.at, of)];
          owners.set(active.id, { hsm, at: fact.at, posts: of });
          return [];
        }
      }
    },
  };
};
