import type { BackupTarget, Deps, SasTarget } from "../../backup/deps.ts";
import { fakeContainers } from "../fakes/fake-containers.ts";
import type { Stage } from "./stage.ts";

export type StorageVerbs = Pick<Deps, "prepareTarget" | "countBlobs" | "writeBeside">;

/** The account that receives the backups. */
export type SimulatedStorage = {
  /** Its verbs as a host calls them whose clock is that far off: a SAS is minted by the host's clock. */
  readonly verbsOf: (skew: () => number) => StorageVerbs;
  /** Whether an HSM may write there at this moment, by the account's clock. */
  readonly isGood: (target: BackupTarget) => boolean;
  /** What this target was given is good no more: its SAS's delegation key, or the role of the HSM's identity. */
  readonly revoke: (target: BackupTarget) => void;
  readonly put: (containerUrl: string, name: string, bytes: Uint8Array) => void;
  /** The same in a container of somebody else, made where there is none. */
  readonly putElsewhere: (container: string, name: string, bytes: Uint8Array) => Promise<void>;
  readonly secrets: readonly string[];
};

export const STORAGE_URL = "https://backups.blob.core.windows.net";

export function simulatedStorage({ timeline, shape }: Stage): SimulatedStorage {
  const secrets: string[] = [];
  const revoked = new WeakSet<BackupTarget>();
  let callersSkew = 0;
  const now = (): Date => new Date(timeline.now() + callersSkew);
  const fake = fakeContainers({ now, storageUrl: STORAGE_URL, ...shape });
  return {
    verbsOf: (skew) => ({
      countBlobs: fake.countBlobs,
      writeBeside: fake.writeBeside,
      prepareTarget: async (container) => {
        callersSkew = skew();
        try {
          const target = await fake.prepareTarget(container);
          if (target.authentication === "sas") secrets.push(signatureOf(target));
          return target;
        } finally {
          callersSkew = 0;
        }
      },
    }),
    isGood: (target) => !revoked.has(target) && fake.isAccepted(target),
    revoke: (target) => void revoked.add(target),
    put: fake.put,
    putElsewhere: async (container, name, bytes) => {
      const { containerUrl } = await fake.prepareTarget(container);
      fake.put(containerUrl, name, bytes);
    },
    secrets,
  };
}

/** What of a SAS may be seen nowhere: its other parts are no secret. */
const signatureOf = ({ sas }: SasTarget): string => sas.reveal().replace(/^.*\bsig=/, "");
