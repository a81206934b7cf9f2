import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { listen } from "../listen.ts";

/** A call that passes the gate: its path decoded, without the query, and its body as text. */
export type Call = { readonly method: string; readonly path: string; readonly body: string };

/** What the gate says itself, in place of the service behind it. */
export type Refusal = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A call that was caught: `before` the storage saw it, or `after` the storage did it and before the answer. */
export type Hold = {
  readonly caught: Promise<Call>;
  /** Lets the call continue. */
  readonly release: () => void;
};

export type Gate = {
  readonly url: string;
  /** Every call so far. */
  readonly calls: readonly Call[];
  /** Catches the next call that matches; all others pass. */
  readonly hold: (when: "before" | "after", matches: (call: Call) => boolean) => Hold;
  /**
   * Leaves every call that matches unanswered until `stop` is called: `before` it is passed on, which is usual, or
   * `after` the storage did it.
   */
  readonly drop: (matches: (call: Call) => boolean, when?: "before" | "after") => { readonly stop: () => void };
  /** Passes on to another address from now on: that of a service that was started again. */
  readonly retarget: (target: string) => void;
  /** Answers every call that matches so, without passing it on, until `stop` is called. */
  readonly refuse: (matches: (call: Call) => boolean, refusal: Refusal) => { readonly stop: () => void };
  readonly close: () => Promise<void>;
};

type Trap = {
  readonly when: "before" | "after";
  readonly matches: (call: Call) => boolean;
  readonly spring: (call: Call) => void;
  readonly released: Promise<void>;
};

/**
 * A proxy between a program and one of its services over plain HTTP. It sees every call, and can hold one back while the
 * program is killed: so a crash can be put at any place of the way with no switch in the product.
 */
export async function openGate(firstTarget: string): Promise<Gate> {
  let target = firstTarget;
  const traps: Trap[] = [];
  const calls: Call[] = [];
  const dropped = { before: new Set<(call: Call) => boolean>(), after: new Set<(call: Call) => boolean>() };
  const refused = new Map<(call: Call) => boolean, Refusal>();

  const serve = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const call: Call = {
      method: incoming.method ?? "",
      path: decodeURIComponent((incoming.url ?? "").split("?")[0] ?? ""),
      body: body.toString(),
    };
    calls.push(call);
    if ([...dropped.before].some((matches) => matches(call))) {
      answer.destroy();
      return;
    }
    const refusal = [...refused].find(([matches]) => matches(call))?.[1];
    if (refusal !== undefined) {
      answer.writeHead(refusal.status, refusal.headers);
      answer.end(refusal.body);
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
    if ([...dropped.after].some((matches) => matches(call))) {
      answer.destroy();
      return;
    }
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
    drop: (matches, when = "before") => {
      dropped[when].add(matches);
      return { stop: () => dropped[when].delete(matches) };
    },
    retarget: (other) => {
      target = other;
    },
    refuse: (matches, refusal) => {
      refused.set(matches, refusal);
      return { stop: () => refused.delete(matches) };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The text of the message in a call that sends one to a queue; empty for any other call. */
export function messageIn(xml: string): string {
  const text = /<MessageText>([^<]+)<\/MessageText>/.exec(xml)?.[1] ?? "";
  return Buffer.from(text, "base64").toString();
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
