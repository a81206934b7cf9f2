import type { BackupTarget, Deps } from "../../backup/deps.ts";
import { fakeContainers } from "../fakes/fake-containers.ts";
import { sasOf } from "../sas-target.ts";
import type { Stage } from "./stage.ts";

export type StorageVerbs = Pick<Deps, "prepareTarget" | "countBlobs" | "writeBeside">;

/** The account that receives the backups. */
export type SimulatedStorage = {
  /** Its verbs as a host calls them whose clock is that far off: a SAS is minted by the host's clock. */
  readonly verbsOf: (skew: () => number) => StorageVerbs;
  /** Whether a SAS is good for its container at this moment, by the account's clock. */
  readonly isGood: (target: BackupTarget) => boolean;
  /** The delegation key of this SAS is revoked. */
  readonly revoke: (target: BackupTarget) => void;
  readonly put: (containerUrl: string, name: string, bytes: Uint8Array) => void;
  /** The same in a container of somebody else, made where there is none. */
  readonly putElsewhere: (container: string, name: string, bytes: Uint8Array) => Promise<void>;
  readonly secrets: readonly string[];
};

export const STORAGE_URL = "https://backups.blob.core.windows.net";

export function simulatedStorage({ timeline, shape }: Stage): SimulatedStorage {
  const secrets: string[] = [];
  const revoked = new Set<string>();
  let callersSkew = 0;
  const now = (): Date => new Date(timeline.now() + callersSkew);
  const fake = fakeContainers({ now, storageUrl: STORAGE_URL, sasLifetime: shape.sasLifetime });
  return {
    verbsOf: (skew) => ({
      countBlobs: fake.countBlobs,
      writeBeside: fake.writeBeside,
      prepareTarget: async (container) => {
        callersSkew = skew();
        try {
          const target = await fake.prepareTarget(container);
          secrets.push(signatureOf(target));
          return target;
        } finally {
          callersSkew = 0;
        }
      },
    }),
    isGood: (target) => !revoked.has(sasOf(target).reveal()) && fake.isAccepted(target),
    revoke: (target) => void revoked.add(sasOf(target).reveal()),
    put: fake.put,
    putElsewhere: async (container, name, bytes) => {
      const { containerUrl } = await fake.prepareTarget(container);
      fake.put(containerUrl, name, bytes);
    },
    secrets,
  };
}

/** What of a SAS may be seen nowhere: its other parts are no secret. */
const signatureOf = (target: BackupTarget): string =>
  sasOf(target)
    .reveal()
    .replace(/^.*\bsig=/, "");
