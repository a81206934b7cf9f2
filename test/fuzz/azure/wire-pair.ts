import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { makeTrustedCertificate, type TrustedCertificate } from "../../trusted-certificate.ts";
import { http } from "./wire-answers.ts";
import { startWireServer, type WireServer } from "./wire-server.ts";

/** Servers of a test file; they listen once its tests run. */
export type WirePair = {
  /** The service that is asked, over TLS. */
  readonly service: () => WireServer;
  /** A server that the service's answers point at, over TLS too: it would answer with `good`, and is never asked. */
  readonly bystander: () => WireServer;
};

/** Starts both for the tests of a file, and checks after each of them that the bystander got nothing: no token, no SAS. */
export function wirePair(good: string): WirePair {
  let certificate: TrustedCertificate;
  let service: WireServer;
  let bystander: WireServer;
  beforeAll(async () => {
    // One certificate for both: two of the same name would be taken for each other.
    certificate = await makeTrustedCertificate();
    [service, bystander] = await Promise.all([startWireServer(certificate), startWireServer(certificate)]);
    bystander.answer(http(200, [], good));
  });
  afterAll(() => Promise.all([service.close(), bystander.close(), certificate.remove()]));
  afterEach(() => expect(bystander.requests).toEqual([]));
  return { service: () => service, bystander: () => bystander };
}

/** Checks after each test of a file that it left no unhandled rejection, as a call that was given up could. */
export function noUnhandledRejections(): void {
  let unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled = [];
    process.on("unhandledRejection", note);
  });
  afterEach(() => {
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
}
