import { HOUR, MINUTE } from "../../backup/model/instant.ts";
import { type Secret, secret } from "../../backup/model/secret.ts";
import type { Authentication } from "../../backup/model/settings.ts";
import type { BackupTarget, Ports } from "../../backup/ports.ts";
import { fakeFailure } from "./fake-failure.ts";

const CONTAINER_NAME = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;
const CLOCK_SKEW = 15 * MINUTE;

export type FakeContainersOptions = {
  readonly now: () => Date;
  /** Of the account, with no slash at the end. */
  readonly storageUrl: string;
  /** `sas` by default. */
  readonly authentication?: Authentication;
  /** Milliseconds. */
  readonly sasLifetime?: number;
};

export type StoredBlob = { readonly body: Uint8Array; readonly contentType: string };

export type FakeContainers = Pick<Ports, "prepareTarget" | "countBlobs" | "writeManifest"> & {
  /** By container and name. */
  readonly containers: ReadonlyMap<string, ReadonlyMap<string, StoredBlob>>;
  /** Whether an HSM may write there now: by a SAS that was minted here for that container, or by its own identity. */
  readonly isAccepted: (target: BackupTarget) => boolean;
  /** Writes as the HSM does. Throws where there is no such container. */
  readonly put: (containerUrl: string, name: string, bytes: Uint8Array) => void;
  readonly deleteBlob: (container: string, name: string) => void;
  readonly deleteContainer: (container: string) => void;
};

type Minted = { readonly containerUrl: string; readonly from: number; readonly to: number };

/** The account that receives backups, in memory. Every SAS is new, and valid for one container and its lifetime. */
export function fakeContainers({
  now,
  storageUrl,
  authentication = "sas",
  sasLifetime = 25 * HOUR,
}: FakeContainersOptions): FakeContainers {
  const containers = new Map<string, Map<string, StoredBlob>>();
  const minted = new Map<string, Minted>();
  const urlOf = (container: string): string => `${storageUrl}/${container}`;

  function mint(containerUrl: string): Secret {
    const at = now().getTime();
    const sas = `sp=rcwd&spr=https&sr=c&sig=fake-signature-${minted.size + 1}`;
    minted.set(sas, { containerUrl, from: at - CLOCK_SKEW, to: at + sasLifetime });
    return secret(sas);
  }

  /** A call reaches the service some time after it was made. */
  async function arrive(operation: string, container: string): Promise<Map<string, StoredBlob>> {
    await Promise.resolve();
    const blobs = containers.get(container);
    if (blobs !== undefined) return blobs;
    throw fakeFailure(operation, container, { reason: "notFound", status: 404, code: "ContainerNotFound" });
  }

  return {
    containers,
    prepareTarget: async (container) => {
      await Promise.resolve();
      if (!CONTAINER_NAME.test(container)) {
        const refused = { reason: "rejected", status: 400, code: "InvalidResourceName" } as const;
        throw fakeFailure("create the container", container, refused);
      }
      if (!containers.has(container)) containers.set(container, new Map());
      const containerUrl = urlOf(container);
      if (authentication === "managedIdentity") return { authentication, containerUrl };
      return { authentication, containerUrl, sas: mint(containerUrl) };
    },
    countBlobs: async (container, folder) => {
      const blobs = await arrive("list the folder", container);
      const inside = [...blobs].filter(([name]) => name.startsWith(`${folder}/`));
      return { blobCount: inside.length, bytes: inside.reduce((sum, [, { body }]) => sum + body.byteLength, 0) };
    },
    writeManifest: async (container, name, json) => {
      const blobs = await arrive("write the manifest", container);
      blobs.set(name, { body: new TextEncoder().encode(json), contentType: "application/json" });
    },
    isAccepted: (target) => {
      const { containerUrl } = target;
      if (target.authentication === "managedIdentity") return [...containers.keys()].map(urlOf).includes(containerUrl);
      const known = minted.get(target.sas.reveal());
      const at = now().getTime();
      return known !== undefined && known.containerUrl === containerUrl && known.from <= at && at < known.to;
    },
    put: (containerUrl, name, bytes) => {
      const blobs = [...containers].find(([container]) => urlOf(container) === containerUrl)?.[1];
      if (blobs === undefined) throw new Error(`There is no container ${containerUrl}.`);
      blobs.set(name, { body: bytes.slice(), contentType: "application/octet-stream" });
    },
    deleteBlob: (container, name) => void containers.get(container)?.delete(name),
    deleteContainer: (container) => void containers.delete(container),
  };
}
