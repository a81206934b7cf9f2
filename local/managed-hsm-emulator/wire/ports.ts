import { once } from "node:events";
import { createServer, type Server } from "node:https";

/** A server that listens. */
export type Port = { readonly server: Server; readonly origin: string };

export type Ports = {
  readonly host: string;
  /** PEM, as the private key. */
  readonly certificate: string;
  readonly privateKey: string;
};

/** Listens on each of these ports, or on none. 0 takes any free one. @throws for a port or certificate that can't be used */
export async function openPorts(numbers: readonly number[], ports: Ports): Promise<readonly Port[]> {
  const settled = await Promise.allSettled(numbers.map((number) => open(number, ports)));
  const opened = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = settled.find((each) => each.status === "rejected");
  if (failed === undefined) return opened;
  await Promise.all(opened.map(closePort));
  throw failed.reason;
}

async function open(number: number, { host, certificate, privateKey }: Ports): Promise<Port> {
  const server = createServer({ cert: certificate, key: privateKey });
  const listening = once(server, "listening");
  server.listen(number, host);
  await listening;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : number;
  return { server, origin: `https://${host.includes(":") ? `[${host}]` : host}:${port}` };
}

/** Ends all its connections. */
export async function closePort({ server }: Port): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
