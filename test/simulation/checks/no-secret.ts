import type { MakeCheck } from "../check.ts";
import type { Fact } from "../facts.ts";
import { clock } from "./spans.ts";

/** Many short texts are searched at once: a search costs something for every secret. */
const SEARCHED_AT_ONCE = 64 * 1_024;

/** Invariant 4. What was written before a secret was minted can't hold it: so a batch may wait. */
export const noSecret: MakeCheck = () => {
  let batch: { readonly fact: Fact; readonly text: string }[] = [];
  let size = 0;
  const reported = new Set<string>();

  function search(secrets: readonly string[]): readonly string[] {
    const all = batch.map(({ text }) => text).join("\n");
    // All secrets begin alike: where even that beginning is missing, none is there.
    const found = all.includes(commonStart(secrets))
      ? secrets.filter((secret) => !reported.has(secret) && all.includes(secret))
      : [];
    const wrong = found.map((secret) => {
      reported.add(secret);
      const { fact } = batch.find(({ text }) => text.includes(secret)) ?? {};
      return `a secret (${secret.length} characters) is in a ${fact?.kind} at ${clock(fact?.at ?? 0)}`;
    });
    batch = [];
    size = 0;
    return wrong;
  }

  return {
    name: "no secret is in a state, record, message, log line or answer",
    see(fact, view) {
      const text = textOf(fact);
      if (text === undefined) return [];
      batch.push({ fact, text });
      size += text.length;
      return size < SEARCHED_AT_ONCE ? [] : search(view.secrets);
    },
    atEnd: (view) => search(view.secrets),
  };
};

function commonStart([first = "", ...others]: readonly string[]): string {
  let { length } = first;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

function textOf(fact: Fact): string | undefined {
  switch (fact.kind) {
    case "blobWritten":
    case "manifestWritten":
      return fact.body;
    case "handlerThrew":
      return fact.message;
    case "logged":
      return JSON.stringify(fact.event);
    case "messageSent":
    case "requestAnswered":
      return JSON.stringify(fact);
    default:
      return undefined;
  }
}
