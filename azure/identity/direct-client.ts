import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";

/**
 * Sends each request to its host itself, whatever HTTPS_PROXY, HTTP_PROXY or ALL_PROXY say. The pipelines of Azure's
 * libraries always have a policy that puts the proxy's agent on a request; here, after every policy, it is taken off.
 */
export function directClient(): HttpClient {
  const client = createDefaultHttpClient();
  return {
    sendRequest: (request) => {
      delete request.agent;
      return client.sendRequest(request);
    },
  };
}
