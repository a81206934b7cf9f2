import { once } from "node:events";
import type { Server } from "node:net";

/** Lets a server listen on loopback, on any free port. @returns the port. */
export async function listen(server: Server): Promise<number> {
  const listening = once(server, "listening");
  server.listen(0, "127.0.0.1");
  await listening;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
