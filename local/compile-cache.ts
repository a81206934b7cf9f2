import { fileURLToPath } from "node:url";

/**
 * The variable that lets Node keep compiled code: an Azurite then starts in two thirds of the time.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
export const COMPILE_CACHE: NodeJS.ProcessEnv = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/node-compile-cache", import.meta.url)),
};
