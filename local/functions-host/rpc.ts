import { isRecord } from "./is-record.ts";

/**
 * What host and worker say to each other about one invocation (FunctionRpc.proto of azure-functions-language-worker-protobuf),
 * as far as the triggers of this host need it. The library inside the app turns it into requests, messages and timers.
 */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly int: number }
  | { readonly http: HttpData };

export type HttpData = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Uint8Array };
};

export type InvocationRequest = {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
};

export type Cookie = Readonly<Record<string, unknown>>;

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly Cookie[];
  readonly body: Uint8Array;
};

const EMPTY = new Uint8Array();
const NO_CONTENT = 204;

/**
 * The HTTP answer in an invocation's response; a handler that returned nothing answers 204.
 * @throws Error when the response isn't what the library is known to give.
 */
export function parseHttpAnswer(response: unknown): HttpAnswer {
  const returned = isRecord(response) ? response.returnValue : undefined;
  if (returned === undefined || returned === null) return { status: NO_CONTENT, headers: {}, cookies: [], body: EMPTY };
  const http = isRecord(returned) ? returned.http : undefined;
  const status = isRecord(http) ? Number(http.statusCode) : Number.NaN;
  if (!isRecord(http) || !Number.isInteger(status)) throw new Error("The function's answer is not an HTTP answer.");
  return {
    status,
    headers: isRecord(http.headers) ? mapToText(http.headers) : {},
    cookies: Array.isArray(http.cookies) ? http.cookies.filter(isRecord) : [],
    body: isRecord(http.body) && http.body.bytes instanceof Uint8Array ? http.body.bytes : EMPTY,
  };
}

const mapToText = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
