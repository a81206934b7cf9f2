/**
 * Builds the deployable folder `dist/`: one bundle, host.json and a package.json of its own. No node_modules: what the
 * Functions worker needs besides the bundle (`@azure/functions-core`) the worker itself provides.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await bundle(`${root}functions/main.ts`, `${dist}/main.js`);
await cp(`${root}host.json`, `${dist}/host.json`);

const { name, version }: { name: unknown; version: unknown } = JSON.parse(
  await readFile(`${root}package.json`, "utf8"),
);
await writeFile(
  `${dist}/package.json`,
  `${JSON.stringify({ name, version, private: true, type: "module", main: "main.js" }, null, 2)}\n`,
);
