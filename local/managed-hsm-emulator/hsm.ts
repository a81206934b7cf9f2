import type { Agent } from "node:https";
import type { Call } from "./call-log.ts";
import type { ScriptedFault } from "./faults/fault.ts";
import type { Job } from "./jobs/job.ts";
import type { Journal } from "./jobs/journal.ts";
import type { SecurityDomain } from "./jobs/security-domain.ts";
import type { KeyStore } from "./keys/stored-key.ts";

/** One emulated HSM and all that it knows. */
export type Hsm = {
  readonly name: string;
  /** Its base URL below the emulator's own. */
  readonly url: string;
  /** Its base URL at the root of a port of its own, for clients that split paths: as the service, it has no path. */
  readonly rootUrl: string;
  readonly securityDomain: SecurityDomain;
  readonly keys: KeyStore;
  /** Oldest first. */
  readonly jobs: Job[];
  readonly calls: Call[];
  readonly script: ScriptedFault[];
  /** Lets each call that a fault holds go on. */
  readonly held: Set<() => void>;
  /** The object id of the user-assigned identity that is attached to it; null: none is. */
  identity: string | null;
};

/** What all HSMs of one emulator share. */
export type Emulator = {
  readonly tenantId: string;
  readonly uploadSeconds: number;
  readonly now: () => Date;
  readonly agent: Agent;
  /** What survives the emulator's own end; undefined: nothing does. */
  readonly journal: Journal | undefined;
  /** By lower-case name. */
  readonly hsms: ReadonlyMap<string, Hsm>;
};
