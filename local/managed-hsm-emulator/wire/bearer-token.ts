import { isFields } from "./fields.ts";
import { unauthorized } from "./key-vault-error.ts";

const AUDIENCE = "https://managedhsm.azure.net";
const ISSUER = /^https:\/\/sts\.windows\.net\/([^/]+)\/?$/;

/**
 * Checks audience, times and tenant of the caller's token; not its signature, so that a test can make its own.
 * @throws Refusal 401 with the challenge that official clients take tenant and scope from
 */
export function checkBearerToken(header: string | undefined, tenantId: string, now: Date): void {
  const problem = findProblem(header, tenantId, now.getTime() / 1000);
  if (problem !== undefined) throw unauthorized(tenantId, problem);
}

function findProblem(header: string | undefined, tenantId: string, nowSeconds: number): string | undefined {
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
  return undefined;
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
