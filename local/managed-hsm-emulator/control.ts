import { randomUUID } from "node:crypto";
import { describeState } from "./control-state.ts";
import { parseFaults } from "./faults/parse-faults.ts";
import type { Emulator, Hsm } from "./hsm.ts";
import { startJob } from "./jobs/run-job.ts";
import type { Answer } from "./wire/answer.ts";
import type { Exchange } from "./wire/exchange.ts";
import { optionalString, parseKnownFields, requiredNumber } from "./wire/fields.ts";
import { badParameter, methodNotAllowed, noSuchHsm, noSuchOperation } from "./wire/key-vault-error.ts";

// A timer can't wait much longer.
const LONGEST_JOB_SECONDS = 604_800;

type Handler = (emulator: Emulator, hsm: Hsm, exchange: Exchange) => Answer | Promise<Answer>;

const HANDLERS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  faults: {
    POST: async (_emulator, hsm, exchange) => {
      hsm.script.push(...parseFaults(await exchange.readBody()));
      return { status: 204 };
    },
    DELETE: (_emulator, hsm) => {
      hsm.script.length = 0;
      return { status: 204 };
    },
  },
  identity: {
    POST: (_emulator, hsm) => {
      hsm.identity ??= randomUUID();
      return { status: 204 };
    },
    DELETE: (_emulator, hsm) => {
      hsm.identity = null;
      return { status: 204 };
    },
  },
  state: { GET: (_emulator, hsm) => ({ status: 200, body: describeState(hsm) }) },
  release: {
    POST: (_emulator, hsm) => {
      const released = hsm.held.size;
      for (const release of hsm.held) release();
      return { status: 200, body: { released } };
    },
  },
  jobs: {
    POST: async (emulator, hsm, exchange) => {
      const fields = parseKnownFields(await exchange.readBody(), "", ["kind", "seconds"]);
      const kind = optionalString(fields, "kind") ?? "backup";
      if (kind !== "backup" && kind !== "restore") throw badParameter("kind: expected backup or restore.");
      const seconds = requiredNumber(fields, "seconds", { min: 0, max: LONGEST_JOB_SECONDS });
      const job = startJob(emulator, hsm, kind, seconds, { disguise: {} }, async () => undefined);
      return { status: 201, body: { jobId: job.id } };
    },
    DELETE: async (_emulator, hsm) => {
      await endJobs(hsm);
      return { status: 204 };
    },
  },
};

/**
 * Answers a call to the control address, `/_control/{hsm}/…`: no token is asked for, and no HSM notes it.
 * @param segments the path below `/_control`
 * @throws Refusal 400 naming the field, 404, 405
 */
export async function answerControl(
  emulator: Emulator,
  exchange: Exchange,
  segments: readonly string[],
): Promise<Answer> {
  const { method, path } = exchange;
  const [name = "", what = ""] = segments;
  const hsm = emulator.hsms.get(name.toLowerCase());
  if (hsm === undefined) throw noSuchHsm(name);
  const handlers = Object.hasOwn(HANDLERS, what) ? HANDLERS[what] : undefined;
  if (handlers === undefined || segments.length !== 2) throw noSuchOperation(method, path);
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  if (handler === undefined) throw methodNotAllowed(method, path);
  return await handler(emulator, hsm, exchange);
}

/** Ends every running job as `Canceled`, and waits until it has ended. */
export async function endJobs(hsm: Hsm): Promise<void> {
  const running = hsm.jobs.filter((job) => job.endedAt === undefined);
  for (const job of running) job.ending.abort();
  await Promise.all(running.map((job) => job.ended));
}
