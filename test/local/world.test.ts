import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../../local/world.ts";
import { listen } from "../listen.ts";
import { isAlive } from "../processes.ts";
import { until } from "../until.ts";
import { HELD_AZURITE, useLeftovers } from "./leftovers.ts";

const never = new AbortController().signal;
const WANTED = { hsms: ["contoso", "fabrikam"], environment: process.env };

describe("the local world", () => {
  const leftovers = useLeftovers();

  const expectNothingLeft = async (): Promise<void> => {
    expect(await leftovers().files()).toEqual([]);
    await until("the end of every process", async () => (await leftovers().processes()).length === 0);
  };

  it("is up with all its parts, and leaves no process and no folder behind", async () => {
    const world = await startWorld(WANTED, never);
    await inWorld(world, async () => {
      const { settings } = world;
      expect(world.pids.filter(isAlive)).toEqual(world.pids);
      expect((await stat(world.folder)).mode & 0o777).toBe(0o700);
      expect(settings.BACKUP_HSM_URLS).toBe(`${world.hsmEmulatorUrl}/contoso,${world.hsmEmulatorUrl}/fabrikam`);
      expect(settings.BACKUP_STORAGE_URL).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/hsmbackups$/);
      expect(settings.FUNCTIONS_WORKER_RUNTIME).toBe("node");
      const token = await fetch(
        `${settings.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://managedhsm.azure.net`,
        {
          headers: { "x-identity-header": settings.IDENTITY_HEADER },
        },
      );
      expect(token.status).toBe(200);
      // In Azure, Bicep creates the container of the ledger, not the app.
      const host = BlobServiceClient.fromConnectionString(settings.AzureWebJobsStorage);
      expect(await host.getContainerClient("backup-runs").exists()).toBe(true);

      const [first = 0] = world.pids;
      process.kill(first, "SIGKILL");
      expect(await world.broken).toContain("Azurite for the Functions host was ended by SIGKILL");
    });
    expect(world.pids.filter(isAlive)).toEqual([]);
    await expectNothingLeft();
  });

  it("leaves nothing behind when the port of a part is in use", async () => {
    const taken = createServer();
    const port = await listen(taken);
    await expect(startWorld({ ...WANTED, ports: { identity: port } }, never)).rejects.toThrow(
      `Port ${port} is in use, so the identity endpoint can't listen on it`,
    );
    taken.close();
    await expectNothingLeft();
  });

  it("leaves nothing behind when it is aborted while it starts", async () => {
    const stopping = new AbortController();
    const starting = startWorld({ ...WANTED, environment: { ...process.env, ...HELD_AZURITE } }, stopping.signal);
    const outcome = expect(starting).rejects.toThrow("Ctrl-C");
    await until("the start of a program", async () =>
      (await leftovers().processes()).some((line) => line.includes("azurite")),
    );
    stopping.abort(new Error("Ctrl-C"));
    await outcome;
    await expectNothingLeft();
  });
});

async function inWorld(world: World, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } finally {
    await world.stop();
  }
}
