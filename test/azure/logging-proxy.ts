import { once } from "node:events";
import { createServer } from "node:http";
import { listen } from "../listen.ts";

/** A proxy that asks everyone for credentials, and keeps what it was asked for. */
export type LoggingProxy = {
  readonly url: string;
  /** Method and address of each request, oldest first. */
  readonly log: string[];
  readonly close: () => Promise<void>;
};

const REFUSAL = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

export async function startLoggingProxy(): Promise<LoggingProxy> {
  const log: string[] = [];
  const server = createServer(({ method, url }, response) => {
    log.push(`${method} ${url}`);
    response.writeHead(407).end();
  });
  server.on("connect", ({ url }, socket) => {
    log.push(`CONNECT ${url}`);
    socket.end(REFUSAL);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    log,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
