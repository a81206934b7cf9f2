import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { redact } from "../../backup/model/secret.ts";
import { readSettings } from "../../backup/settings/read-settings.ts";
import { parseFakeSchedule } from "../fakes/fake-schedule.ts";
import { MARK, SECRETS } from "./any-text.ts";
import { settledWorld } from "./settled-world.ts";

describe("secrets and size", () => {
  test("a text of any length is searched for secrets in one pass", () => {
    // A search that starts again at each word would take quadratic time here.
    const text = "-eyJ".repeat(1_000_000);
    expect(redact(text)).toBe(text);
    expect(redact("a:b,".repeat(300_000))).toHaveLength(1_200_000);
  });
  test.each(SECRETS)("a secret as the name of a field or parameter isn't repeated: %s", async (secret) => {
    const { app } = await settledWorld();
    const half = MARK.slice(0, 6);
    expect((await app.post(JSON.stringify({ [secret]: 1 }))).text).not.toContain(half);
    expect((await app.ask("listBackups", { path: `/api/backups?${encodeURIComponent(secret)}=1` })).text).not.toContain(
      half,
    );
  });
  test.each([
    ["BACKUP_DEADLINE", `https://me:${MARK}@contoso.managedhsm.azure.net`],
    ["BACKUP_SCHEDULE", `https://me:${MARK}@x.example`],
    ["BACKUP_HSM_URLS", `me:${MARK}@contoso.managedhsm.azure.net`],
    ["BACKUP_STORAGE_URL", `me:${MARK}@backups.blob.core.windows.net`],
    ["BACKUP_STORAGE_URL", `https://backups.blob.core.windows.net,sig=${MARK}`],
  ])("%s=%s: the word isn't repeated, nor taken for a host", (setting, value) => {
    const required = {
      BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
      BACKUP_STORAGE_URL: "https://backups.blob.core.windows.net",
    };
    expect(
      JSON.stringify(readSettings({ ...required, [setting]: value }, "1.2.3", parseFakeSchedule)).toLowerCase(),
    ).not.toContain(MARK.toLowerCase());
  });
  test("a forged cursor is refused, and the answer names the cursor", async () => {
    const { app } = await settledWorld();
    const body = Buffer.from("{}").toString("base64url");
    const check = createHash("sha256").update(body).digest("base64url").slice(0, 12);
    expect((await app.ask("listBackups", { path: `/api/backups?hsm=contoso&cursor=${body}.${check}` })).text).toContain(
      "cursor",
    );
  });
});
