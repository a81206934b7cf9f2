import { generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { type Fields, isFields, optionalNumber, optionalString, requiredString } from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";
import type { KeyMaterial } from "./stored-key.ts";

const generate = promisify(generateKeyPair);

export type MadeKey = {
  readonly keyType: string;
  readonly material: KeyMaterial;
  readonly operations: readonly string[];
};

const RSA_SIZES = [2048, 3072, 4096];
const OCT_SIZES = [128, 192, 256];
const DEFAULT_RSA_SIZE = 2048;
const DEFAULT_OCT_SIZE = 256;
const DEFAULT_CURVE = "P-256";
// Node's name of each curve.
const CURVES: Readonly<Record<string, string>> = {
  "P-256": "P-256",
  "P-384": "P-384",
  "P-521": "P-521",
  "P-256K": "secp256k1",
};

/**
 * Makes the key that the fields `kty`, `key_size` and `crv` ask for. Whatever is asked for is made in the HSM: RSA
 * becomes RSA-HSM, as seen of the service.
 * @throws Refusal 400
 */
export async function makeKey(fields: Fields): Promise<MadeKey> {
  switch (requiredString(fields, "kty")) {
    case "RSA":
    case "RSA-HSM":
      return await makeRsaKey(readSize(fields, RSA_SIZES, DEFAULT_RSA_SIZE));
    case "EC":
    case "EC-HSM":
      return await makeEcKey(optionalString(fields, "crv") ?? DEFAULT_CURVE);
    case "oct":
    case "oct-HSM":
      return makeOctKey(readSize(fields, OCT_SIZES, DEFAULT_OCT_SIZE));
    default:
      throw badParameter("kty: expected RSA-HSM, EC-HSM or oct-HSM.");
  }
}

async function makeRsaKey(modulusLength: number): Promise<MadeKey> {
  const { privateKey } = await generate("rsa", { modulusLength });
  const operations = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
  return { keyType: "RSA-HSM", material: exportKey(privateKey), operations };
}

async function makeEcKey(crv: string): Promise<MadeKey> {
  const namedCurve = CURVES[crv];
  if (namedCurve === undefined) throw badParameter(`crv: expected one of ${Object.keys(CURVES).join(", ")}.`);
  const { privateKey } = await generate("ec", { namedCurve });
  return { keyType: "EC-HSM", material: { ...exportKey(privateKey), crv }, operations: ["sign", "verify"] };
}

function makeOctKey(bits: number): MadeKey {
  const k = randomBytes(bits / 8).toString("base64url");
  return { keyType: "oct-HSM", material: { k }, operations: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] };
}

function readSize(fields: Fields, sizes: readonly number[], byDefault: number): number {
  const size = optionalNumber(fields, "key_size", { min: 0, whole: true }) ?? byDefault;
  if (!sizes.includes(size)) throw badParameter(`key_size: expected one of ${sizes.join(", ")}.`);
  return size;
}

function exportKey(key: KeyObject): KeyMaterial {
  const exported: unknown = key.export({ format: "jwk" });
  const material: Record<string, string> = {};
  if (!isFields(exported)) return material;
  for (const [name, value] of Object.entries(exported)) if (typeof value === "string") material[name] = value;
  return material;
}
