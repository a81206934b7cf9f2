import { CallFailed } from "../../backup/model/call-failed.ts";
import type { Ports } from "../../backup/ports.ts";
import { Crash } from "./pass-time.ts";

/** What happens to one call: the process dies before or after it took effect, or the call fails so. */
export type Fault = "crashBefore" | "crashAfter" | "failBefore" | "failAfter";
export const FAULTS: readonly Fault[] = ["crashBefore", "crashAfter", "failBefore", "failAfter"];

export const VERBS = [
  "readBlob",
  "writeBlob",
  "listBlobs",
  "sendMessage",
  "prepareTarget",
  "countBlobs",
  "writeManifest",
  "startFullBackup",
  "getBackupStatus",
] as const satisfies readonly (keyof Ports)[];
export type Verb = (typeof VERBS)[number];

/** Ports whose `at`-th call (counted from 1, over all processes) meets a fault. */
export function withFault(ports: Ports, at: number, fault: Fault) {
  let calls = 0;
  return withFaults(ports, () => (++calls === at ? fault : undefined));
}

/** Ports whose calls meet the faults that are drawn for them; after a crash the next process is a new one. */
export function withFaults(ports: Ports, draw: () => Fault | undefined) {
  let struck: Verb | undefined;
  let current = { ports, isDead: true };

  function newProcess(): typeof current {
    const process = { ports, isDead: false };
    const guardOf = (verb: Verb) => {
      const call: (...args: never[]) => Promise<unknown> = ports[verb];
      return async (...args: never[]): Promise<unknown> => {
        if (process.isDead) throw new Crash(verb);
        const fault = draw();
        if (fault === undefined) return call(...args);
        struck = verb;
        process.isDead = fault.startsWith("crash");
        if (fault.endsWith("After")) await call(...args);
        throw process.isDead ? new Crash(verb) : noAnswer(verb);
      };
    };
    const log: Ports["log"] = (event) => {
      if (!process.isDead) ports.log(event);
    };
    process.ports = { ...ports, ...Object.fromEntries(VERBS.map((verb) => [verb, guardOf(verb)])), log };
    return process;
  }

  return {
    /** The ports of the process that runs now; a dead one is replaced. */
    of: (): Ports => {
      if (current.isDead) current = newProcess();
      return current.ports;
    },
    /** The verb that met the last fault. */
    struck: (): Verb | undefined => struck,
  };
}

/** A call to a service that can't be reached. */
export const unreachable = async (): Promise<never> => {
  throw noAnswer("ask");
};

const noAnswer = (verb: string): CallFailed =>
  new CallFailed({
    operation: verb,
    target: "a service",
    reason: "noAnswer",
    status: null,
    code: "ECONNRESET",
    remedy: "Wait: the service recovers without help.",
  });
