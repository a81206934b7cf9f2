import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TENANT } from "../../../token-credential.ts";
import { until } from "../../../until.ts";
import { keyClient } from "../emulator-world.ts";
import { call, type Reply } from "../hsm-client.ts";
import { useStoredWorld } from "../stored-world.ts";
import { fill, like, type Template, type Values } from "./template.ts";

type Headers = Readonly<Record<string, string>>;

type Step = {
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  /** Where they are others than those of the recording. */
  readonly headers?: Headers;
  /** False: the first call, for the challenge. */
  readonly hasToken?: boolean;
  readonly body?: Template;
  /** The field by which the client sees that the job has ended; until then it repeats the request. */
  readonly repeatedUntil?: "status" | "endTime";
  readonly meanwhile?: Template;
  /** What the client reads of the answer. */
  readonly answer: { readonly status: number; readonly headers?: Headers; readonly body?: Template };
};

type Sequence = {
  readonly name: string;
  /** Where it was recorded, or the client's source. */
  readonly source: string;
  /** Keys that the HSM holds before. */
  readonly keys?: readonly string[];
  readonly steps: readonly Step[];
};

type Recording = {
  readonly client: string;
  readonly version: string;
  readonly headers: { readonly withBody: Headers; readonly withoutBody: Headers };
  readonly sequences: readonly Sequence[];
};

const RECORDINGS: readonly Recording[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8")));
const CASES = RECORDINGS.flatMap(({ client, version, headers, sequences }) =>
  sequences.map((sequence) => [`${client} ${version}`, sequence.name, sequence, headers] as const),
);

const world = useStoredWorld({ uploadSeconds: 0.1 });

test.each(CASES)("%s: %s is answered as recorded", async (_, __, sequence, headers) => {
  const { contosoRoot, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  for (const key of sequence.keys ?? []) await keyClient(contosoRoot).createRsaKey(key);
  const values: Values = new Map([
    ["hsm", contosoRoot],
    ["name", "contoso"],
    ["tenant", TENANT],
    ["container", storageResourceUri],
    ["containerName", container.containerName],
    ["account", storageResourceUri.slice(0, storageResourceUri.lastIndexOf("/"))],
    ["sas", token],
  ]);
  for (const step of sequence.steps) await replay(step, contosoRoot, headers, values);
});

async function replay(step: Step, hsm: string, headers: Recording["headers"], values: Values): Promise<void> {
  const name = `${step.method} ${step.path}`;
  const reply = await until(`the end of ${name}`, async () => {
    const seen = await send(step, hsm, headers, values);
    if (step.repeatedUntil === undefined || hasEnded(seen, step.repeatedUntil)) return seen;
    expect({ body: seen.body }, name).toMatchObject({ body: like(step.meanwhile ?? {}, values) });
    return undefined;
  });
  expect(reply.status, name).toBe(step.answer.status);
  learn(reply, values);
  for (const [header, value] of Object.entries(step.answer.headers ?? {}))
    expect(reply.headers.get(header), `${name}: ${header}`).toEqual(like(value, values));
  if (step.answer.body === null) expect(reply.body, name).toEqual({});
  else expect({ body: reply.body }, name).toMatchObject({ body: like(step.answer.body ?? {}, values) });
}

function send(step: Step, hsm: string, headers: Recording["headers"], values: Values): Promise<Reply> {
  const { method, path, apiVersion, body } = step;
  return call(hsm, method, String(fill(path, values)).slice(1), {
    version: apiVersion,
    headers: step.headers ?? (body === undefined ? headers.withoutBody : headers.withBody),
    ...(body === undefined ? {} : { body: fill(body, values) }),
    ...(step.hasToken === false ? { authorization: null } : {}),
  });
}

const hasEnded = ({ body }: Reply, field: "status" | "endTime"): boolean =>
  field === "status" ? body.status !== "InProgress" : typeof body.endTime === "number";

/** What later requests name: the job, and the folder of a backup. */
function learn({ status, body }: Reply, values: Values): void {
  if (status === 202) values.set("jobId", String(body.jobId));
  const folderUrl = body.azureStorageBlobContainerUri;
  if (status !== 200 || typeof folderUrl !== "string") return;
  values.set("folderUrl", folderUrl);
  values.set("folder", folderUrl.slice(folderUrl.lastIndexOf("/") + 1));
}
