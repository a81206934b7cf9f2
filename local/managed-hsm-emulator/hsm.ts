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
  /** Its base URL: the vault URL of a client. */
  readonly url: string;
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
  /** `https://host:port`, where the HSMs' names are the first segment of the path. */
  readonly origin: string;
  readonly tenantId: string;
  readonly uploadSeconds: number;
  readonly now: () => Date;
  readonly agent: Agent;
  /** What survives the emulator's own end; undefined: nothing does. */
  readonly journal: Journal | undefined;
  /** By lower-case name. */
  readonly hsms: ReadonlyMap<string, Hsm>;
};
