import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { listen } from "../listen.ts";

/** A call that passes the gate: its path decoded, without the query, and its body as text. */
export type Call = { readonly method: string; readonly path: string; readonly body: string };

/** A call that was caught: `before` the storage saw it, or `after` the storage did it and before the answer. */
export type Hold = {
  readonly caught: Promise<Call>;
  /** Lets the call go on. */
  readonly release: () => void;
};

export type Gate = {
  readonly url: string;
  /** Every call so far. */
  readonly calls: readonly Call[];
  /** Catches the next call that matches; all others pass. */
  readonly hold: (when: "before" | "after", matches: (call: Call) => boolean) => Hold;
  /** Drops every call that matches, unanswered and not passed on, until it is told to stop. */
  readonly drop: (matches: (call: Call) => boolean) => { readonly stop: () => void };
  readonly close: () => Promise<void>;
};

type Trap = {
  readonly when: "before" | "after";
  readonly matches: (call: Call) => boolean;
  readonly spring: (call: Call) => void;
  readonly released: Promise<void>;
};

/**
 * Stands between a program and one of its services over plain HTTP. It sees every call, and can hold one back while the
 * program is killed: so a crash can be put at any place of the way with no switch in the product.
 */
export async function openGate(target: string): Promise<Gate> {
  const traps: Trap[] = [];
  const calls: Call[] = [];
  const dropped = new Set<(call: Call) => boolean>();

  const serve = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const call: Call = {
      method: incoming.method ?? "",
      path: decodeURIComponent((incoming.url ?? "").split("?")[0] ?? ""),
      body: body.toString(),
    };
    calls.push(call);
    if ([...dropped].some((matches) => matches(call))) {
      answer.destroy();
      return;
    }
    const index = traps.findIndex(({ matches }) => matches(call));
    const trap = index === -1 ? undefined : traps.splice(index, 1)[0];
    if (trap?.when === "before") {
      trap.spring(call);
      await trap.released;
    }
    const upstream = sendRequest(new URL(incoming.url ?? "/", target), {
      method: call.method,
      headers: incoming.headers,
    });
    upstream.end(body);
    const [response]: IncomingMessage[] = await once(upstream, "response");
    if (response === undefined) throw new Error("The storage gave no answer.");
    const answered = await readAll(response);
    if (trap?.when === "after") {
      trap.spring(call);
      await trap.released;
    }
    answer.writeHead(response.statusCode ?? 502, response.headers);
    answer.end(answered);
  };

  const server = createServer((incoming, answer) => {
    serve(incoming, answer).catch(() => answer.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    hold: (when, matches) => {
      const caught = Promise.withResolvers<Call>();
      const released = Promise.withResolvers<void>();
      traps.push({ when, matches, spring: caught.resolve, released: released.promise });
      return { caught: caught.promise, release: released.resolve };
    },
    drop: (matches) => {
      dropped.add(matches);
      return { stop: () => dropped.delete(matches) };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
