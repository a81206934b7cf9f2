// Loads one app as the Functions worker does, and prints what came of it as one line of JSON. Plain JavaScript that needs
// nothing but Node, so that it can stand in an empty folder and takes no time of its own while the app is loaded.
import Module from "node:module";
import { pathToFileURL } from "node:url";

const CORE_MODULE = "@azure/functions-core";
const functions = [];
const missing = [];

// The worker answers this one name from within; it is in no package.
const core = {
  version: "3.10.0",
  hostVersion: "4.1037.0",
  registerFunction: ({ name }) => functions.push(name),
  setProgrammingModel: () => {},
  registerHook: () => {},
  log: () => {},
  Disposable: class {},
};
const original = Module.prototype.require;
Module.prototype.require = function require(id) {
  if (id === CORE_MODULE) return core;
  try {
    return original.call(this, id);
  } catch (error) {
    missing.push(id);
    throw error;
  }
};

const main = pathToFileURL(process.argv[2]).href;
const began = performance.now();
const cpuBefore = process.cpuUsage();
await import(main);
const { user, system } = process.cpuUsage(cpuBefore);
const milliseconds = performance.now() - began;
console.log(JSON.stringify({ milliseconds, cpuMilliseconds: (user + system) / 1000, functions, missing }));
