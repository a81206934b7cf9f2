import { CallFailed } from "../../backup/call-failed.ts";
import type { Deps } from "../../backup/deps.ts";
import { Crash } from "./product-world.ts";

/** What happens to one call: the process dies before or after it took effect, or the call fails so. */
export type Fault = "crashBefore" | "crashAfter" | "failBefore" | "failAfter";
export const FAULTS: readonly Fault[] = ["crashBefore", "crashAfter", "failBefore", "failAfter"];

const VERBS = [
  "readBlob",
  "writeBlob",
  "listBlobs",
  "wakeLater",
  "takeBack",
  "prepareTarget",
  "countBlobs",
  "writeBeside",
  "startFullBackup",
  "getBackupStatus",
] as const satisfies readonly (keyof Deps)[];

/** Dependencies whose `at`-th call (counted from 1, over all processes) meets a fault. */
export function withFault(deps: Deps, at: number, fault: Fault) {
  let calls = 0;
  return withFaults(deps, () => (++calls === at ? fault : undefined));
}

/** Dependencies whose calls meet the faults that are drawn for them; after a crash the next process is a new one. */
export function withFaults(deps: Deps, draw: () => Fault | undefined) {
  let struck: string | undefined;
  let current = { deps, isDead: true };

  function newProcess(): typeof current {
    const process = { deps, isDead: false };
    const guard =
      <A extends readonly unknown[], R>(verb: string, call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (process.isDead) throw new Crash(verb);
        const fault = draw();
        if (fault === undefined) return call(...args);
        struck = verb;
        process.isDead = fault.startsWith("crash");
        if (fault.endsWith("After")) await call(...args);
        throw process.isDead ? new Crash(verb) : noAnswer(verb);
      };
    const guardOf = (verb: (typeof VERBS)[number]) => {
      const call: (...args: never[]) => Promise<unknown> = deps[verb];
      return guard(verb, call);
    };
    const log: Deps["log"] = (event) => {
      if (!process.isDead) deps.log(event);
    };
    process.deps = { ...deps, ...Object.fromEntries(VERBS.map((verb) => [verb, guardOf(verb)])), log };
    return process;
  }

  return {
    /** The dependencies of the process that runs now; a dead one is replaced. */
    of: (): Deps => {
      if (current.isDead) current = newProcess();
      return current.deps;
    },
    struck: () => struck,
  };
}

/** A call to a service that isn't there. */
export const down = async (): Promise<never> => {
  throw noAnswer("ask");
};

const noAnswer = (verb: string): CallFailed =>
  new CallFailed({
    operation: verb,
    target: "a service",
    reason: "noAnswer",
    status: null,
    code: "ECONNRESET",
    remedy: "It comes back by itself.",
  });
