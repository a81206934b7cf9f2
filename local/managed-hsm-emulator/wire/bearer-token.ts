import { isFields } from "./fields.ts";

const AUDIENCE = "https://managedhsm.azure.net";
const ISSUER = /^https:\/\/sts\.windows\.net\/([^/]+)\/?$/;

/**
 * What is wrong with the audience, times or tenant of the caller's token; null: nothing. Its signature isn't checked, so
 * that a test can make its own.
 */
export function findTokenProblem(header: string | undefined, tenantId: string, now: Date): string | null {
  const nowSeconds = now.getTime() / 1000;
  const token = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return "Request is missing a Bearer or PoP token.";
  const claims = readClaims(token);
  if (claims === undefined) return "The token is not a JWT.";
  const { aud, exp, nbf, tid, iss } = claims;
  if (typeof aud !== "string" || aud.replace(/\/$/, "") !== AUDIENCE)
    return `The token's audience has to be ${AUDIENCE}.`;
  if (typeof exp !== "number" || exp <= nowSeconds) return "The token has expired.";
  if (typeof nbf === "number" && nbf > nowSeconds) return "The token is not valid yet.";
  const tenant = tid ?? (typeof iss === "string" ? ISSUER.exec(iss)?.[1] : undefined);
  if (tenant !== tenantId) return `The token has to be of tenant ${tenantId}.`;
  return null;
}

function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return isFields(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
