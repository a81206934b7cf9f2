import { KeyClient } from "@azure/keyvault-keys";
import { afterAll, beforeAll } from "vitest";
import type { EmulatorOptions, RunningEmulator } from "../../../local/managed-hsm-emulator/server.ts";
import { credentialFor, HSM_RESOURCE } from "../../token-credential.ts";
import { type Ground, makeGround, startTestEmulator } from "./world.ts";

export type EmulatorWorld = {
  readonly ground: Ground;
  readonly emulator: RunningEmulator;
  /** Base URLs of two HSMs. */
  readonly contoso: string;
  readonly fabrikam: string;
  /** Of contoso, at the root of its own port. */
  readonly contosoRoot: string;
  /** The official client, of contoso. */
  readonly keys: KeyClient;
};

/** The official client of the HSM with this base URL. */
export const keyClient = (hsm: string): KeyClient =>
  new KeyClient(hsm, credentialFor(HSM_RESOURCE), { disableChallengeResourceVerification: true });

/** Starts an emulator before the tests of a file, and ends it after. The result is for use in tests. */
export function useEmulatorWorld(options: Partial<EmulatorOptions> = {}): () => EmulatorWorld {
  let world: EmulatorWorld | undefined;
  beforeAll(async () => {
    const ground = await makeGround();
    const emulator = await startTestEmulator(ground, options);
    const contoso = `${emulator.url}/contoso`;
    const contosoRoot = emulator.hsms.contoso ?? "";
    const fabrikam = `${emulator.url}/fabrikam`;
    world = { ground, emulator, contoso, fabrikam, contosoRoot, keys: keyClient(contoso) };
  });
  afterAll(async () => {
    await world?.emulator.close();
    await world?.ground.certificate.remove();
  });
  return () => {
    if (world === undefined) throw new Error("The world is there only while tests run.");
    return world;
  };
}
