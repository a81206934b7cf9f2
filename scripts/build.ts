/**
 * Builds the deployable folder `dist/`: one bundle, host.json and a package.json of its own. No node_modules: what the
 * Functions worker needs besides the bundle (`@azure/functions-core`) the worker itself provides.
 */
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

// Made beside it and put in its place at the end: a host that is starting finds a whole folder, the old or the new one.
const made = await mkdtemp(`${root}dist.`);
await bundle(`${root}functions/main.ts`, `${made}/main.js`);
await cp(`${root}host.json`, `${made}/host.json`);

const { name, version }: { name: unknown; version: unknown } = JSON.parse(
  await readFile(`${root}package.json`, "utf8"),
);
await writeFile(
  `${made}/package.json`,
  `${JSON.stringify({ name, version, private: true, type: "module", main: "main.js" }, null, 2)}\n`,
);
await rm(dist, { recursive: true, force: true });
await chmod(made, 0o755);
await rename(made, dist);
