import { ManagedIdentityCredential } from "@azure/identity";
import { directClient } from "./direct-client.ts";
import { heldTokens, type Identity } from "./held-tokens.ts";

/** How much of a call's time its token may take: what is left is enough to report that the identity failed. */
const TOKENS_SHARE = 0.5;
/** With the library's own number of retries the endpoint's answer would come after that, and be lost. */
const TOKEN_RETRIES = 2;

/**
 * The app's managed identities, each made once, so that its tokens are shared: the user-assigned one of a client id, or
 * the app's own (`ownId`; where that is empty, the system-assigned one).
 */
export function identities(ownId: string, callTimeLimit: number, now: () => Date): (clientId?: string) => Identity {
  const made = new Map<string, Identity>();
  // The endpoint is on this machine or link-local: a proxy can't reach it, and would read the header that opens it.
  const httpClient = directClient();
  return (clientId = ownId) => {
    const known = made.get(clientId);
    if (known !== undefined) return known;
    const options = { httpClient, retryOptions: { maxRetries: TOKEN_RETRIES } };
    const credential =
      clientId === ""
        ? new ManagedIdentityCredential(options)
        : new ManagedIdentityCredential({ clientId, ...options });
    const identity = heldTokens(credential, callTimeLimit * TOKENS_SHARE, now);
    made.set(clientId, identity);
    return identity;
  };
}
