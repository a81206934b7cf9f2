import { type FakeApp, json, refusal, startFakeApp } from "../desk/fake-app.ts";
import { anHsm, aRecord, aSlot, NOW, RUN, someHsms } from "../desk/some-answers.ts";

const NOT_ENDED = { endedAt: null, blobCount: null, bytes: null, folderUrl: null };
const ACTIVE = { id: RUN, trigger: "manual", slot: null, deadlineAt: NOW, looks: 3, doubt: null } as const;
const HSMS = someHsms(
  anHsm({
    hsm: "tailspin",
    isOverdue: true,
    ageSeconds: 199_000,
    failuresInARow: 3,
    newestFailure: {
      run: RUN,
      state: "Failed",
      endedAt: "2026-11-23T08:14:00.000Z",
      error: {
        code: "Forbidden",
        message: "could not start a full backup (tailspin, HTTP 403, Forbidden).",
        inner: [],
        remedy: "Grant 'Managed HSM Backup' at scope /.",
      },
    },
  }),
  anHsm(),
  anHsm({
    hsm: "fabrikam",
    active: { ...ACTIVE, state: "InProgress", startedAt: "2026-11-23T09:33:29.000Z" },
    nextStartAt: null,
  }),
);
const SLOTS = [
  aSlot(),
  aSlot({ slot: "2026-11-22T02:00:00.000Z", run: "20261122T020000Z-2-p0q8w7er", seconds: 402 }),
  aSlot({ slot: "2026-11-21T02:00:00.000Z", state: "missed", run: null, seconds: null, bytes: null }),
];
const LISTED = { id: RUN, hsm: "contoso", state: "Succeeded", trigger: "schedule", slot: null, startedAt: null };
const STARTED = aRecord({
  id: "20261123T093800Z-m-z4x6c8vb",
  slot: null,
  trigger: "manual",
  startedAt: "2026-11-23T09:38:00.000Z",
  endedAt: "2026-11-23T09:44:25.000Z",
  folderUrl:
    "https://backupsofcontoso.blob.core.windows.net/mhsm-backup-contoso-2026-11-23/mhsm-contoso-2026112309380098",
  looks: 12,
});
const LOOKS_BEFORE_THE_END = 77;

/** An app with the HSMs and runs of the examples in docs/cli.md. */
export async function startSampleApp(): Promise<FakeApp> {
  let looks = 0;
  return startFakeApp(({ method, path, body }) => {
    if (path === "/api/hsms") return json(HSMS);
    if (path.includes("/coverage"))
      return json({ hsm: "contoso", schedule: "0 0 2 * * *", days: 3, now: NOW, slots: SLOTS, cursor: null });
    if (path.startsWith("/api/backups?"))
      return json({ runs: [{ ...LISTED, endedAt: null, blobCount: 7, bytes: 31_457_280 }], cursor: null });
    if (method === "POST" && body.includes("fabrikam"))
      return refusal(409, "backupRunning", `A backup of fabrikam is running: /api/backups/fabrikam/${RUN}`);
    if (method === "POST") return json({ ...STARTED, ...NOT_ENDED, state: "Starting" }, 202);
    if (!path.endsWith(STARTED.id)) return json(aRecord());
    looks += 1;
    return json(
      looks > LOOKS_BEFORE_THE_END
        ? STARTED
        : { ...STARTED, ...NOT_ENDED, state: looks === 1 ? "Starting" : "InProgress" },
    );
  });
}
