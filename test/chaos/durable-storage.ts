import { type AzuriteOptions, makeAccountKey } from "../../local/azurite.ts";

const DURABLE = new URL("./durable-azurite.ts", import.meta.url).href;

/** Options for a storage of `local/` that can be killed at any moment and started again: what it answered is there then. */
export const durable = (folder: string, environment: NodeJS.ProcessEnv): AzuriteOptions => ({
  folder,
  accountKey: makeAccountKey(),
  environment: { ...environment, NODE_OPTIONS: `${environment.NODE_OPTIONS ?? ""} --import ${DURABLE}`.trim() },
});
