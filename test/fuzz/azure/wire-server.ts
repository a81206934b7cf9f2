import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { listen } from "../../listen.ts";
import type { TrustedCertificate } from "../../trusted-certificate.ts";

/** What goes over the wire for one request, byte for byte, and what becomes of the connection then. */
export type Wire = {
  /** `connection`: before a request, and where there is TLS, before that too. */
  readonly when: "connection" | "request";
  readonly bytes: string | Buffer;
  /** `trickle`: bytes without an end, a few at a time; `flood`: without an end, as fast as they are taken. */
  readonly after: "keep" | "end" | "reset" | "trickle" | "flood";
};

/** Given the request as it came, answers it. */
export type Answering = (request: string) => Wire;

export type WireServer = {
  /** `https://127.0.0.1:{port}`, or http. */
  readonly origin: string;
  /** Head and body of each request that came whole, in order. */
  readonly requests: readonly string[];
  /** Open connections on which an answer without end is being sent. */
  readonly endless: () => number;
  /** From now on; forgets what was received. */
  readonly answer: (wire: Wire | Answering) => void;
  readonly close: () => Promise<void>;
};

const TRICKLE_MILLISECONDS = 5;
const TRICKLED = "trickle ";
const FLOODED = Buffer.alloc(64 * 1024, "flood ");

/**
 * A server that speaks below HTTP: for answers that no HTTP server can be made to give.
 * @param certificate for TLS; without one it is plain HTTP
 */
export async function startWireServer(certificate?: TrustedCertificate): Promise<WireServer> {
  const sockets = new Set<Socket>();
  const endless = new WeakSet<Socket>();
  const requests: string[] = [];
  let answering: Answering = () => hangUp;
  const server = certificate === undefined ? createPlainServer() : await tlsServer(certificate);

  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Clients hang up in the middle; here that is no failure.
    socket.on("error", () => socket.destroy());
    const wire = answering("");
    if (wire.when === "connection") play(socket, wire);
    else if (certificate === undefined) serve(socket);
  });
  server.on("secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  server.on("tlsClientError", () => undefined);

  function serve(socket: Socket): void {
    let pending = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      pending += chunk.toString("latin1");
      for (let size = sizeOfFirst(pending); size !== undefined; size = sizeOfFirst(pending)) {
        const request = pending.slice(0, size);
        pending = pending.slice(size);
        requests.push(request);
        const wire = answering(request);
        if (isEndless(wire)) endless.add(socket);
        play(socket, wire);
      }
    });
  }

  const port = await listen(server);
  return {
    origin: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    endless: () => [...sockets].filter((socket) => endless.has(socket)).length,
    answer: (wire) => {
      requests.length = 0;
      answering = typeof wire === "function" ? wire : () => wire;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const isEndless = ({ after }: Wire): boolean => after === "trickle" || after === "flood";
const hangUp: Wire = { when: "request", bytes: "", after: "reset" };

async function tlsServer(files: TrustedCertificate): Promise<Server> {
  const [cert, key] = await Promise.all([readFile(files.certificateFile), readFile(files.privateKeyFile)]);
  return createTlsServer({ cert, key });
}

function play(socket: Socket, { bytes, after }: Wire): void {
  if (bytes.length > 0) socket.write(bytes);
  if (after === "end") socket.end();
  // Not destroyed with bytes still to be sent: they would never arrive.
  if (after === "reset") bytes.length > 0 ? socket.destroySoon() : socket.destroy();
  if (after === "flood") flood(socket);
  if (after === "trickle") trickle(socket);
}

function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write(TRICKLED), TRICKLE_MILLISECONDS);
  socket.on("close", () => clearInterval(timer));
}

function flood(socket: Socket): void {
  const pour = (): void => {
    while (!socket.destroyed && socket.write(FLOODED));
  };
  socket.on("drain", pour);
  pour();
}

/** The length of the first request in the bytes received, once it is complete. */
function sizeOfFirst(pending: string): number | undefined {
  const headEnd = pending.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const length = /^content-length: *(\d+)/im.exec(pending.slice(0, headEnd))?.[1] ?? "0";
  const size = headEnd + 4 + Number(length);
  return pending.length >= size ? size : undefined;
}
