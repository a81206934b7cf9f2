// Preloaded (`node --import`): prints on stderr how many modules a process loads, those of Node itself left out.
import { registerHooks } from "node:module";

let modules = 0;
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) modules += 1;
    return next(url, context);
  },
});
process.on("exit", () => process.stderr.write(`${modules}\n`));
