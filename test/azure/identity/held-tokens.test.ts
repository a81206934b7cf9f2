import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { CredentialUnavailableError } from "@azure/identity";
import { describe, expect, test } from "vitest";
import { forStorageOnly, heldTokens, NoToken } from "../../../azure/identity/held-tokens.ts";
import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { noUnhandledRejections } from "../../fuzz/azure/wire-pair.ts";

const SCOPE = "https://storage.azure.com/.default";
const LIMIT = 50;
const BEGIN = Date.parse("2026-11-23T02:00:00Z");
const never = (): Promise<never> => new Promise<never>(() => undefined);
const gone = async (): Promise<never> => {
  throw new CredentialUnavailableError("The identity is gone.");
};

/** An identity whose answers are scripted, and a clock that stands still until it is set. */
function world(limit = LIMIT) {
  let time = BEGIN;
  let asked = 0;
  let answer: TokenCredential["getToken"] = async () => token("first", 24 * HOUR);
  const inner: TokenCredential = {
    getToken: (...args) => {
      asked += 1;
      return answer(...args);
    },
  };
  const token = (name: string, lives: number, renewAfter?: number): AccessToken => ({
    token: name,
    expiresOnTimestamp: time + lives,
    ...(renewAfter === undefined ? {} : { refreshAfterTimestamp: time + renewAfter }),
  });
  const identity = heldTokens(inner, limit, () => new Date(time));
  return {
    identity,
    token,
    answers: (next: TokenCredential["getToken"]) => {
      answer = next;
    },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    get: async (scope = SCOPE) => (await identity.getToken(scope)).token,
    asked: () => asked,
  };
}

/** Waits until background requests have ended. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2 * LIMIT));

noUnhandledRejections();

describe("a token that is held", () => {
  test("is shared by all callers, one for each scope, and requested once", async () => {
    const { get, asked, answers, token } = world();
    answers(async (scope) => token(String(scope), HOUR));
    expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["a", "a", "b"]);
    expect([await get("a"), await get("b")]).toEqual(["a", "b"]);
    expect(asked()).toBe(2);
  });

  test.each<[string, TokenCredential["getToken"]]>([
    ["fails", gone],
    ["never answers", never],
    ["gives nothing", async () => null],
    ["gives an empty one", async () => ({ token: " ", expiresOnTimestamp: BEGIN + 48 * HOUR })],
  ])("is used to its end where the endpoint %s", async (_what, broken) => {
    const { get, pass, answers } = world();
    await get();
    answers(broken);
    for (const hours of [12, 11]) {
      pass(hours * HOUR);
      expect(await get()).toBe("first");
    }
    pass(HOUR - 4 * MINUTE);
    expect(await get()).toBe("first");
    await settled();
    pass(3 * MINUTE);
    expect(await get()).toBe("first");
    pass(MINUTE);
    expect(await get().catch(() => "none")).not.toBe("first");
    await settled();
  });

  test("is renewed in the background, once in half a minute, when the library wants it or its end is near", async () => {
    for (const [lives, renewAfter, quiet] of [
      [24 * HOUR, 12 * HOUR, 12 * HOUR - 1],
      [HOUR, undefined, 55 * MINUTE - 1],
    ] as const) {
      const { get, pass, asked, answers, token } = world();
      answers(async () => token("first", lives, renewAfter));
      await get();
      pass(quiet);
      await get();
      expect(asked()).toBe(1);
      pass(1);
      answers(gone);
      expect(await get()).toBe("first");
      await settled();
      expect(await get()).toBe("first");
      expect(asked()).toBe(2);
      pass(30 * SECOND);
      answers(async () => token("second", lives));
      expect(await get()).toBe("first");
      await settled();
      expect(await get()).toBe("second");
      expect(asked()).toBe(3);
    }
  });

  test("isn't renewed by one that ends before it, nor waited for twice in half a minute when its end is near", async () => {
    const { get, pass, asked, answers, token } = world();
    await get();
    pass(23 * HOUR + 56 * MINUTE);
    answers(async () => token("ended", 0));
    expect(await get()).toBe("first");
    await settled();
    expect(await get()).toBe("first");
    pass(3 * MINUTE);
    answers(never);
    expect(await get()).toBe("first");
    expect(asked()).toBe(3);
    expect(await get()).toBe("first");
    expect(asked()).toBe(3);
  });

  test("is renewed also where the clock was set back", async () => {
    const { get, pass, answers, token } = world();
    answers(async () => token("first", 24 * HOUR, -2 * HOUR));
    await get();
    answers(gone);
    pass(MINUTE);
    await get();
    await settled();
    pass(-HOUR);
    answers(async () => token("second", 24 * HOUR));
    await get();
    await settled();
    expect(await get()).toBe("second");
  });
});

describe("a token that isn't there yet", () => {
  test("is waited for no longer than the limit, and asked for again by the next call", async () => {
    const { get, asked, answers, token } = world();
    answers(never);
    const both = await Promise.allSettled([get(), get()]);
    for (const each of both)
      expect(each).toMatchObject({ status: "rejected", reason: { cause: { name: "TimedOut" } } });
    expect(asked()).toBe(1);
    answers(async () => token("second", HOUR));
    expect(await get()).toBe("second");
  });

  test.each<[string, TokenCredential["getToken"], string]>([
    ["fails", gone, "The identity is gone."],
    ["gives nothing", async () => null, "the identity endpoint answered without a token"],
    ["gives an empty one", async () => ({ token: " ", expiresOnTimestamp: BEGIN + HOUR }), "without a token"],
  ])(
    "fails where the endpoint %s, with words that no library takes for a failure of the network",
    async (_what, broken, said) => {
      const { identity, answers } = world();
      answers(broken);
      const thrown = await identity.getToken(SCOPE).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(NoToken);
      expect(thrown).toMatchObject({ message: "no token", cause: { message: expect.stringContaining(said) } });
    },
  );

  test("is asked for without the signal of a caller, which would abort the request for the others", async () => {
    const { identity, answers, token } = world(1_000);
    answers(async (_scope, options) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (options?.abortSignal?.aborted) throw new Error("aborted");
      return token("second", HOUR);
    });
    expect(await Promise.all([identity.getToken(SCOPE), identity.getToken(SCOPE)])).toMatchObject([
      { token: "second" },
      { token: "second" },
    ]);
  });
});

test("a token for storage is asked for by its own scope, whatever the SDK wants, and comes back for each call", async () => {
  const { identity, answers, token } = world();
  answers(async (scope) => token(String(scope), HOUR));
  const given = await forStorageOnly(identity).getToken("https://managedhsm.azure.net/.default");
  expect(given).toEqual({ token: SCOPE, expiresOnTimestamp: 0 });
});
