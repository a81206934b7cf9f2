import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readHostStorage } from "../../../azure/storage/host-storage.ts";
import { ledgerClients } from "../../../azure/storage/storage-clients.ts";
import { ACCOUNT_KEY } from "../../azurite.ts";
import { credentialFor, STORAGE_RESOURCE } from "../../token-credential.ts";

const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=host;AccountKey=${ACCOUNT_KEY};EndpointSuffix=core.windows.net`;
const LEDGER = "vault-runs";
const LIMIT = 30_000;
const CLIENT_ID = "b0d4e1f2-0000-4000-8000-2d7cd011db47";

function clientsOf(env: Record<string, string>) {
  const asked: (string | undefined)[] = [];
  const read = readHostStorage(env);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const identityOf = (clientId: string | undefined) => {
    asked.push(clientId);
    return credentialFor(STORAGE_RESOURCE);
  };
  const { container, queue } = ledgerClients(read.host, LEDGER, identityOf, LIMIT);
  return { ledger: container.url, queue: queue.url, asked };
}

describe("the host's storage", () => {
  test("by connection string, with no identity", () => {
    expect(clientsOf({ AzureWebJobsStorage: CONNECTION })).toEqual({
      ledger: "https://host.blob.core.windows.net/vault-runs",
      queue: "https://host.queue.core.windows.net/vault-runs-follow-ups",
      asked: [],
    });
  });

  test("by account name, with the app's identity", () => {
    expect(clientsOf({ AzureWebJobsStorage__accountName: "host" })).toEqual({
      ledger: "https://host.blob.core.windows.net/vault-runs",
      queue: "https://host.queue.core.windows.net/vault-runs-follow-ups",
      asked: [undefined],
    });
  });

  test("by its services, with a chosen identity", () => {
    const env = {
      AzureWebJobsStorage__blobServiceUri: "https://host.blob.core.usgovcloudapi.net/",
      AzureWebJobsStorage__queueServiceUri: "https://host.queue.core.usgovcloudapi.net",
      AzureWebJobsStorage__credential: "managedIdentity",
      AzureWebJobsStorage__clientId: CLIENT_ID,
    };
    expect(clientsOf(env)).toEqual({
      ledger: "https://host.blob.core.usgovcloudapi.net/vault-runs",
      queue: "https://host.queue.core.usgovcloudapi.net/vault-runs-follow-ups",
      asked: [CLIENT_ID],
    });
  });

  test("an emulator's services are called on loopback", () => {
    const env = {
      AzureWebJobsStorage__blobServiceUri: "https://127.0.0.1:10000/host",
      AzureWebJobsStorage__queueServiceUri: "https://127.0.0.1:10001/host/",
    };
    expect(clientsOf(env)).toMatchObject({
      ledger: "https://127.0.0.1:10000/host/vault-runs",
      queue: "https://127.0.0.1:10001/host/vault-runs-follow-ups",
    });
  });

  test.each([
    "UseDevelopmentStorage=true",
    `DefaultEndpointsProtocol=https;AccountName=host;AccountKey=${ACCOUNT_KEY};EndpointSuffix=core.chinacloudapi.cn`,
    "BlobEndpoint=https://host.blob.core.windows.net;QueueEndpoint=https://host.queue.core.windows.net;SharedAccessSignature=sv=2026&sig=x",
  ])("by the connection string %s", (text) => {
    expect(readHostStorage({ AzureWebJobsStorage: text })).toMatchObject({ host: { by: "connectionString" } });
  });

  test("a connection string wins, as it does with the host", () => {
    const env = { AzureWebJobsStorage: CONNECTION, AzureWebJobsStorage__accountName: "other" };
    expect(clientsOf(env).ledger).toContain("https://host.");
  });
});

describe("what is wrong with the host's storage", () => {
  const rows: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
    ["nothing is set", {}, ["AzureWebJobsStorage"]],
    ["blanks", { AzureWebJobsStorage: "  " }, ["AzureWebJobsStorage"]],
    ["no connection string", { AzureWebJobsStorage: "SECRET-text" }, ["AzureWebJobsStorage"]],
    [
      "a connection string without queues",
      { AzureWebJobsStorage: "BlobEndpoint=https://host.blob.core.windows.net;SharedAccessSignature=SECRET" },
      ["AzureWebJobsStorage"],
    ],
    [
      "a connection string to another server",
      { AzureWebJobsStorage: CONNECTION.replace("core.windows.net", "example.org") },
      ["AzureWebJobsStorage"],
    ],
    [
      "a connection string with plain http",
      { AzureWebJobsStorage: CONNECTION.replace("=https", "=http") },
      ["AzureWebJobsStorage"],
    ],
    [
      "a token for an emulator over plain http",
      {
        AzureWebJobsStorage__blobServiceUri: "http://127.0.0.1:10000/host",
        AzureWebJobsStorage__queueServiceUri: "https://host.queue.core.windows.net",
      },
      ["AzureWebJobsStorage__blobServiceUri"],
    ],
    [
      "servers that are not Azure's",
      {
        AzureWebJobsStorage__blobServiceUri: "https://host.blob.example.org",
        AzureWebJobsStorage__queueServiceUri: "https://host.blob.core.windows.net",
      },
      ["AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri"],
    ],
    ["a bad account name", { AzureWebJobsStorage__accountName: "SECRET_" }, ["AzureWebJobsStorage__accountName"]],
    [
      "one service only",
      { AzureWebJobsStorage__blobServiceUri: "https://host.blob.core.windows.net" },
      ["AzureWebJobsStorage__queueServiceUri"],
    ],
    [
      "everything at once",
      {
        AzureWebJobsStorage__blobServiceUri: "https://x.blob.core.windows.net/?sig=SECRET",
        AzureWebJobsStorage__queueServiceUri: "http://SECRET.queue.core.windows.net",
        AzureWebJobsStorage__credential: "SECRET",
        AzureWebJobsStorage__clientId: "SECRET",
      },
      [
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
      ],
    ],
  ];
  test.each(rows)("%s: reported by name, with what was expected, and no value", (_, env, names) => {
    const read = readHostStorage(env);
    const problems = "problems" in read ? read.problems : [];
    expect(problems.map(({ setting }) => setting)).toEqual(names);
    expect(problems.every(({ problem }) => problem.startsWith("expected "))).toBe(true);
    expect(JSON.stringify(problems)).not.toContain("SECRET");
  });

  test("settings that were read don't show the account key", () => {
    const read = readHostStorage({ AzureWebJobsStorage: CONNECTION });
    const shown = `${inspect(read, { depth: Number.POSITIVE_INFINITY, showHidden: true })} ${JSON.stringify(read)}`;
    expect(shown).toContain("[secret]");
    expect(shown).not.toContain(ACCOUNT_KEY);
  });
});
