import { MINUTE } from "../../../backup/model/instant.ts";
import { type Secret, secret } from "../../../backup/model/secret.ts";
import type { BackupTarget, Ports } from "../../../backup/ports.ts";
import { about, callFailed } from "./call-failures.ts";
import type { Stage } from "./stage.ts";

export type StorageVerbs = Pick<Ports, "prepareTarget" | "countBlobs" | "writeManifest">;

/** The accounts that receive backups. */
export type SimulatedStorage = {
  /** The verbs of an account as a host calls them whose clock is that far off: a SAS is minted by the host's clock. */
  readonly verbsOf: (host: number, storageUrl: string, skew: () => number) => StorageVerbs;
  /** Whether an HSM may write there at this moment, by the account's clock. */
  readonly isGood: (target: BackupTarget) => boolean;
  /** Takes away what lets an HSM write there: the SAS's delegation key, or the role of the HSM's identity. */
  readonly revoke: (target: BackupTarget) => void;
  /** Writes a blob of so many bytes, as an HSM does. */
  readonly put: (containerUrl: string, name: string, bytes: number) => void;
  /** The signature of every SAS. */
  readonly secrets: readonly string[];
};

export const STORAGE_URL = "https://backups.blob.core.windows.net";
export const OTHER_STORAGE_URL = "https://backups2.blob.core.windows.net";

type Minted = { readonly containerUrl: string; readonly from: number; readonly to: number };
const CLOCK_SKEW = 15 * MINUTE;
const GONE = { reason: "notFound", status: 404, code: "ContainerNotFound" } as const;

export function simulatedStorage({ timeline, shape, emit }: Stage): SimulatedStorage {
  const { authentication, sasLifetime } = shape;
  const containers = new Map<string, Map<string, number>>();
  const minted = new Map<string, Minted>();
  const secrets: string[] = [];
  const revoked = new WeakSet<BackupTarget>();

  const blobsOf = (containerUrl: string): Map<string, number> => {
    const blobs = containers.get(containerUrl) ?? new Map<string, number>();
    containers.set(containerUrl, blobs);
    return blobs;
  };
  function mint(containerUrl: string, at: number): Secret {
    const signature = `fake-signature-${secrets.length + 1}-of-a-sas`;
    secrets.push(signature);
    const sas = `sp=rcwd&spr=https&sr=c&sig=${signature}`;
    minted.set(sas, { containerUrl, from: at - CLOCK_SKEW, to: at + sasLifetime });
    return secret(sas);
  }

  return {
    secrets,
    verbsOf: (host, storageUrl, skew) => ({
      prepareTarget: async (container) => {
        const containerUrl = `${storageUrl}/${container}`;
        blobsOf(containerUrl);
        if (authentication === "managedIdentity") return { authentication, containerUrl };
        return { authentication, containerUrl, sas: mint(containerUrl, timeline.now() + skew()) };
      },
      countBlobs: async (container, folder) => {
        const blobs = containers.get(`${storageUrl}/${container}`);
        if (blobs === undefined) throw callFailed(about("countBlobs"), GONE, container);
        const sizes = [...blobs].flatMap(([name, bytes]) => (name.startsWith(`${folder}/`) ? [bytes] : []));
        return { blobCount: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
      },
      writeManifest: async (container, name, json) => {
        const containerUrl = `${storageUrl}/${container}`;
        const blobs = containers.get(containerUrl);
        if (blobs === undefined) throw callFailed(about("writeManifest"), GONE, container);
        blobs.set(name, json.length);
        emit({ kind: "manifestWritten", host, containerUrl, name, body: json });
      },
    }),
    isGood: (target) => {
      if (revoked.has(target)) return false;
      if (target.authentication === "managedIdentity") return containers.has(target.containerUrl);
      const known = minted.get(target.sas.reveal());
      const now = timeline.now();
      return known?.containerUrl === target.containerUrl && known.from <= now && now < known.to;
    },
    revoke: (target) => void revoked.add(target),
    put: (containerUrl, name, bytes) => void blobsOf(containerUrl).set(name, bytes),
  };
}
