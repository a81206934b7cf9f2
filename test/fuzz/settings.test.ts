import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../../azure/storage/host-storage.ts";
import { DAY, HOUR } from "../../backup/model/instant.ts";
import type { SettingProblem } from "../../backup/model/settings.ts";
import {
  DEFAULTS,
  type Environment,
  poisonQueueOf,
  type ReadSettings,
  readSettings,
} from "../../backup/settings/read-settings.ts";
import { anyText, isClean, MARK, SECRETS } from "./any-text.ts";

const REQUIRED = {
  BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: "https://backups.blob.core.windows.net",
};
const HOST = "AzureWebJobsStorage";
const HOST_NAMES = ["", "__accountName", "__blobServiceUri", "__queueServiceUri", "__credential", "__clientId"].map(
  (suffix) => HOST + suffix,
);
const LONGEST_PROBLEM = 1_000;

/** Secrets where they don't belong: in a URL's query, fragment or path, beside what is right, in capitals. */
const misplaced = fc.oneof(
  fc.constantFrom(
    ...SECRETS,
    `https://contoso.managedhsm.azure.net/?${SECRETS[0]}`,
    `https://contoso.managedhsm.azure.net#${SECRETS[0]}`,
    `https://contoso.managedhsm.azure.net/${SECRETS[0]}`,
    `https://backups.blob.core.windows.net/c%3Fsig%3D${MARK}`,
    `0 0 2 * * ${SECRETS[0]}`,
    `SIG=${MARK}`,
    `PT25H&sig=${MARK}`,
  ),
  fc.tuple(anyText, fc.constantFrom(...SECRETS)).map(([text, secret]) => `${text} ${secret}`),
  fc.tuple(fc.constantFrom(...SECRETS), anyText).map(([secret, text]) => `${secret} ${text}`),
);

/** Values that are right, nearly right, or nothing of the kind. */
const anyValue = fc.oneof(
  { weight: 2, arbitrary: anyText },
  { weight: 2, arbitrary: misplaced },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      undefined,
      "",
      " ",
      ",",
      "\n",
      "sas",
      "managedIdentity",
      "7.4",
      "7.5",
      "PT6H",
      "P1D",
      "P99999D",
      "-PT1H",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(REQUIRED), "0 */5 * * * *", "0 0 0 30 2 *", "* * * * * *") },
  { weight: 1, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom("*", "*/7", "1-5", "MON", "0", "31", ",", "9999999"), { maxLength: 8 })
      .map((parts) => parts.join(" ")),
  },
);
const NAMES = Object.keys(DEFAULTS);
const anyName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES, ...HOST_NAMES) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("BACKUP_", "BACKUP___proto__", "BACKUP_HSM_URL", "BACKUP_toString", "__proto__"),
  },
);
/** A user and a password before the host, where a URL is expected. */
const withUser = fc.tuple(
  fc.constantFrom(...Object.keys(REQUIRED), `${HOST}__blobServiceUri`),
  fc.constantFrom(`https://me:${MARK}@contoso.managedhsm.azure.net`, `https://${MARK}@backups.blob.core.windows.net/`),
);
const anyEntry = fc.oneof({ weight: 8, arbitrary: fc.tuple(anyName, anyValue) }, { weight: 1, arbitrary: withUser });
const anyEnvironment: fc.Arbitrary<Environment> = fc
  .tuple(fc.boolean(), fc.array(anyEntry, { maxLength: 6 }))
  .map(([isUsable, entries]) => Object.fromEntries([...(isUsable ? Object.entries(REQUIRED) : []), ...entries]));

const problemsOf = (read: ReadSettings): readonly SettingProblem[] =>
  read.outcome === "usable" ? read.settings.problems : read.problems;

/** Each problem names a setting that is set or required, and says in one line, without a secret, what was expected. */
function expectProper(problems: readonly SettingProblem[], env: Environment): void {
  for (const { setting, problem } of problems) {
    expect([...Object.keys(env), ...NAMES, ...HOST_NAMES]).toContain(setting);
    expect(problem).toMatch(/^[^\n\r]*expected|^two HSMs are named |^with /);
    expect(problem).not.toMatch(/[\n\r]/);
    expect(problem.length, problem).toBeLessThan(LONGEST_PROBLEM);
    expect(isClean(problem), problem).toBe(true);
  }
}

describe("settings of any kind", () => {
  test("are read, or each problem is reported by name in one line without its secret", () => {
    fc.assert(
      fc.property(anyEnvironment, (env) => {
        const read = readSettings(env, "1.2.3", parseSchedule);
        expectProper(problemsOf(read), env);
        if (read.outcome === "unusable") {
          expect(read.problems.length).toBeGreaterThan(0);
          return;
        }
        const { settings } = read;
        expect(settings.hsms.length).toBeGreaterThan(0);
        expect(settings.storageUrl).toMatch(/^https:\/\/[^/?#@]+(\/[a-z0-9]+)?$/);
        const isByIdentity = settings.authentication === "managedIdentity";
        expect(settings.deadline).toBeLessThan(isByIdentity ? 6 * DAY : settings.sasLifetime);
        if (isByIdentity) expect(settings.hsmApiVersion).not.toMatch(/^7\.[0-4]$/);
        expect(settings.sasLifetime).toBeLessThanOrEqual(6 * DAY);
        expect(settings.maxAge === null || settings.maxAge >= HOUR).toBe(true);
        expect(poisonQueueOf(settings.ledger)).toMatch(/^[a-z0-9](-?[a-z0-9]){2,62}$/);
        const slot = settings.schedule.nextSlot(new Date("2026-11-23T02:00:00Z"));
        expect(slot).toBeInstanceOf(Date);
        expect(slot && settings.schedule.newestSlot(slot)).toEqual(slot);
        expect(isClean(JSON.stringify(settings)), JSON.stringify(settings)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("of the host's storage are read, or each problem is reported by name without any value", () => {
    fc.assert(
      fc.property(anyEnvironment, (env) => {
        const read = readHostStorage(env);
        if ("problems" in read) {
          expect(read.problems.length).toBeGreaterThan(0);
          expectProper(read.problems, env);
          for (const { problem } of read.problems) expect(problem).toMatch(/^expected /);
          return;
        }
        const { host } = read;
        expect(isClean(JSON.stringify(host)), JSON.stringify(host)).toBe(true);
        if (host.by === "connectionString") return;
        for (const url of [host.blobServiceUrl, host.queueServiceUrl]) {
          expect(url).toMatch(/^https:\/\//);
          expect(url).not.toMatch(/[?#@]/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
