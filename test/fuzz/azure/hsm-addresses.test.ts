import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { locateFolder } from "../../../backup/decide/after-look.ts";
import { TARGET } from "../../azure/secrets.ts";
import { answered, expectReport, GOOD, HSM, JOB_ID, PATIENCE } from "./answered-hsm.ts";
import { CONTAINER, folderUrls, jobIds, STORAGE_URL } from "./hsm-texts.ts";
import { outcomeOf } from "./outcomes.ts";

describe("a job id", () => {
  const urls = fc.constantFrom(HSM.url, "https://127.0.0.1:8443/contoso");

  test("that an HSM gives is refused, or leads to its own status and nowhere else", async () => {
    await fc.assert(
      fc.asyncProperty(jobIds, urls, fc.constantFrom("body", "header"), async (id, url, where) => {
        const hsm = { ...HSM, url };
        const address = { "azure-asyncoperation": `https://elsewhere.example/backup/${id}/pending?x` };
        const started = where === "body" ? answered(202, { ...GOOD, jobId: id }) : answered(202, "", address);
        const outcome = await outcomeOf(started.startFullBackup(hsm, TARGET), PATIENCE);
        if ("failed" in outcome) return void expect(outcome.failed.failure.reason).toBe("unreadable");
        const { jobId } = outcome.value;
        const look = answered(200, { ...GOOD, jobId });
        expectReport(await look.getBackupStatus(hsm, jobId));
        const [asked] = look.asked;
        const base = new URL(url);
        expect(asked?.origin).toBe(base.origin);
        const own = base.pathname.replace(/\/+$/, "");
        expect(asked?.pathname).toBe(`${own}/backup/${encodeURIComponent(jobId)}/pending`);
        expect([...(asked?.searchParams ?? [])]).toEqual([["api-version", "7.4"]]);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a folder", () => {
  test("counts as written only in the run's own container, and carries no query, user or secret", async () => {
    let inside = 0;
    await fc.assert(
      fc.asyncProperty(folderUrls, async (folderUrl) => {
        const { getBackupStatus } = answered(200, {
          ...GOOD,
          status: "Succeeded",
          azureStorageBlobContainerUri: folderUrl,
        });
        const outcome = await outcomeOf(getBackupStatus(HSM, JOB_ID), PATIENCE);
        if ("failed" in outcome) return void expect(outcome.failed.failure.reason).toBe("unreadable");
        expectReport(outcome.value);
        const found = locateFolder(outcome.value.folderUrl, STORAGE_URL, CONTAINER);
        if (found.place !== "inside") return;
        inside += 1;
        const said = new URL(folderUrl);
        expect(said.origin).toBe(STORAGE_URL);
        expect(new URL(found.folderUrl).origin).toBe(STORAGE_URL);
        expect(decodeURIComponent(new URL(found.folderUrl).pathname)).toMatch(new RegExp(`^/+${CONTAINER}/`));
        expect(found.folder.split("/")).not.toContain("..");
        expect(found.folder).not.toBe("");
      }),
      { numRuns: 800 },
    );
    expect(inside).toBeGreaterThan(20);
  });
});
