import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const BIOME = join(ROOT, "node_modules", ".bin", "biome");
const MOST_FILES = 15;
const EMULATOR = "local/managed-hsm-emulator";

type Edge = readonly [folder: string, imported: string];

const FORBIDDEN: readonly Edge[] = [
  ["functions", "local/start.ts"],
  ["functions", "test/until.ts"],
  ["functions", "@azure/storage-blob"],
  ["azure", "functions/load.ts"],
  ["azure/storage", "functions/load.ts"],
  ["azure", "local/start.ts"],
  ["azure/managed-hsm", "@azure/functions"],
  ["backup/steps", "azure/connect.ts"],
  ["backup/ledger", "azure/connect.ts"],
  ["backup/decide", "azure/connect.ts"],
  ["backup/settings", "azure/connect.ts"],
  ["backup/model", "azure/connect.ts"],
  ["backup/steps", "functions/load.ts"],
  ["backup/steps", "local/start.ts"],
  ["backup/steps", "node:fs"],
  ["backup/model", "backup/decide/due.ts"],
  ["backup/model", "backup/ledger/ledger.ts"],
  ["backup/model", "backup/steps/step.ts"],
  ["backup/model", "backup/settings/duration.ts"],
  ["backup/model", "backup/ports.ts"],
  ["backup/model/views", "backup/ports.ts"],
  ["backup/model/views", "backup/steps/step.ts"],
  ["backup/settings", "backup/decide/due.ts"],
  ["backup/settings", "backup/ledger/ledger.ts"],
  ["backup/settings", "backup/steps/step.ts"],
  ["backup/decide", "backup/ledger/ledger.ts"],
  ["backup/decide", "backup/steps/step.ts"],
  ["backup/decide", "backup/settings/duration.ts"],
  ["backup/decide", "backup/ports.ts"],
  ["backup/ledger", "backup/steps/step.ts"],
  ["backup/ledger", "backup/settings/duration.ts"],
  ["backup/steps", "backup/settings/duration.ts"],
  ["azure", "desk/client.ts"],
  ["desk/cli", "functions/load.ts"],
  ["desk/cli", "azure/connect.ts"],
  ["desk/cli", "local/start.ts"],
  ["desk/page", "backup/steps/step.ts"],
  ["desk/page", "@azure/storage-blob"],
  [EMULATOR, "azure/connect.ts"],
  [`${EMULATOR}/jobs`, "backup/model/run.ts"],
];

const ALLOWED: readonly Edge[] = [
  ["functions", "azure/connect.ts"],
  ["functions", "@azure/functions"],
  ["functions", "backup/steps/step.ts"],
  ["desk/cli", "backup/model/run.ts"],
  ["azure/storage", "backup/ports.ts"],
  ["azure", "@azure/storage-blob"],
  ["backup/steps", "backup/ledger/ledger.ts"],
  ["backup/steps", "backup/ports.ts"],
  ["backup/ledger", "backup/decide/due.ts"],
  ["backup/decide", "backup/model/run.ts"],
  ["backup/settings", "backup/model/names.ts"],
  ["backup/model", "valibot"],
  ["backup/model/views", "backup/model/run.ts"],
  [EMULATOR, `${EMULATOR}/jobs/job.ts`],
];

/** The file that is planted for an edge: `backup/steps/planted-azure-connect.ts`. */
const fileOf = ([folder, imported]: Edge): string =>
  `${folder}/planted-${imported.replace(/\.ts$/, "").replace(/[^a-z-]+/g, "-")}.ts`;

function textOf([folder, imported]: Edge): string {
  const path = relative(folder, imported);
  const specifier = imported.endsWith(".ts") ? (path.startsWith(".") ? path : `./${path}`) : imported;
  return `import "${specifier}";\n`;
}

/** Plants a file for every edge in an empty project under this linter's rules. @returns what the linter reports */
function lint(project: string, edges: readonly Edge[]): Promise<string> {
  copyFileSync(join(ROOT, "biome.json"), join(project, "biome.json"));
  for (const edge of edges) {
    mkdirSync(join(project, edge[0]), { recursive: true });
    writeFileSync(join(project, fileOf(edge)), textOf(edge));
  }
  const args = [
    "lint",
    "--vcs-enabled=false",
    "--only=style/noRestrictedImports",
    "--reporter=github",
    "--max-diagnostics=none",
  ];
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(BIOME, args, { cwd: project }, (_error, stdout, stderr) => resolve(stdout + stderr));
  return promise;
}

describe("imports go one way", () => {
  const project = mkdtempSync(join(tmpdir(), "import-rules-"));
  let reported = "";
  beforeAll(async () => {
    reported = await lint(project, [...FORBIDDEN, ...ALLOWED]);
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test.each(FORBIDDEN)("%s can't import %s", (...edge) => {
    expect(reported).toContain(fileOf(edge));
  });

  test.each(ALLOWED)("%s can import %s", (...edge) => {
    expect(reported).not.toContain(fileOf(edge));
  });
});

describe("a folder of the product", () => {
  const folders = ["backup", "azure", "functions", "desk"].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true }).map(({ parentPath }) => parentPath),
  );

  test.each([...new Set(folders)].map((folder) => relative(ROOT, folder)))(
    `%s has at most ${MOST_FILES} files`,
    (folder) => {
      const files = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
      expect(files.length).toBeLessThanOrEqual(MOST_FILES);
    },
  );
});
