import { KeyClient } from "@azure/keyvault-keys";
import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll } from "vitest";
import type { EmulatorOptions, RunningEmulator } from "../../../local/managed-hsm-emulator/server.ts";
import { makeSas } from "./sas.ts";
import {
  credentialFor,
  type Ground,
  HSM_RESOURCE,
  makeContainer,
  makeGround,
  startStorage,
  startTestEmulator,
  type TestStorage,
} from "./world.ts";

/** A new container, with a good SAS for it. */
export type Place = {
  readonly container: ContainerClient;
  readonly storageResourceUri: string;
  readonly token: string;
};

export type StoredWorld = {
  readonly ground: Ground;
  readonly storage: TestStorage;
  readonly emulator: RunningEmulator;
  /** Base URLs of two HSMs. */
  readonly contoso: string;
  readonly fabrikam: string;
  /** The official client, of contoso. */
  readonly keys: KeyClient;
  readonly makePlace: () => Promise<Place>;
};

/** Starts an emulator and a storage before the tests of a file, and ends them after. The result is for use in tests. */
export function useStoredWorld(options: Partial<EmulatorOptions> = {}): () => StoredWorld {
  let world: StoredWorld | undefined;
  beforeAll(async () => {
    const ground = await makeGround();
    const [storage, emulator] = await Promise.all([startStorage(ground), startTestEmulator(ground, options)]);
    const contoso = `${emulator.url}/contoso`;
    const keys = new KeyClient(contoso, credentialFor(HSM_RESOURCE), { disableChallengeResourceVerification: true });
    const makePlace = async (): Promise<Place> => {
      const container = await makeContainer(storage);
      return { container, storageResourceUri: container.url, token: await makeSas(storage, container) };
    };
    world = { ground, storage, emulator, contoso, fabrikam: `${emulator.url}/fabrikam`, keys, makePlace };
  });
  afterAll(async () => {
    await world?.emulator.close();
    await world?.storage.program.stop();
    await world?.ground.end();
  });
  return () => {
    if (world === undefined) throw new Error("The world is there only while tests run.");
    return world;
  };
}

/** The name of the folder that the status of a backup tells. */
export const folderOf = (status: Record<string, unknown>): string =>
  String(status.azureStorageBlobContainerUri).split("/").at(-1) ?? "";
