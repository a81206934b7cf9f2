import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll } from "vitest";
import type { EmulatorOptions } from "../../../local/managed-hsm-emulator/server.ts";
import { makeSas } from "../../container-sas.ts";
import { type EmulatorWorld, useEmulatorWorld } from "./emulator-world.ts";
import { call, type Reply } from "./hsm-client.ts";
import { makeContainer, startStorage, type TestStorage } from "./world.ts";

/** A new container, with a good SAS for it. */
export type Place = {
  readonly container: ContainerClient;
  readonly storageResourceUri: string;
  readonly token: string;
};

export type StoredWorld = EmulatorWorld & {
  readonly storage: TestStorage;
  readonly makePlace: () => Promise<Place>;
};

/** Starts an emulator and a storage before the tests of a file, and ends them after. The result is for use in tests. */
export function useStoredWorld(options: Partial<EmulatorOptions> = {}): () => StoredWorld {
  const emulatorWorld = useEmulatorWorld(options);
  let world: StoredWorld | undefined;
  beforeAll(async () => {
    const storage = await startStorage(emulatorWorld().ground);
    const makePlace = async (): Promise<Place> => {
      const container = await makeContainer(storage);
      return { container, storageResourceUri: container.url, token: await makeSas(storage.service, container) };
    };
    world = { ...emulatorWorld(), storage, makePlace };
  });
  afterAll(() => world?.storage.stop());
  return () => {
    if (world === undefined) throw new Error("The world is there only while tests run.");
    return world;
  };
}

/** A world with one place for the backups of all its tests, and the start of a backup into it with a SAS. */
export function usePlace(options: Partial<EmulatorOptions> = {}) {
  const world = useStoredWorld(options);
  let made: Place | undefined;
  beforeAll(async () => {
    made = await world().makePlace();
  });
  const place = (): Place => {
    if (made === undefined) throw new Error("The place is there only while tests run.");
    return made;
  };
  const startBackup = (token: string, version = "7.4"): Promise<Reply> =>
    call(world().contoso, "POST", "backup", {
      version,
      body: { storageResourceUri: place().storageResourceUri, token },
    });
  return { world, place, startBackup };
}

/** The name of the folder in the status of a backup. */
export const folderOf = (status: Record<string, unknown>): string =>
  String(status.azureStorageBlobContainerUri).split("/").at(-1) ?? "";
