import { once } from "node:events";
import { createServer } from "node:http";
import { listen } from "../listen.ts";

/** A proxy that refuses everyone, and keeps what it was asked for. */
export type LoggingProxy = {
  readonly url: string;
  /** Method and address of each request, oldest first. */
  readonly log: string[];
  /** The status of its answers: 407 (it asks for credentials) until this changes it. */
  readonly refuseWith: (status: number) => void;
  readonly close: () => Promise<void>;
};

export async function startLoggingProxy(): Promise<LoggingProxy> {
  const log: string[] = [];
  let refusal = 407;
  const server = createServer(({ method, url }, response) => {
    log.push(`${method} ${url}`);
    response.writeHead(refusal).end();
  });
  server.on("connect", ({ url }, socket) => {
    log.push(`CONNECT ${url}`);
    socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    log,
    refuseWith: (status) => {
      refusal = status;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
