import type { Fact, MakeCheck } from "../facts.ts";
import { clock } from "./words.ts";

/** Many short texts are searched at once: a search has to be begun for every secret. */
const SEARCHED_AT_ONCE = 64 * 1_024;

type Text = { readonly at: number; readonly where: string; readonly text: string };

/** Invariant 4. What was written or told before a secret was given out can't have it: so a batch may wait. */
export const noSecret: MakeCheck = () => {
  let batch: Text[] = [];
  let size = 0;
  const told = new Set<string>();

  function search(secrets: readonly string[]): readonly string[] {
    const all = batch.map(({ text }) => text).join("\n");
    // All secrets begin alike: where even that beginning is missing, none is there.
    const maybe = all.includes(commonStart(secrets)) ? secrets : [];
    const found = maybe.filter((secret) => !told.has(secret) && all.includes(secret));
    const wrong = found.map((secret) => {
      told.add(secret);
      const place = batch.find(({ text }) => text.includes(secret));
      return `a secret (${secret.length} characters) is in ${place?.where} at ${clock(place?.at ?? 0)}`;
    });
    batch = [];
    size = 0;
    return wrong;
  }

  return {
    name: "no secret is written, told or answered",
    see(fact, view) {
      const text = textOf(fact);
      if (text === undefined) return [];
      batch.push(text);
      size += text.text.length;
      return size < SEARCHED_AT_ONCE ? [] : search(view.secrets);
    },
    atEnd: (view) => search(view.secrets),
  };
};

/** What all of them begin with: nothing, where they have nothing in common. */
function commonStart([first = "", ...others]: readonly string[]): string {
  let { length } = first;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

function textOf(fact: Fact): Text | undefined {
  const { at } = fact;
  switch (fact.kind) {
    case "blobWritten":
      return { at, where: fact.name, text: fact.body };
    case "logged":
      return { at, where: `${fact.event.event} of host ${fact.host}`, text: JSON.stringify(fact.event) };
    case "healthAnswered":
      return { at, where: "an answer of health", text: JSON.stringify(fact.body) ?? "" };
    case "handlerThrew":
      return { at, where: `what ${fact.handler} threw`, text: fact.message };
    case "messageSent":
    case "postAnswered":
      return { at, where: `a ${fact.kind}`, text: JSON.stringify(fact) };
    default:
      return undefined;
  }
}
