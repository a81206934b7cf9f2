import { describe, expect, it } from "vitest";
import { MINUTE, after as momentAfter } from "../../backup/instant.ts";
import { readRecord, writeCard, writeRecord } from "../../backup/ledger.ts";
import { lookAtJob } from "../../backup/look-at-job.ts";
import { readingDeps, settingsOf } from "./reading-deps.ts";
import { activeRun, cardOf, FOLDER_URL, RUN_ID, runningRun, STARTED } from "./samples.ts";

const HSM = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };

describe("a job whose storage account is no longer the one of the settings", () => {
  it("isn't called a success because of blobs that were counted in the other account", async () => {
    const { deps } = readingDeps({
      now: () => new Date(momentAfter(STARTED, MINUTE)),
      settings: settingsOf({ storageUrl: "https://another.blob.core.windows.net" }),
      wakeLater: async () => ({ id: "a-message", popReceipt: "a-receipt" }),
      getBackupStatus: async () => ({ status: "Succeeded", folderUrl: FOLDER_URL }),
      // Counts in the account of the settings: the only one that it knows.
      countBlobs: async () => ({ blobCount: 3, bytes: 3_000 }),
      writeBeside: async () => {},
    });
    await writeCard(deps, cardOf({ active: activeRun() }), null);
    const written = await writeRecord(deps, runningRun(), null);
    if (written.outcome !== "written") throw new Error("expected the first write to win");
    await lookAtJob(deps, HSM, { value: runningRun(), etag: written.etag });
    const read = await readRecord(deps, "contoso", RUN_ID);
    if (read.outcome !== "run") throw new Error("expected a record");
    expect(read.run.state).not.toBe("Succeeded");
  });
});
