import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { answerControl, endJobs } from "./control.ts";
import { serveDataPlane } from "./data-plane.ts";
import type { Emulator, Hsm } from "./hsm.ts";
import type { Job } from "./jobs/job.ts";
import { openJournal } from "./jobs/journal.ts";
import { makeSecurityDomain } from "./jobs/security-domain.ts";
import { makeStorageAgent } from "./storage/storage-container.ts";
import { answerError, makeExchange, send } from "./wire/exchange.ts";
import { noSuchHsm } from "./wire/key-vault-error.ts";

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
  /** Ends all jobs and connections. */
  close(): Promise<void>;
};

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_UPLOAD_SECONDS = 6;
const CONTROL = "_control";
const HSM_NAME = /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/i;
// They are the first segments of other addresses.
const RESERVED_NAMES = ["keys", CONTROL];

/**
 * Starts a server that behaves as Managed HSM does, for several HSMs at once.
 * @throws one sentence about a bad option, or about a port or certificate that can't be used
 */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const { certificate, privateKey, tenantId, host = DEFAULT_HOST } = options;
  checkNames(options.hsms);
  const server = createServer({ cert: certificate, key: privateKey });
  const port = await listen(server, options.port, host);
  const origin = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const now = options.now ?? (() => new Date());
  const journal = options.journalFile === undefined ? undefined : openJournal(options.journalFile, now());
  const emulator: Emulator = {
    origin,
    tenantId,
    uploadSeconds: options.uploadSeconds ?? DEFAULT_UPLOAD_SECONDS,
    now,
    journal,
    agent: makeStorageAgent(options.allowedCaCertificate ?? certificate),
    hsms: new Map(
      options.hsms.map((name) => [name.toLowerCase(), makeHsm(name, origin, tenantId, journal?.jobsOf(name))]),
    ),
  };
  server.on("request", (request, response) => void serve(emulator, request, response));
  return { url: origin, close: () => close(emulator, server) };
}

async function serve(emulator: Emulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const exchange = makeExchange(request, response);
    const [first = "", ...rest] = exchange.segments;
    if (first === CONTROL) {
      exchange.send(await answerControl(emulator, exchange, rest));
      return;
    }
    const hsm = emulator.hsms.get(first.toLowerCase());
    if (hsm !== undefined) return await serveDataPlane(emulator, hsm, exchange, rest);
    // The id of a key has no HSM in its path; the version shows which HSM it belongs to.
    const owner = first === "keys" ? findOwner(emulator, exchange.segments) : undefined;
    if (owner === undefined) throw noSuchHsm(first);
    await serveDataPlane(emulator, owner, exchange, exchange.segments);
  } catch (error) {
    send(response, answerError(error));
  }
}

const findOwner = (emulator: Emulator, [, name = "", version = ""]: readonly string[]): Hsm | undefined =>
  [...emulator.hsms.values()].find((hsm) => hsm.keys.get(name)?.versions.some(({ id }) => id === version));

const makeHsm = (name: string, origin: string, tenantId: string, jobs: readonly Job[] = []): Hsm => ({
  name,
  url: `${origin}/${name}`,
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
    if (!HSM_NAME.test(name) || RESERVED_NAMES.includes(name)) {
      throw new TypeError(`'${name}' can't be the name of an HSM: 3 to 24 letters, digits and dashes, a letter first.`);
    }
    if (lower.indexOf(name) !== index) throw new TypeError(`The HSM '${name}' is named twice.`);
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  const listening = once(server, "listening");
  server.listen(port, host);
  await listening;
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : port;
}

async function close(emulator: Emulator, server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await Promise.all([...emulator.hsms.values()].map(endJobs));
  emulator.agent.destroy();
  await closed;
}
