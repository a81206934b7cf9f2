import { type Call, newCall } from "./call-log.ts";
import { takeAnswerFault, takeDisguise } from "./faults/fault-script.ts";
import { deliver, replaceAnswer, waitBefore } from "./faults/faulty-answer.ts";
import type { Emulator, Hsm } from "./hsm.ts";
import { answerLook } from "./jobs/job-answer.ts";
import { START_OPERATIONS } from "./jobs/start-operations.ts";
import { KEY_OPERATIONS } from "./keys/key-operations.ts";
import type { Answer, Request } from "./wire/answer.ts";
import { isSince, parseApiVersion } from "./wire/api-versions.ts";
import { findTokenProblem } from "./wire/bearer-token.ts";
import { answerError, type Exchange } from "./wire/exchange.ts";
import { apiVersionUnsupported, methodNotAllowed, noSuchOperation, unauthorized } from "./wire/key-vault-error.ts";
import { findRoute, isJobStart, isLook } from "./wire/operations.ts";

/** Where a call came in: the base URL of the HSM that its caller knows, and the segments of the path below it. */
export type Entrance = { readonly base: string; readonly segments: readonly string[] };

/** Answers one call to an HSM's data plane. */
export async function serveDataPlane(
  emulator: Emulator,
  hsm: Hsm,
  exchange: Exchange,
  entrance: Entrance,
): Promise<void> {
  const version = exchange.query.get("api-version");
  const call = newCall(emulator.now(), exchange.method, exchange.path, version);
  hsm.calls.push(call);
  try {
    call.tokenProblem = findTokenProblem(exchange.authorization, emulator.tenantId, emulator.now());
    if (call.tokenProblem !== null) throw unauthorized(emulator.tenantId);
    const request = readRequest(exchange, entrance);
    call.operation = request.route.operation;
    await serveWithFaults(emulator, hsm, exchange, call, request);
  } catch (error) {
    await deliver(hsm, exchange, call, answerError(error), undefined);
  }
}

type Asked = Omit<Request, "body">;

function readRequest(exchange: Exchange, { base, segments }: Entrance): Asked {
  const { method, path, query } = exchange;
  const route = findRoute(method, segments);
  if (route === undefined) throw noSuchOperation(method, path);
  if (route === "wrongMethod") throw methodNotAllowed(method, path);
  const given = query.get("api-version");
  // Official clients follow `Azure-AsyncOperation` as it is, and it has no version.
  const version = given === null && isLook(route.operation) ? route.since : parseApiVersion(given, path);
  if (!isSince(route.since, version)) throw apiVersionUnsupported(path, version);
  return { base, route, version, query };
}

async function serveWithFaults(
  emulator: Emulator,
  hsm: Hsm,
  exchange: Exchange,
  call: Call,
  asked: Asked,
): Promise<void> {
  const fault = takeAnswerFault(hsm.script, asked.route.operation);
  call.fault = fault?.fault ?? null;
  if (!(await waitBefore(hsm, exchange, call, fault))) return;
  const answer = replaceAnswer(emulator.tenantId, fault) ?? (await actOrRefuse(emulator, hsm, exchange, call, asked));
  await deliver(hsm, exchange, call, answer, fault);
}

/** A refusal is an answer too: it can be dropped or held as any other. */
async function actOrRefuse(
  emulator: Emulator,
  hsm: Hsm,
  exchange: Exchange,
  call: Call,
  asked: Asked,
): Promise<Answer> {
  try {
    return await act(emulator, hsm, { ...asked, body: await exchange.readBody() }, call);
  } catch (error) {
    return answerError(error);
  }
}

async function act(emulator: Emulator, hsm: Hsm, request: Request, call: Call): Promise<Answer> {
  const { operation, name } = request.route;
  if (isJobStart(operation)) {
    const started = await START_OPERATIONS[operation](emulator, hsm, { ...request, kind: operation });
    call.jobId = started.job.id;
    return started.answer;
  }
  if (isLook(operation)) {
    call.jobId = name;
    return answerLook(hsm, operation, name, takeDisguise(hsm.script, operation));
  }
  return await KEY_OPERATIONS[operation](emulator, hsm, request);
}
