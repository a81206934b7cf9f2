import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import type { Hsm } from "../../../backup/model/names.ts";
import { secret } from "../../../backup/model/secret.ts";
import type { Authentication } from "../../../backup/model/settings.ts";
import type { BackupTarget } from "../../../backup/ports.ts";
import { makeSas } from "../../container-sas.ts";
import { FOREIGN_FOLDER, type NextJob, type Refusal, type StartedHsms } from "../../contract/started-hsms.ts";
import { asList, control } from "../../local/managed-hsm-emulator/hsm-client.ts";
import {
  listBlobs,
  makeContainer,
  makeGround,
  startStorage,
  startTestEmulator,
} from "../../local/managed-hsm-emulator/world.ts";
import { credentialFor, HSM_RESOURCE } from "../../token-credential.ts";

const UPLOAD_SECONDS = 0.2;
const LOOK_AGAIN_MILLISECONDS = 20;
const FOR_EVER_SECONDS = 3_600;
const TIME_LIMIT = 20_000;

const FAULTS: Readonly<Record<NextJob, object>> = {
  fails: { fault: "failAt", share: 0.5 },
  isCanceled: { fault: "jobStatus", status: "Canceled" },
  runsOn: { fault: "neverEnds" },
  writesNothing: { fault: "emptyFolder" },
  namesNoFolder: { fault: "noFolder" },
  namesForeignFolder: { fault: "foreignFolder", folderUrl: FOREIGN_FOLDER },
  isLost: { fault: "loseJob" },
};
const REFUSALS: Readonly<Record<Refusal, object>> = {
  denied: { status: 403, code: "AccessDenied", message: "Not authorized to access backup/start/action on /." },
  sasRefused: {
    status: 403,
    code: "AuthenticationFailed",
    message: "Signature not valid in the specified time frame.",
  },
  busy: { status: 409 },
  rejected: { status: 405, code: "MethodNotAllowed", message: "No." },
  noAnswer: { status: 503 },
};

const clientOf = (apiVersion: string) =>
  managedHsm({
    identity: credentialFor(HSM_RESOURCE),
    now: () => new Date(),
    apiVersion,
    startTimeLimit: TIME_LIMIT,
    callTimeLimit: TIME_LIMIT,
  });

/**
 * The real client on the emulator, over TLS, with real user delegation SAS or tokens of the HSM's own on Azurite. One world a
 * process: a client that has met another certificate of this address may refuse the new one.
 */
export async function startEmulatedHsms(authentication: Authentication): Promise<StartedHsms> {
  const ground = await makeGround();
  const [emulator, storage] = await Promise.all([
    startTestEmulator(ground, { uploadSeconds: UPLOAD_SECONDS }),
    startStorage(ground),
  ]);
  const script = async (hsm: Hsm, fault: object): Promise<void> => {
    const { status } = await control(hsm.url, "POST", "faults", [{ operation: "backup", ...fault }]);
    if (status !== 204) throw new Error(`The fault wasn't taken: ${JSON.stringify(fault)}`);
  };
  const countBlobs = async ({ containerUrl }: BackupTarget, folderUrl: string): Promise<number | null> => {
    if (!folderUrl.startsWith(`${containerUrl}/`)) return null;
    const blobs = await listBlobs(
      storage.service.getContainerClient(new URL(containerUrl).pathname.split("/")[2] ?? ""),
    );
    return blobs.filter(({ name }) => name.startsWith(`${folderUrl.slice(containerUrl.length + 1)}/`)).length;
  };
  const clients = { sas: clientOf("7.4"), managedIdentity: clientOf("7.5") };
  return {
    startFullBackup: (hsm, target) => clients[target.authentication].startFullBackup(hsm, target),
    getBackupStatus: clients[authentication].getBackupStatus,
    hsms: {
      contoso: { name: "contoso", url: `${emulator.url}/contoso` },
      fabrikam: { name: "fabrikam", url: `${emulator.url}/fabrikam` },
    },
    newTarget: async (authentication) => {
      const container = await makeContainer(storage);
      const containerUrl = container.url;
      if (authentication === "managedIdentity") return { authentication, containerUrl };
      return { authentication, containerUrl, sas: secret(await makeSas(storage.service, container)) };
    },
    countBlobs,
    planNextJob: (hsm, next) => script(hsm, FAULTS[next]),
    refuseNextStart: (hsm, reason) => script(hsm, { fault: "status", ...REFUSALS[reason] }),
    dropNextStartAnswer: (hsm) => script(hsm, { fault: "dropAnswer" }),
    startElsewhere: async (hsm) => void (await control(hsm.url, "POST", "jobs", { seconds: FOR_EVER_SECONDS })),
    endJobs: async (hsm) => void (await control(hsm.url, "DELETE", "jobs")),
    jobsKnown: async (hsm) => asList((await control(hsm.url, "GET", "state")).body.jobs).map(({ id }) => String(id)),
    detachIdentity: async (hsm) => void (await control(hsm.url, "DELETE", "identity")),
    attachIdentity: async (hsm) => void (await control(hsm.url, "POST", "identity")),
    passTime: () => new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS)),
    close: async () => {
      await emulator.close();
      await storage.stop();
      await ground.certificate.remove();
    },
  };
}
