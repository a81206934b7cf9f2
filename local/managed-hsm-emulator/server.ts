import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerControl, endJobs } from "./control.ts";
import { serveDataPlane } from "./data-plane.ts";
import type { Emulator, Hsm } from "./hsm.ts";
import type { Job } from "./jobs/job.ts";
import { openJournal } from "./jobs/journal.ts";
import { makeSecurityDomain } from "./jobs/security-domain.ts";
import { makeStorageAgent } from "./storage/storage-container.ts";
import { answerError, type Exchange, makeExchange, send } from "./wire/exchange.ts";
import { noSuchHsm } from "./wire/key-vault-error.ts";
import { closePort, openPorts, type Port } from "./wire/ports.ts";

export type EmulatorOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** PEM, as the private key. */
  readonly certificate: string;
  readonly privateKey: string;
  /** The names of the HSMs; each has its base URL below the emulator's. */
  readonly hsms: readonly string[];
  /** A port of its own for each HSM, in their order; any free one where there is none. */
  readonly hsmPorts?: readonly number[];
  /** The only tenant whose tokens are taken. */
  readonly tenantId: string;
  /** PEM of an authority to trust, besides the known ones, when a storage is called; `certificate` by default. */
  readonly allowedCaCertificate?: string;
  /** How long a backup or a restore takes, when no fault says otherwise; 6 by default. */
  readonly uploadSeconds?: number;
  /** A file that keeps the jobs for the next start. Without one they end with the emulator. */
  readonly journalFile?: string;
  readonly now?: () => Date;
};

export type RunningEmulator = {
  /** `https://127.0.0.1:PORT`; `${url}/${hsm}` is the base URL of an HSM. */
  readonly url: string;
  /** By name: the base URL of an HSM at the root of its own port. */
  readonly hsms: Readonly<Record<string, string>>;
  /** Ends all jobs and connections. */
  close(): Promise<void>;
};

const DEFAULT_HOST = "127.0.0.1";
const ANY_PORT = 0;
const DEFAULT_UPLOAD_SECONDS = 6;
const CONTROL = "_control";
const HSM_NAME = /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/i;

/**
 * Starts a server that behaves as Managed HSM does, for several HSMs at once.
 * @throws one sentence about a bad option, or about a port or certificate that can't be used
 */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const { certificate, privateKey, tenantId, hsms: names, hsmPorts = [], host = DEFAULT_HOST } = options;
  checkNames(names);
  const numbers = [options.port, ...names.map((_, index) => hsmPorts[index] ?? ANY_PORT)];
  const ports = await openPorts(numbers, { host, certificate, privateKey });
  const [shared, ...own] = ports.map(({ origin }) => origin);
  const now = options.now ?? (() => new Date());
  const journal = options.journalFile === undefined ? undefined : openJournal(options.journalFile, now());
  const hsms = names.map((name, index) =>
    makeHsm(name, `${shared}/${name}`, own[index] ?? "", tenantId, journal?.jobsOf(name)),
  );
  const emulator: Emulator = {
    tenantId,
    uploadSeconds: options.uploadSeconds ?? DEFAULT_UPLOAD_SECONDS,
    now,
    journal,
    agent: makeStorageAgent(options.allowedCaCertificate ?? certificate),
    hsms: new Map(hsms.map((hsm) => [hsm.name.toLowerCase(), hsm])),
  };
  for (const [index, { server }] of ports.entries()) {
    const hsm = hsms[index - 1];
    const serve: Serve = (exchange) =>
      hsm === undefined
        ? serveShared(emulator, exchange)
        : serveDataPlane(emulator, hsm, exchange, { base: hsm.rootUrl, segments: exchange.segments });
    server.on("request", (request, response) => void answer(request, response, serve));
  }
  return {
    url: shared ?? "",
    hsms: Object.fromEntries(hsms.map(({ name, rootUrl }) => [name, rootUrl])),
    close: () => close(emulator, ports),
  };
}

type Serve = (exchange: Exchange) => Promise<void>;

async function answer(request: IncomingMessage, response: ServerResponse, serve: Serve): Promise<void> {
  try {
    await serve(makeExchange(request, response));
  } catch (error) {
    send(response, answerError(error));
  }
}

/** At the emulator's own port the first segment of the path names the HSM. */
async function serveShared(emulator: Emulator, exchange: Exchange): Promise<void> {
  const [first = "", ...segments] = exchange.segments;
  if (first === CONTROL) {
    exchange.send(await answerControl(emulator, exchange, segments));
    return;
  }
  const hsm = emulator.hsms.get(first.toLowerCase());
  if (hsm === undefined) throw noSuchHsm(first);
  await serveDataPlane(emulator, hsm, exchange, { base: hsm.url, segments });
}

const makeHsm = (name: string, url: string, rootUrl: string, tenantId: string, jobs: readonly Job[] = []): Hsm => ({
  name,
  url,
  rootUrl,
  securityDomain: makeSecurityDomain(tenantId, name.toLowerCase()),
  keys: new Map(),
  jobs: [...jobs],
  calls: [],
  script: [],
  held: new Set(),
  identity: randomUUID(),
});

function checkNames(names: readonly string[]): void {
  const lower = names.map((name) => name.toLowerCase());
  if (names.length === 0) throw new TypeError("At least one HSM has to be named.");
  for (const [index, name] of lower.entries()) {
    if (!HSM_NAME.test(name)) {
      throw new TypeError(`'${name}' can't be the name of an HSM: 3 to 24 letters, digits and dashes, a letter first.`);
    }
    if (lower.indexOf(name) !== index) throw new TypeError(`The HSM '${name}' is named twice.`);
  }
}

async function close(emulator: Emulator, ports: readonly Port[]): Promise<void> {
  const closed = Promise.all(ports.map(closePort));
  await Promise.all([...emulator.hsms.values()].map(endJobs));
  emulator.agent.destroy();
  await closed;
}
