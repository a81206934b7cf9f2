import { join } from "node:path";
import type { Certificate } from "../../local/certificate.ts";
import type { Parts } from "../../local/parts.ts";
import { startHsmEmulator } from "../../local/programs.ts";
import { type Fields, parseFields } from "../../scripts/json.ts";
import { TENANT } from "../token-credential.ts";
import { stoppable } from "./chaos-storage.ts";
import { type Service, startService } from "./service.ts";
import { openTcpGate, type TcpGate } from "./tcp-gate.ts";

const UPLOAD_SECONDS = 2;
const NAME_DIGITS = 3;
const UNKNOWN_YET = 0;

export type ChaosHsms = {
  readonly names: readonly string[];
  readonly service: Service;
  readonly gate: TcpGate;
  /** What belongs into BACKUP_HSM_URLS: through the gate. */
  readonly urls: string;
  /** Calls the control address of one of them. @throws while the emulator is down */
  readonly control: (method: string, hsm: string, what: string, body?: unknown) => Promise<Fields>;
};

/** One emulator with many HSMs behind a gate; a journal keeps their jobs when it is killed. */
export async function startChaosHsms(
  count: number,
  folder: string,
  certificate: Certificate,
  environment: NodeJS.ProcessEnv,
  parts: Parts,
): Promise<ChaosHsms> {
  const hsms = Array.from({ length: count }, (_, index) => `chaos-${String(index + 1).padStart(NAME_DIGITS, "0")}`);
  const journalFile = join(folder, "jobs.jsonl");
  const options = {
    hsms,
    tenantId: TENANT,
    certificate,
    port: 0,
    uploadSeconds: UPLOAD_SECONDS,
    journalFile,
    environment,
  };
  const gate = await parts.start(async () => stoppable(await openTcpGate(UNKNOWN_YET)));
  const service = await parts.start((signal) =>
    startService(
      (calledOff) => startHsmEmulator(options, calledOff),
      ({ url }) => gate.retarget(Number(new URL(url).port)),
      signal,
    ),
  );
  const origin = `https://127.0.0.1:${gate.port}`;
  return {
    names: hsms,
    service,
    gate,
    urls: hsms.map((hsm) => `${origin}/${hsm}`).join(","),
    control: async (method, hsm, what, body) => {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${origin}/_control/${hsm}/${what}`, init);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The control address answered ${answer.status}: ${text}`);
      return text === "" ? {} : parseFields(text, "control");
    },
  };
}
