import { spawn } from "node:child_process";
import { once } from "node:events";
import { list, parseFields } from "../../scripts/json.ts";
import { makeSas } from "../container-sas.ts";
import { makeContainer, makeGround, startStorage, startTestEmulator } from "../local/managed-hsm-emulator/world.ts";
import { HSM_RESOURCE, tokenFor } from "../token-credential.ts";

/** Runs a command that uses an official client: with a new emulator, a container, a SAS and a token in its environment. */
async function main([command, ...given]: readonly string[]): Promise<number> {
  if (command === undefined) {
    console.error("Usage: node test/official-clients/run.ts COMMAND [ARGUMENT ...]");
    return 2;
  }
  const ground = await makeGround();
  const storage = await startStorage(ground);
  const emulator = await startTestEmulator(ground);
  try {
    const container = await makeContainer(storage);
    const { certificateFile } = ground.certificate;
    const child = spawn(command, given, {
      stdio: "inherit",
      env: {
        ...process.env,
        HSM_URL: emulator.hsms.contoso,
        HSM_TOKEN: tokenFor(HSM_RESOURCE),
        CONTAINER_URL: container.url,
        SAS_TOKEN: await makeSas(storage.service, container),
        SSL_CERT_FILE: certificateFile,
        REQUESTS_CA_BUNDLE: certificateFile,
      },
    });
    const [code] = await once(child, "exit");
    await showCalls(`${emulator.url}/_control/contoso/state`);
    return typeof code === "number" ? code : 1;
  } finally {
    await emulator.close();
    await storage.stop();
    await ground.certificate.remove();
  }
}

/** One line for each call that the HSM saw; a status that was asked for many times in a row has one. */
async function showCalls(stateUrl: string): Promise<void> {
  const state = parseFields(await (await fetch(stateUrl)).text(), "state");
  let last = "";
  for (const { method, path, apiVersion, status } of list(state, "calls")) {
    const line = `  ${method} ${path} ${apiVersion ?? "without api-version"}: ${status}`;
    if (line !== last) console.log(line);
    last = line;
  }
}

process.exitCode = await main(process.argv.slice(2));
