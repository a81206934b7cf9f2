import type { Identity } from "../azure/identity/held-tokens.ts";
import { type AccessToken, type AccessTokenRequest, makeAccessToken } from "../local/access-token.ts";

export const TENANT = "0f0f0f0f-1111-4222-8333-444444444444";
export const HSM_RESOURCE = "https://managedhsm.azure.net";
export const STORAGE_RESOURCE = "https://storage.azure.com";
const ONE_HOUR_SECONDS = 3_600;

const makeToken = (resource: string, change: Partial<AccessTokenRequest> = {}): AccessToken =>
  makeAccessToken({
    resource,
    tenantId: TENANT,
    principalId: "11111111-2222-4333-8444-555555555555",
    lifetimeSeconds: ONE_HOUR_SECONDS,
    now: new Date(),
    ...change,
  });

/** A token that the emulators take: they check its claims, not its signature. */
export const tokenFor = (resource: string, change?: { readonly tenantId?: string; readonly now?: Date }): string =>
  makeToken(resource, change).token;

/** An identity with a token for whatever resource is asked for; `byDefault` where a request names none. */
export const credentialFor = (byDefault: string): Identity => ({
  getToken: async (scopes) => {
    const scope = (typeof scopes === "string" ? scopes : scopes[0]) ?? byDefault;
    const { token, expiresOn } = makeToken(scope.replace(/\/\.default$/, ""));
    return { token, expiresOnTimestamp: expiresOn.getTime() };
  },
});
