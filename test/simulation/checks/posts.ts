import type { MakeCheck } from "../check.ts";

type Claims = { left: number; readonly containers: Set<string> };

/** A POST that isn't answered may have taken effect: the state has to know of it before. One claim, one POST. */
export const claimFirst: MakeCheck = () => {
  const claims = new Map<string, Claims>();
  const claimsOf = (host: number, hsm: string): Claims => {
    const known = claims.get(`${host} ${hsm}`) ?? { left: 0, containers: new Set<string>() };
    claims.set(`${host} ${hsm}`, known);
    return known;
  };
  return {
    name: "an attempt without an outcome stands before each POST",
    see(fact, _view, change) {
      if (fact.kind === "startSent") {
        const of = claimsOf(fact.host, fact.hsm);
        of.left -= 1;
        if (of.left < 0) return [`host ${fact.host} sends a POST to ${fact.hsm} without a claim of its own`];
        return of.containers.has(fact.containerUrl) ? [] : [`the POST to ${fact.hsm} names ${fact.containerUrl}`];
      }
      if (change?.kind !== "state" || change.host === null || !change.after?.active) return [];
      const { attempts, storageUrl, container } = change.after.active;
      const known = change.before?.active?.attempts ?? [];
      const isNew = attempts.length > known.length || attempts.at(-1)?.at !== known.at(-1)?.at;
      if (!isNew || attempts.at(-1)?.outcome !== null) return [];
      const of = claimsOf(change.host, change.hsm);
      of.left += 1;
      of.containers.add(`${storageUrl}/${container}`);
      return [];
    },
  };
};
