import { describe, expect, test } from "vitest";
import type { Authentication } from "../../backup/model/settings.ts";
import type { Ports } from "../../backup/ports.ts";
import { sasOf } from "../sas-target.ts";
import { failureOfCall } from "./failed-call.ts";

export type ContainersWorld = {
  readonly containers: Pick<Ports, "prepareTarget" | "countBlobs" | "writeManifest">;
  readonly storageUrl: string;
  /** Writes as an HSM does. */
  readonly put: (containerUrl: string, name: string, bytes: Uint8Array) => Promise<void> | void;
  readonly read: (container: string, name: string) => Promise<{ readonly text: string; readonly contentType: string }>;
  readonly deleteContainer: (container: string) => Promise<void> | void;
};

const FOLDER = "mhsm-contoso-20261123020000";

/** What every account that receives backups does. `newContainer` gives a name that was never used. */
export function backupContainersContract(
  name: string,
  make: (authentication: Authentication) => Promise<ContainersWorld>,
): void {
  let used = 0;
  const newContainer = (): string => `mhsm-backup-contoso-${++used}`;

  describe(`${name} as backup containers`, () => {
    test("the container is made, its URL has no SAS, and the SAS has no question mark", async () => {
      const { containers, storageUrl } = await make("sas");
      const container = newContainer();
      const target = await containers.prepareTarget(container);
      expect(target.containerUrl).toBe(`${storageUrl}/${container}`);
      const sas = sasOf(target);
      expect(sas.reveal()).not.toMatch(/^\?/);
      expect(`${sas} ${JSON.stringify(sas)}`).toBe('[secret] "[secret]"');
      expect(await containers.countBlobs(container, FOLDER)).toEqual({ blobCount: 0, bytes: 0 });
    });

    test("where HSMs write with their own identity the container is made, and the target is its URL alone", async () => {
      const { containers, storageUrl } = await make("managedIdentity");
      const container = newContainer();
      expect(await containers.prepareTarget(container)).toEqual({
        authentication: "managedIdentity",
        containerUrl: `${storageUrl}/${container}`,
      });
      expect(await containers.countBlobs(container, FOLDER)).toEqual({ blobCount: 0, bytes: 0 });
    });

    test("a container that is there already stays as it is", async () => {
      const { containers, put } = await make("sas");
      const container = newContainer();
      const { containerUrl } = await containers.prepareTarget(container);
      await put(containerUrl, `${FOLDER}/a`, new Uint8Array(5));
      await containers.prepareTarget(container);
      expect(await containers.countBlobs(container, FOLDER)).toEqual({ blobCount: 1, bytes: 5 });
    });

    test("containers are prepared side by side", async () => {
      const { containers } = await make("sas");
      const one = newContainer();
      const names = [one, one, newContainer(), newContainer()];
      const targets = await Promise.all(names.map((name) => containers.prepareTarget(name)));
      expect(targets.map(({ containerUrl }) => containerUrl.split("/").at(-1))).toEqual(names);
    });

    test("only the blobs of the folder are counted, with their bytes", async () => {
      const { containers, put } = await make("sas");
      const container = newContainer();
      const { containerUrl } = await containers.prepareTarget(container);
      const sizes = {
        [`${FOLDER}/a`]: 3,
        [`${FOLDER}/b/c`]: 4,
        [`${FOLDER}-2/a`]: 50,
        other: 600,
        [`x${FOLDER}/a`]: 7,
      };
      for (const [name, size] of Object.entries(sizes)) await put(containerUrl, name, new Uint8Array(size));
      expect(await containers.countBlobs(container, FOLDER)).toEqual({ blobCount: 2, bytes: 7 });
      expect(await containers.countBlobs(container, "none")).toEqual({ blobCount: 0, bytes: 0 });
    });

    test("a manifest is JSON, and the next one of its name replaces it", async () => {
      const { containers, read } = await make("sas");
      const container = newContainer();
      await containers.prepareTarget(container);
      await containers.writeManifest(container, "x.backup.json", '{"state":"Failed"}');
      await containers.writeManifest(container, "x.backup.json", '{"hsm":"Grüße"}');
      expect(await read(container, "x.backup.json")).toEqual({
        text: '{"hsm":"Grüße"}',
        contentType: "application/json",
      });
    });

    test("a container that is gone is notFound", async () => {
      const { containers, deleteContainer } = await make("sas");
      const container = newContainer();
      await containers.prepareTarget(container);
      await deleteContainer(container);
      const gone = { reason: "notFound", target: container, status: 404 };
      expect(await failureOfCall(containers.countBlobs(container, FOLDER))).toMatchObject(gone);
      expect(await failureOfCall(containers.writeManifest(container, "a.json", "{}"))).toMatchObject(gone);
    });

    test("a name that no container can have is rejected", async () => {
      const { containers } = await make("sas");
      expect(await failureOfCall(containers.prepareTarget("Not--A_Name"))).toMatchObject({
        reason: "rejected",
        operation: "create the container",
      });
    });
  });
}
