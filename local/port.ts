import { once } from "node:events";
import { createServer } from "node:net";

export const LOOPBACK = "127.0.0.1";

const PORT_IN_USE = /EADDRINUSE[^\n]*?:(\d+)/;

/** Whether a server could listen on this port of the loopback address now. */
export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    const listening = once(probe, "listening");
    probe.listen(port, LOOPBACK);
    await listening;
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/** The sentence for a port in use, if the output or error message of a server reports one. */
export function explainPortInUse(name: string, output: string): string | undefined {
  const port = PORT_IN_USE.exec(output)?.[1];
  if (port === undefined) return undefined;
  return `Port ${port} is in use, so ${name} can't listen on it: end what uses it, or choose another port.`;
}
