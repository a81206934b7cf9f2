import { describe, expect, it } from "vitest";
import { worldEnvironment } from "../../local/world-environment.ts";

describe("the environment of the local world's programs", () => {
  it("lacks what would lead them to another identity, storage or telemetry account", () => {
    const leading = {
      AZURE_CLIENT_ID: "a",
      AzureWebJobsStorage__blobServiceUri: "b",
      APPLICATIONINSIGHTS_CONNECTION_STRING: "c",
      IDENTITY_ENDPOINT: "d",
      MSI_ENDPOINT: "e",
    };
    const kept = worldEnvironment({ ...leading, HOME: "/home/me", BACKUP_SCHEDULE: "0 0 3 * * *" });
    expect(kept).toEqual(expect.objectContaining({ HOME: "/home/me", BACKUP_SCHEDULE: "0 0 3 * * *" }));
    expect(Object.keys(kept).filter((name) => name in leading)).toEqual([]);
  });

  it("keeps a proxy away from this machine's own addresses", () => {
    const { NO_PROXY, no_proxy } = worldEnvironment({ HTTPS_PROXY: "http://proxy:3128", no_proxy: "example.org" });
    expect([NO_PROXY, no_proxy]).toEqual(["example.org,127.0.0.1,localhost", "example.org,127.0.0.1,localhost"]);
  });
});
