import { randomBytes } from "node:crypto";

export type AccessTokenRequest = {
  /** The resource as asked for; a trailing slash is dropped, as the services compare the bare form. */
  readonly resource: string;
  readonly tenantId: string;
  readonly principalId: string;
  readonly lifetimeSeconds: number;
  readonly now: Date;
};

export type AccessToken = { readonly token: string; readonly expiresOn: Date };

/**
 * Makes a token with the claims that a managed identity's has. The signature is random: Azurite and the Managed HSM
 * emulator check claims, not signatures, and no real service would take it.
 */
export function makeAccessToken(request: AccessTokenRequest): AccessToken {
  const issued = Math.floor(request.now.getTime() / 1000);
  const expires = issued + request.lifetimeSeconds;
  const claims = {
    aud: request.resource.replace(/\/+$/, ""),
    // Azurite takes issuers of this host only.
    iss: `https://sts.windows.net/${request.tenantId}/`,
    iat: issued,
    nbf: issued,
    exp: expires,
    oid: request.principalId,
    sub: request.principalId,
    tid: request.tenantId,
    idtyp: "app",
    ver: "1.0",
  };
  const parts = [encode({ typ: "JWT", alg: "RS256" }), encode(claims), randomBytes(32).toString("base64url")];
  return { token: parts.join("."), expiresOn: new Date(expires * 1000) };
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
