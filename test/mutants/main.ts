import { fileURLToPath } from "node:url";
import { ALL_MUTATIONS } from "./list/all.ts";
import { runMutants } from "./run-mutants.ts";

// node test/mutants/main.ts [--seeds N] [--only name,name] [--json]
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => interrupted.abort());

process.exitCode = await runMutants({
  project: fileURLToPath(new URL("../../", import.meta.url)),
  mutations: ALL_MUTATIONS,
  words: process.argv.slice(2),
  signal: interrupted.signal,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
