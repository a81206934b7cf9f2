import { connect, createServer, type Socket } from "node:net";
import { QueueServiceClient } from "@azure/storage-queue";
import type { HostAzurite } from "../../azurite.ts";
import { listen } from "../../listen.ts";

export type StorageSwitch = {
  /** The queues of the storage, over the connection of this switch. The client does not retry by itself. */
  readonly queues: QueueServiceClient;
  /** Closes all connections, and refuses new ones. */
  readonly turnOff: () => void;
  readonly turnOn: () => void;
  readonly close: () => void;
};

/** A connection to a storage that a test interrupts: forwards TCP to its queue service. */
export async function openSwitch(storage: HostAzurite): Promise<StorageSwitch> {
  const sockets = new Set<Socket>();
  let isOn = true;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const closeSockets = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (!isOn) return void incoming.destroy();
    const outgoing = keep(connect(storage.ports.queue, "127.0.0.1"));
    incoming.pipe(outgoing).pipe(incoming);
  });
  const port = await listen(server);
  const connection = storage.connectionString.replace(`:${storage.ports.queue}/`, `:${port}/`);
  return {
    queues: QueueServiceClient.fromConnectionString(connection, { retryOptions: { maxTries: 1 } }),
    turnOff: () => {
      isOn = false;
      closeSockets();
    },
    turnOn: () => {
      isOn = true;
    },
    close: () => {
      server.close();
      closeSockets();
    },
  };
}
