import { checkOwner, listStates } from "../ledger/ledger.ts";
import { CallFailed, failureOf, sentenceOf } from "../model/call-failed.ts";
import { stepFailed } from "../model/events.ts";
import { instantOf, MINUTE, millis, SECOND } from "../model/instant.ts";
import type { Hsm } from "../model/names.ts";
import type { DoctorAnswer, DoctorCheck } from "../model/views/doctor-view.ts";
import type { Ports } from "../ports.ts";

/** An id that no job has. An HSM answers 404 for it, to an identity that may read the status of jobs. */
const NO_JOB = "0".repeat(32);
/** Services refuse tokens and signatures of a clock that is wrong by more than some minutes. */
const CLOCK_TOLERANCE = 2 * MINUTE;
/** The timer fires every five minutes. */
const TICK_TOLERANCE = 16 * MINUTE;
/** A token that lives for less is about to be renewed, or an old one that cannot be. */
const SHORTEST_TOKEN = MINUTE;

const SET_CLOCK =
  "Set the clock of the machine that the app runs on; in Azure, restart the app so that it moves to another.";
const TIMER_STOPPED =
  "The timer does not run: check that the Function app is started (az functionapp show --name APP --resource-group GROUP --query properties.state), and see docs/runbooks/silent.md.";

/** What a check found. With a remedy it is not ok. */
type Finding = { readonly found: string; readonly remedy?: string };
type Check = Pick<DoctorCheck, "name" | "hsm" | "tried"> & { readonly find: () => Promise<Finding> };

/**
 * Tries everything that a backup needs, with the app's own identity, and leaves nothing behind. Every check is made,
 * whatever the others find.
 */
export async function examine(ports: Ports): Promise<DoctorAnswer> {
  const wanted = [...checksOfApp(ports), ...ports.settings.hsms.map(checkHsm(ports))];
  const checks = await Promise.all(wanted.map((check) => make(ports, check)));
  return { isOk: checks.every(({ isOk }) => isOk), now: instantOf(ports.now()), checks };
}

async function make(ports: Ports, { name, hsm, tried, find }: Check): Promise<DoctorCheck> {
  try {
    const { found, remedy = null } = await find();
    return { name, hsm, tried, isOk: remedy === null, found, remedy };
  } catch (thrown) {
    if (!(thrown instanceof CallFailed)) ports.log(stepFailed(tried, hsm === null ? {} : { hsm }, thrown));
    const failure = failureOf(thrown, tried, hsm ?? name);
    return { name, hsm, tried, isOk: false, found: sentenceOf(failure), remedy: failure.remedy };
  }
}

const checksOfApp = (ports: Ports): readonly Check[] => {
  const { settings, probes } = ports;
  const ofApp = (name: string, tried: string, find: () => Promise<Finding>): Check => ({
    name,
    hsm: null,
    tried,
    find,
  });
  const isBySas = settings.authentication === "sas";
  const [firstHsm] = settings.hsms;
  return [
    ofApp("settings", "read the settings", async () => settingsFound(ports)),
    ofApp("identity", "get a token for storage", async () => {
      const { clientId, expiresAt } = await probes.getIdentity();
      const left = millis(expiresAt) - millis(ports.now());
      const found = `a token for client id ${clientId ?? "unknown"}, good for ${Math.round(left / MINUTE)} min`;
      return left < SHORTEST_TOKEN ? { found, remedy: SET_CLOCK } : { found };
    }),
    ofApp("ledger", "read the ledger", async () => {
      const states = await listStates(ports);
      return {
        found: `the container ${settings.ledger} can be read${states.length === 0 ? ", and has no state yet" : ""}`,
      };
    }),
    ofApp("owner", "check the owner of the ledger", async () => {
      const foreign = await checkOwner(ports);
      return foreign === undefined
        ? { found: `the ledger ${settings.ledger} belongs to this app, ${settings.app}` }
        : { found: foreign.problem, remedy: foreign.remedy };
    }),
    ofApp("queue", "read the queue", async () => {
      const messages = await probes.countMessages();
      return { found: messages === null ? "no queue yet: the first message creates it" : `about ${messages} messages` };
    }),
    ofApp("backup account", `list containers${isBySas ? ", and get a delegation key" : ""}`, async () => {
      await probes.checkBackupAccount();
      return { found: `${settings.storageUrl} can be used` };
    }),
    clockCheck(ports, "clock of storage", settings.storageUrl),
    ...(firstHsm === undefined ? [] : [clockCheck(ports, "clock of the HSMs", firstHsm.url)]),
    ofApp("timer", "read when the timer fired last", async () => {
      const last = await probes.readLastTick();
      if (last === null) return { found: "it has not fired yet, as in the first five minutes", remedy: TIMER_STOPPED };
      const isLate = millis(ports.now()) - millis(last) > TICK_TOLERANCE;
      return { found: `it fired at ${last}`, ...(isLate && { remedy: TIMER_STOPPED }) };
    }),
  ];
};

function settingsFound({ settings: { problems, hsms } }: Ports): Finding {
  if (problems.length === 0)
    return { found: `no setting is rejected; HSMs: ${hsms.map(({ name }) => name).join(", ")}` };
  const found = problems.map(({ setting, problem }) => `${setting}: ${problem}`).join("; ");
  return {
    found,
    remedy: "Correct these settings of the Function app; docs/runbooks/settings-rejected.md explains each.",
  };
}

const clockCheck = ({ now, probes }: Ports, name: string, url: string): Check => ({
  name,
  hsm: null,
  tried: `compare the clock with that of ${new URL(url).host}`,
  find: async () => {
    const ahead = millis(now()) - millis(await probes.readClock(url));
    const found = `the app's clock is ${Math.abs(Math.round(ahead / SECOND))} s ${ahead < 0 ? "behind" : "ahead"}`;
    return Math.abs(ahead) > CLOCK_TOLERANCE ? { found, remedy: SET_CLOCK } : { found };
  },
});

/** One look at a job that does not exist: the answer shows that name, TLS, token and role are right. */
const checkHsm =
  (ports: Ports) =>
  (hsm: Hsm): Check => ({
    name: "HSM",
    hsm: hsm.name,
    tried: "ask for the status of a job that does not exist",
    find: async () => {
      try {
        await ports.getBackupStatus(hsm, NO_JOB);
      } catch (thrown) {
        if (!(thrown instanceof CallFailed) || thrown.failure.reason !== "notFound") throw thrown;
      }
      return { found: "it answered that there is none: address, TLS, token and role are right" };
    },
  });
