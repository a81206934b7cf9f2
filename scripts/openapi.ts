/** `npm run openapi`: writes functions/http/openapi.json, the description of the API. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describeApi } from "./describe-api.ts";

const FILE = fileURLToPath(new URL("../functions/http/openapi.json", import.meta.url));

await writeFile(FILE, describeApi());
