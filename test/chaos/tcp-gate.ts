import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { listen } from "../listen.ts";

/**
 * Stands between programs and a service, whatever they speak: a network that can be cut and can stand still, and an
 * address that stays when the service is started again elsewhere.
 */
export type TcpGate = {
  readonly port: number;
  /** Connects to this port from now on. */
  readonly retarget: (port: number) => void;
  /** Ends all connections at once, as when a router dies. @returns how many there were. */
  readonly cut: () => number;
  /** Holds all bytes until the returned function is called; connections stay open. */
  readonly stall: () => () => void;
  readonly close: () => Promise<void>;
};

const LOOPBACK = "127.0.0.1";

export async function openTcpGate(firstTarget: number): Promise<TcpGate> {
  let target = firstTarget;
  const stalls = new Set<symbol>();
  const sources = new Set<Socket>();
  const clients = new Set<Socket>();

  const pass = (from: Socket, to: Socket): void => {
    sources.add(from);
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (stalls.size === 0) from.resume();
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sources.delete(from);
      to.destroy();
    });
    if (stalls.size > 0) from.pause();
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const service = connect({ port: target, host: LOOPBACK, allowHalfOpen: true });
    clients.add(client);
    client.on("close", () => clients.delete(client));
    pass(client, service);
    pass(service, client);
  });
  const port = await listen(server);

  const cut = (): number => {
    const count = clients.size;
    for (const client of clients) client.destroy();
    return count;
  };
  return {
    port,
    cut,
    retarget: (other) => {
      target = other;
    },
    stall: () => {
      const stall = Symbol("stall");
      stalls.add(stall);
      for (const source of sources) source.pause();
      return () => {
        stalls.delete(stall);
        if (stalls.size === 0) for (const source of sources) source.resume();
      };
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
