import type { HsmView } from "../../../backup/model/views/hsm-view.ts";
import type { Scene } from "./fake-app.ts";
import { answerOf, at, hsmView, idOf, NOT_YET, sceneOf, slotsOf } from "./samples.ts";

export const ROLE_REMEDY =
  "Grant the app's identity the HSM's local role; it takes minutes to take effect: az keyvault role assignment create --hsm-name fabrikam --role \"Managed HSM Backup\" --scope / --assignee-object-id 6f9c2b1a-8c58-4f0d-9a3e-1f2d3c4b5ac2 --assignee-principal-type ServicePrincipal";

export const overdue = (hsm = "fabrikam"): HsmView =>
  hsmView(hsm, {
    newestSuccess: "2026-11-28T02:03:20.000Z",
    newestSuccessRun: idOf("2026-11-28T02:00:00.000Z", "1"),
    overdueAt: "2026-11-29T09:00:00.000Z",
    isOverdue: true,
    failuresInARow: 3,
    nextStartAt: "2026-11-30T10:15:00.000Z",
    newestFailure: {
      run: idOf("2026-11-30T02:00:00.000Z", "3"),
      state: "Failed",
      endedAt: "2026-11-30T06:15:00.000Z",
      error: {
        code: "Forbidden",
        message:
          "could not start a full backup (fabrikam, HTTP 403, Forbidden): the caller lacks the permission backup/start.",
        inner: [],
        remedy: ROLE_REMEDY,
      },
    },
  });

export const running = (hsm = "contoso"): HsmView =>
  hsmView(hsm, {
    running: idOf("2026-11-30T09:37:10.000Z", "m"),
    runningState: "InProgress",
    nextStartAt: null,
    active: {
      id: idOf("2026-11-30T09:37:10.000Z", "m"),
      state: "InProgress",
      trigger: "manual",
      slot: null,
      startedAt: "2026-11-30T09:37:10.000Z",
      deadlineAt: "2026-11-30T15:37:10.000Z",
      looks: 6,
      doubt: null,
    },
  });

export const allCovered = (): Scene => {
  const hsms = [hsmView("contoso"), hsmView("fabrikam"), hsmView("tailspin-eu", { firstSeenAt: at(55 * 24) })];
  const scene = sceneOf(hsms);
  const coverage = {
    ...scene.coverage,
    contoso: slotsOf(1, { 28: { state: "covered", failures: 2 } }),
    "tailspin-eu": slotsOf(3, NOT_YET(56)),
  };
  return { ...scene, coverage };
};

/** One is overdue, one runs, one is covered. */
export const oneOverdue = (hsms = [overdue(), running(), hsmView("tailspin-eu")]): Scene => {
  const scene = sceneOf(hsms);
  const coverage = {
    fabrikam: slotsOf(1, {
      0: { state: "failed", failures: 3, run: idOf("2026-11-30T02:00:00.000Z", "3") },
      1: { state: "failed", failures: 6, run: idOf("2026-11-29T02:00:00.000Z", "6") },
      49: { state: "covered", failures: 1 },
    }),
    contoso: slotsOf(2, { 28: { state: "missed" }, 77: { state: "covered", failures: 2 } }),
    "tailspin-eu": slotsOf(3, { 19: { state: "covered", failures: 1 }, ...NOT_YET(56) }),
  };
  return { ...scene, coverage };
};

export const firstDay = (): Scene => {
  const hsm = hsmView("contoso", {
    newestSuccess: null,
    newestSuccessRun: null,
    ageSeconds: null,
    overdueAt: null,
    isOverdue: true,
    newestBytes: null,
    newestBlobCount: null,
    usualSeconds: null,
    usualBytes: null,
    firstSeenAt: at(0.1),
    running: idOf("2026-11-30T02:00:00.000Z", "1"),
    runningState: "Starting",
    nextStartAt: null,
    active: {
      id: idOf("2026-11-30T02:00:00.000Z", "1"),
      state: "Starting",
      trigger: "schedule",
      slot: "2026-11-30T02:00:00.000Z",
      startedAt: "2026-11-30T09:40:10.000Z",
      deadlineAt: "2026-11-30T15:40:10.000Z",
      looks: 0,
      doubt: "denied",
    },
  });
  const coverage = { contoso: slotsOf(1, { ...NOT_YET(0), 0: { state: "notDue", isRunning: true } }) };
  return { ...sceneOf([hsm]), coverage, runs: [] };
};

const UNKNOWN = {
  newestSuccess: null,
  newestSuccessRun: null,
  overdueAt: null,
  isOverdue: true,
  nextStartAt: null,
} as const;

/** Settings to correct, a state that can't be read, an HSM that is no longer configured. */
export const troubled = (): Scene => {
  const problem =
    "expected https://{name}.managedhsm.azure.net without path or port, got more after https://contoso.managedhsm.azure.net";
  const hsms = [
    hsmView("contoso", { isConfigured: false, hsmUrl: null, problem }),
    hsmView("fabrikam", { ...UNKNOWN, problem: "its state can't be read: schemaVersion: expected at most 1, got 2" }),
    hsmView("tailspin-eu"),
    hsmView("old-hsm", {
      isConfigured: false,
      hsmUrl: null,
      isOverdue: true,
      problem: "not configured: no backup is made",
    }),
  ];
  const problems = [
    { setting: "BACKUP_HSM_URLS", problem, hsm: "contoso" },
    { setting: "BACKUP_RETENTOIN", problem: "expected a setting of this app, got an unknown name" },
  ];
  return { ...sceneOf(hsms), hsms: answerOf(hsms, { problems }) };
};

export const manyHsms = (): Scene => {
  const names = Array.from({ length: 30 }, (_, index) => `hsm-${String(index + 1).padStart(2, "0")}`);
  return sceneOf(names.map((name, index) => (index === 3 || index === 17 ? overdue(name) : hsmView(name))));
};

export const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
const LONG = `${MARKUP} \u202Egnol\u202C ${"very ".repeat(2_000)}`;

/** Every text is hostile. */
export const hostile = (): Scene => {
  const failure = overdue().newestFailure;
  if (failure === null) throw new Error("The sample has no failure.");
  const hsm = {
    ...overdue(`${MARKUP}\u202Ex`),
    newestFailure: { ...failure, error: { code: LONG, message: LONG, inner: [LONG], remedy: `${LONG}: az ${LONG}` } },
    problem: LONG,
  };
  const scene = sceneOf([hsm]);
  return {
    ...scene,
    hsms: answerOf([hsm], { app: LONG, version: LONG, problems: [{ setting: MARKUP, problem: LONG }] }),
  };
};
