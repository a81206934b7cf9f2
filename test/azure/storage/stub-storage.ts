import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { ACCOUNT_KEY } from "../../azurite.ts";
import { listen } from "../../listen.ts";

/** What the stub does with a request: refuse it as storage does, answer a text, say nothing, or hang up. */
export type StubAnswer =
  | { readonly status: number; readonly code: string; readonly message?: string }
  | { readonly status: number; readonly text: string }
  | "silence"
  | "hang up";

export type Stub = {
  readonly service: BlobServiceClient;
  readonly ledger: ContainerClient;
  readonly queue: QueueClient;
  readonly close: () => Promise<void>;
};

const XML = { "content-type": "application/xml" };

// What waits between tries would only make the tests slow.
const OPTIONS = { retryOptions: { maxTries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 1 } };

/** A storage service over HTTP with scripted answers: those that Azurite never gives. */
export async function startStub(answer: (request: IncomingMessage) => StubAnswer | Promise<StubAnswer>): Promise<Stub> {
  const server = createServer(async (request, response) => {
    request.resume();
    const scripted = await answer(request);
    if (scripted === "silence") return;
    if (scripted === "hang up") return void request.socket.destroy();
    if ("text" in scripted) return void response.writeHead(scripted.status, XML).end(scripted.text);
    const headers = { "x-ms-error-code": scripted.code, ...XML };
    const body = `<?xml version="1.0"?><Error><Code>${scripted.code}</Code><Message>${scripted.message ?? scripted.code}</Message></Error>`;
    response.writeHead(scripted.status, headers).end(request.method === "HEAD" ? "" : body);
  });
  const port = await listen(server);
  const connection = `DefaultEndpointsProtocol=http;AccountName=stub;AccountKey=${ACCOUNT_KEY};BlobEndpoint=http://127.0.0.1:${port}/stub;QueueEndpoint=http://127.0.0.1:${port}/stub`;
  const service = BlobServiceClient.fromConnectionString(connection, OPTIONS);
  return {
    service,
    ledger: service.getContainerClient("backup-runs"),
    queue: QueueServiceClient.fromConnectionString(connection, OPTIONS).getQueueClient("backup-follow-ups"),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
