import type { MakeCheck } from "../check.ts";

/** Two apps on one ledger. Where `app.json` was lost, the first app to write it owns the ledger, and this isn't judged. */
export const foreignApp: MakeCheck = () => {
  let ownerLost = false;
  const said = new Map<number, boolean>();
  return {
    name: "an app that doesn't own the ledger writes nothing, calls no HSM, and says so",
    see(fact, view) {
      ownerLost ||= fact.kind === "ledgerDeleted" || (fact.kind === "blobDamaged" && fact.name === "app.json");
      if (ownerLost || !("host" in fact)) return [];
      const app = view.hosts.get(fact.host)?.app;
      if (app === view.app || app === undefined) {
        return fact.kind === "logged" && fact.event.event === "ledger.foreign"
          ? ["the owner calls its ledger foreign"]
          : [];
      }
      switch (fact.kind) {
        case "blobWritten":
        case "messageSent":
        case "startSent":
        case "answered":
        case "manifestWritten":
          return [`host ${fact.host} of ${app}: ${fact.kind}`];
        case "timerFired":
          said.set(fact.host, false);
          return [];
        case "logged":
          if (["ledger.foreign", "step.failed"].includes(fact.event.event)) said.set(fact.host, true);
          return fact.event.isOverdue === false
            ? [`${app} says of ${String(fact.event.hsm)} that it isn't overdue`]
            : [];
        case "timerEnded":
          return said.get(fact.host) ? [] : [`tick ${fact.tick} of ${app} doesn't say that the ledger is foreign`];
        case "requestAnswered":
          return fact.status === 503 ? [] : [`${app} answered ${fact.route} ${fact.status}`];
        default:
          return [];
      }
    },
  };
};
