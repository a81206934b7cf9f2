import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type Certificate, makeCertificate } from "../local/certificate.ts";

export type TrustedCertificate = Certificate & {
  /** Removes its files. */
  readonly remove: () => Promise<void>;
};

/** A certificate for loopback that this process trusts from now on. */
export async function makeTrustedCertificate(): Promise<TrustedCertificate> {
  const folder = await mkdtemp(join(tmpdir(), "trusted-certificate-"));
  const certificate = await makeCertificate(folder, new Date());
  setDefaultCACertificates([...getCACertificates(), certificate.pem]);
  return { ...certificate, remove: () => rm(folder, { recursive: true, force: true }) };
}
