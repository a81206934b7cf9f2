import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { makeAccessToken } from "./access-token.ts";
import { explainPortInUse, LOOPBACK } from "./port.ts";

// https://learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference"
const API_VERSION = "2019-08-01";
const PATH = "/msi/token";
const NAME = "the identity endpoint";
const ONE_HOUR_SECONDS = 3_600;

export type IdentityEndpointOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** The secret that a caller shows in X-IDENTITY-HEADER. */
  readonly header: string;
  readonly tenantId: string;
  readonly lifetimeSeconds?: number;
};

export type IdentityEndpoint = {
  /** What belongs into IDENTITY_ENDPOINT. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

type Answer = { readonly status: number; readonly body: object };
type Asked = { readonly resource: string; readonly clientId: string };

/**
 * The managed identity endpoint of App Service, so that `ManagedIdentityCredential` runs here as it does in Azure.
 * @throws one sentence when the port is in use.
 */
export async function startIdentityEndpoint(options: IdentityEndpointOptions): Promise<IdentityEndpoint> {
  const principalId = randomUUID();
  const server = createServer((request, response) => {
    const { status, body } = answer(request, options, principalId);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  });
  try {
    const listening = once(server, "listening");
    server.listen(options.port, LOOPBACK);
    await listening;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(explainPortInUse(NAME, message) ?? `The local world lacks ${NAME}: ${message}`, { cause });
  }
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : options.port;
  const close = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${LOOPBACK}:${port}${PATH}`, close };
}

function answer(request: IncomingMessage, options: IdentityEndpointOptions, principalId: string): Answer {
  const url = new URL(request.url ?? "/", `http://${LOOPBACK}`);
  if (url.pathname !== PATH) return refuse(404, `There is only ${PATH} here.`);
  if (request.method !== "GET") return refuse(405, "Only GET is answered here.");
  if (!isSame(request.headers["x-identity-header"], options.header)) {
    return refuse(401, "X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.");
  }
  const asked = readQuestion(url.searchParams);
  if ("status" in asked) return asked;
  const lifetimeSeconds = options.lifetimeSeconds ?? ONE_HOUR_SECONDS;
  const { tenantId } = options;
  const made = makeAccessToken({ resource: asked.resource, tenantId, principalId, lifetimeSeconds, now: new Date() });
  return {
    status: 200,
    body: {
      access_token: made.token,
      expires_on: String(made.expiresOn.getTime() / 1000),
      resource: asked.resource,
      token_type: "Bearer",
      client_id: asked.clientId === "" ? principalId : asked.clientId,
    },
  };
}

function readQuestion(query: URLSearchParams): Asked | Answer {
  const version = query.get("api-version");
  if (version !== API_VERSION) return refuse(400, `api-version has to be ${API_VERSION}.`);
  const resource = query.get("resource");
  if (resource === null || !URL.canParse(resource)) {
    return refuse(400, "resource has to be the address of a service, e.g. https://storage.azure.com.");
  }
  return { resource, clientId: query.get("client_id") ?? "" };
}

const refuse = (status: number, message: string): Answer => ({ status, body: { statusCode: status, message } });

function isSame(shown: string | string[] | undefined, expected: string): boolean {
  if (typeof shown !== "string") return false;
  return timingSafeEqual(createHash("sha256").update(shown).digest(), createHash("sha256").update(expected).digest());
}
