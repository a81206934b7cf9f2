import { execFile } from "node:child_process";
import { mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "../local/temporary-folder.ts";
import { parseFields } from "../scripts/json.ts";
import { writeApp } from "../scripts/write-app.ts";
import { zipFolder } from "../scripts/zip-folder.ts";
import { atMost, type Section, shown } from "./report.ts";
import { SETTINGS } from "./settings.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOAD_ONCE = fileURLToPath(new URL("load-once.mjs", import.meta.url));
const COUNT_MODULES = new URL("count-modules.mjs", import.meta.url).href;
const LOADS = 25;
const FILE_CALLS = "node.fs.sync";

const run = promisify(execFile);
const FORMS = ["bundle", "unbundled", "bare Node"] as const;
type Form = (typeof FORMS)[number];
type Load = { readonly milliseconds: number; readonly cpuMilliseconds: number };

/** The same code as JavaScript, one file for each, with the packages where npm puts them. */
async function writeUnbundled(folder: string): Promise<void> {
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      outDir: folder,
      rootDir: ROOT,
      rewriteRelativeImportExtensions: true,
      typeRoots: [join(ROOT, "node_modules/@types")],
    },
    include: [],
    files: [join(ROOT, "functions/main.ts")],
  };
  await mkdir(folder);
  const project = join(folder, "tsconfig.json");
  await writeFile(project, JSON.stringify(config));
  await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", project]);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
}

/** Milliseconds of one load in a Node process of its own, without the start of Node itself. */
async function load(main: string): Promise<Load> {
  const { stdout } = await run(process.execPath, [LOAD_ONCE, main], { env: SETTINGS });
  const { milliseconds, cpuMilliseconds }: Load = JSON.parse(stdout);
  return { milliseconds, cpuMilliseconds };
}

/** The modules that a load reads, and the loader's own. */
export async function countModules(main: string): Promise<number> {
  const { stderr } = await run(process.execPath, ["--import", COUNT_MODULES, LOAD_ONCE, main], { env: SETTINGS });
  return Number(stderr.trim().split("\n").at(-1));
}

/** The system calls on files that a whole process makes while it loads the app, as Node traces them. */
async function countFileCalls(main: string, folder: string): Promise<number> {
  const log = join(folder, "trace.json");
  const trace = ["--trace-event-categories", FILE_CALLS, "--trace-event-file-pattern", log];
  await run(process.execPath, [...trace, LOAD_ONCE, main], { env: SETTINGS, cwd: folder });
  const { traceEvents } = parseFields(await readFile(log, "utf8"), "trace");
  const events: readonly { readonly ph: string; readonly cat: string }[] = Array.isArray(traceEvents)
    ? traceEvents
    : [];
  return events.filter(({ ph, cat }) => ph === "B" && cat.includes(FILE_CALLS)).length;
}

/** The bench's part on loading, which is what a cold start waits for. Each load is a process; the forms alternate. */
export async function loading(): Promise<Section> {
  const { path, stop } = await makeTemporaryFolder();
  try {
    const apps = { bundle: join(path, "bundle"), unbundled: join(path, "unbundled"), "bare Node": join(path, "bare") };
    await mkdir(apps.bundle);
    await writeApp(apps.bundle);
    await writeUnbundled(apps.unbundled);
    await mkdir(apps["bare Node"]);
    await writeFile(join(apps["bare Node"], "main.js"), "");
    const mains: Readonly<Record<Form, string>> = {
      bundle: join(apps.bundle, "main.js"),
      unbundled: join(apps.unbundled, "functions/main.js"),
      "bare Node": join(apps["bare Node"], "main.js"),
    };
    // The first of each reads the files from disk; from then on all come from memory.
    for (const form of FORMS) await load(mains[form]);
    const loads = new Map<Form, Load[]>(FORMS.map((form) => [form, []]));
    for (let count = 0; count < LOADS; count += 1)
      for (const form of FORMS) loads.get(form)?.push(await load(mains[form]));
    // The quickest: whatever else runs on the machine makes loads slower only.
    const quickest = (form: Form, of: keyof Load): number =>
      Math.min(...(loads.get(form) ?? []).map((each) => each[of]));

    const counts = new Map<Form, { modules: number; fileCalls: number }>();
    for (const form of FORMS) {
      const modules = await countModules(mains[form]);
      counts.set(form, { modules, fileCalls: await countFileCalls(mains[form], path) });
    }
    const share = (form: Form, of: keyof Load): number => quickest(form, of) / quickest("unbundled", of);
    const rows = FORMS.map((form) => {
      const { modules, fileCalls } = counts.get(form) ?? { modules: 0, fileCalls: 0 };
      const shares = [share(form, "milliseconds"), share(form, "cpuMilliseconds")].map(shown);
      return [form, ...shares, String(modules), String(fileCalls)];
    });
    const { size } = await stat(join(apps.bundle, "app.cjs"));
    const zipped = await zipFolder(apps.bundle);
    return {
      tables: [
        {
          title: `Loading the app: the quickest of ${LOADS} loads, as a share of unbundled`,
          columns: ["", "time", "processor", "modules", "file calls"],
          rows,
        },
        {
          title: "What is deployed",
          columns: ["", "bytes"],
          rows: [
            ["bundle", String(size)],
            ["zip", String(zipped.byteLength)],
          ],
        },
      ],
      targets: [atMost("time to load, as a share of unbundled", 0.3, share("bundle", "milliseconds"))],
    };
  } finally {
    await rm(join(path, "unbundled/node_modules"), { force: true });
    await stop();
  }
}
