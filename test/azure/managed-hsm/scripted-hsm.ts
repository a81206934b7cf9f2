import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";
import type { Hsm } from "../../../backup/model/names.ts";
import { listen } from "../../listen.ts";

const LOOPBACK = "127.0.0.1";
const IP_ADDRESS = 7;

/** A request as it came over the wire. */
export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
};
/** `drop`: the connection is destroyed; `hang`: nothing is ever answered. */
export type Reply = Answer | "drop" | "hang" | ((seen: Seen) => Answer);

export type ScriptedHsm = {
  readonly hsm: Hsm;
  /** Everything that was received, in order. */
  readonly requests: readonly Seen[];
  /** What is answered from now on, in order; the last one repeats. Forgets what was received. */
  readonly script: (...replies: readonly Reply[]) => void;
  readonly close: () => Promise<void>;
};

/**
 * An HTTPS server on loopback with scripted answers, which keeps the requests.
 * @param trusted whether this process trusts its certificate, which is for 127.0.0.1 only
 */
export async function startScriptedHsm({ trusted = true } = {}): Promise<ScriptedHsm> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "scripted HSM" }], {
    keyType: "ec",
    curve: "P-256",
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "subjectAltName", altNames: [{ type: IP_ADDRESS, ip: LOOPBACK }] },
    ],
  });
  if (trusted) setDefaultCACertificates([...getCACertificates(), cert]);
  const requests: Seen[] = [];
  let replies: Reply[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    const seen: Seen = { method, url, headers, body: await text(request) };
    requests.push(seen);
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === "drop" || reply === undefined) return void response.destroy();
    if (reply !== "hang") send(response, typeof reply === "function" ? reply(seen) : reply);
  };
  const server = createServer({ cert, key }, (request, response) => void answer(request, response));
  const port = await listen(server);
  return {
    hsm: { name: "contoso", url: `https://${LOOPBACK}:${port}/contoso` },
    requests,
    script: (...next) => {
      requests.length = 0;
      replies = [...next];
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const isText = typeof body === "string" || body === undefined;
  response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers });
  response.end(isText ? body : JSON.stringify(body));
}
