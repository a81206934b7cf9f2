import type { MakeCheck } from "../check.ts";

const STATUSES: Readonly<Record<string, readonly number[]>> = {
  manualBackup: [202, 404, 409, 503],
  listBackups: [200, 404, 503],
  getBackup: [404, 503],
  health: [200, 503],
  hsms: [200, 503],
  coverage: [200, 404, 503],
};
/** What a handler of messages can't do without; `throws` names what was tried. */
const NEEDED = /^could not (read|write) the ledger /;

export const properAnswers: MakeCheck = () => ({
  name: "every answer is one of the API's",
  see(fact) {
    if (fact.kind !== "requestAnswered") return [];
    const { route, status, body } = fact;
    if (!STATUSES[route]?.includes(status)) return [`${route} answered ${status}`];
    if (status < 400) return [];
    // Health answers 503 with the HSMs, and with an error where not even these can be read.
    const isShaped =
      typeof body === "object" && body !== null && ("error" in body || (route === "health" && "hsms" in body));
    return isShaped ? [] : [`${route} answered ${status} without an error`];
  },
});

export const noNeedlessThrow: MakeCheck = () => ({
  name: "no handler throws what it can do without",
  see(fact) {
    if (fact.kind === "logged" && fact.event.event === "step.failed" && fact.event.code === "unexpected")
      return [`host ${fact.host} met a bug: ${String(fact.event.message)} ${String(fact.event.stack)}`];
    if (fact.kind !== "handlerThrew") return [];
    const isNeeded = fact.handler === "followBackup" && NEEDED.test(fact.message);
    return isNeeded ? [] : [`${fact.handler} of host ${fact.host} threw: ${fact.message}`];
  },
});
