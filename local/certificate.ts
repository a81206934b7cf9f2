import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { LOOPBACK } from "./port.ts";

const OWNER_ONLY = 0o600;
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const LIFETIME_DAYS = 30;
const CLOCK_SKEW_MINUTES = 15;

export type Certificate = {
  /** PEM files. The certificate is its own issuer: the same file is what a client has to trust. */
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly pem: string;
};

/**
 * Makes a certificate for 127.0.0.1 and localhost that nothing but this world knows, and writes it into `folder`.
 * It is no authority (CA:FALSE): a trust store that contains it trusts this one server key and no other site.
 */
export async function makeCertificate(folder: string, now: Date): Promise<Certificate> {
  const notBeforeDate = new Date(now.getTime() - CLOCK_SKEW_MINUTES * 60_000);
  const notAfterDate = new Date(now.getTime() + LIFETIME_DAYS * 24 * 60 * 60_000);
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: DNS_NAME, value: "localhost" },
          { type: IP_ADDRESS, ip: LOOPBACK },
          { type: IP_ADDRESS, ip: "::1" },
        ],
      },
    ],
  });
  const certificateFile = join(folder, "localhost.crt.pem");
  const privateKeyFile = join(folder, "localhost.key.pem");
  await writeFile(certificateFile, made.cert, { mode: OWNER_ONLY });
  await writeFile(privateKeyFile, made.private, { mode: OWNER_ONLY });
  return { certificateFile, privateKeyFile, pem: made.cert };
}
