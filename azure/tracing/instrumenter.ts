import { AsyncLocalStorage } from "node:async_hooks";
import type { Instrumenter, TracingContext, TracingSpan } from "@azure/core-tracing";
import type { Service } from "./span.ts";
import type { Steps } from "./steps.ts";

/** What the Azure SDKs tell of one request: its method and URL before, its status or error after. */
const HTTP_PACKAGE = "@azure/core-rest-pipeline";
const SERVICES: Readonly<Record<string, Service>> = {
  "@azure/storage-blob": "Azure blob",
  "@azure/storage-queue": "Azure queue",
  "@azure/identity": "identity",
};
const OPERATION = Symbol("operation of an SDK");
const FIRST_ERROR_STATUS = 400;
// https://learn.microsoft.com/rest/api/keyvault/administration/full-backup and full-backup-status
const HSM_PATH = /\/(?:pre)?backup(?:\/[^/]+\/pending)?$/i;

type Operation = { readonly service: Service; readonly name: string };

/**
 * The hook that the Azure SDKs offer for traces (`useInstrumenter`): each request of theirs, and of the HSM client, which
 * uses the same policy, becomes a call of the step in whose context it was made. Their operations around it aren't spans of
 * their own: they give the request its name. Outside of a step nothing is recorded. No header is added to any request.
 */
export function stepInstrumenter(steps: Pick<Steps, "addCall" | "isInStep">, now: () => Date): Instrumenter {
  const operations = new AsyncLocalStorage<TracingContext>();
  const inherited = (given: TracingContext | undefined): TracingContext =>
    given ?? operations.getStore() ?? contextOf(new Map());
  return {
    startSpan: (name, { packageName, tracingContext, spanAttributes }) => {
      const context = inherited(tracingContext);
      if (!steps.isInStep()) return { span: SILENT, tracingContext: context };
      if (packageName === HTTP_PACKAGE) {
        const told = operationIn(context) ?? operationIn(operations.getStore());
        return { span: callSpan(steps, told, { ...spanAttributes }, now), tracingContext: context };
      }
      const operation: Operation = { service: SERVICES[packageName] ?? "HTTP", name };
      return { span: SILENT, tracingContext: context.setValue(OPERATION, operation) };
    },
    withContext: (context, callback, ...args) => operations.run(context, () => callback(...args)),
    parseTraceparentHeader: () => undefined,
    createRequestHeaders: () => ({}),
  };
}

function callSpan(
  steps: Pick<Steps, "addCall">,
  operation: Operation | undefined,
  attributes: Record<string, unknown>,
  now: () => Date,
): TracingSpan {
  const startedAt = now().getTime();
  let error: string | undefined;
  return {
    isRecording: () => true,
    setAttribute: (name, value) => {
      attributes[name] = value;
    },
    setStatus: (status) => {
      if (status.status === "error" && status.error !== undefined) error = wordOf(status.error);
    },
    recordException: () => {},
    end: () => {
      const { "http.status_code": status, "http.method": method, requestId, serviceRequestId } = attributes;
      const isAnswered = typeof status === "number";
      const sent = addressOf(attributes["http.url"]);
      steps.addCall({
        name: operation?.name ?? nameOf(textOf(method) ?? "GET", sent.path),
        service: operation?.service ?? (HSM_PATH.test(sent.path) ? "Managed HSM" : "HTTP"),
        target: sent.host,
        url: sent.url,
        startedAt,
        endedAt: now().getTime(),
        hasSucceeded: isAnswered && status < FIRST_ERROR_STATUS,
        outcome: isAnswered ? String(status) : (error ?? "noAnswer"),
        attributes: {
          method: textOf(method) ?? null,
          requestId: textOf(requestId) ?? null,
          serviceRequestId: textOf(serviceRequestId) ?? null,
        },
      });
    },
  };
}

/** Without user, query and fragment: a query could be a SAS. */
function addressOf(url: unknown): { readonly host: string; readonly path: string; readonly url: string } {
  if (typeof url !== "string" || !URL.canParse(url)) return { host: "unknown", path: "", url: "unknown" };
  const { host, pathname, protocol } = new URL(url);
  return { host, path: pathname, url: `${protocol}//${host}${pathname}` };
}

/** `POST /backup`, `GET /backup/{job}/pending`: the same for every job. */
const nameOf = (method: string, path: string): string =>
  `${method} ${(HSM_PATH.exec(path)?.[0] ?? path).replace(/\/[^/]+(?=\/pending$)/, "/{job}")}`;

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A code where there is one, else the error's name: its message may quote a URL. */
function wordOf(error: Error | string): string {
  if (typeof error === "string") return "error";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function operationIn(context: TracingContext | undefined): Operation | undefined {
  const value: unknown = context?.getValue(OPERATION);
  if (typeof value !== "object" || value === null || !("service" in value) || !("name" in value)) return undefined;
  const { service, name } = value;
  const known = Object.values<Service>(SERVICES).find((each) => each === service);
  return typeof name === "string" ? { service: known ?? "HTTP", name } : undefined;
}

const contextOf = (values: ReadonlyMap<symbol, unknown>): TracingContext => ({
  getValue: (key) => values.get(key),
  setValue: (key, value) => contextOf(new Map(values).set(key, value)),
  deleteValue: (key) => contextOf(new Map([...values].filter(([other]) => other !== key))),
});

const SILENT: TracingSpan = {
  isRecording: () => false,
  setAttribute: () => {},
  setStatus: () => {},
  recordException: () => {},
  end: () => {},
};
