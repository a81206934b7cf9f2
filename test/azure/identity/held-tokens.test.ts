import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { CredentialUnavailableError } from "@azure/identity";
import { describe, expect, test } from "vitest";
import { forStorageOnly, heldTokens, NoToken } from "../../../azure/identity/held-tokens.ts";
import { HOUR, MINUTE } from "../../../backup/model/instant.ts";
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
  const token = (name: string, lives: number): AccessToken => ({ token: name, expiresOnTimestamp: time + lives });
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
    const { get, pass, asked, answers } = world();
    await get();
    answers(broken);
    pass(24 * HOUR - 5 * MINUTE - 1);
    expect([await get(), asked()]).toEqual(["first", 1]);
    pass(5 * MINUTE);
    expect(await Promise.all([get(), get()])).toEqual(["first", "first"]);
    expect(asked()).toBe(2);
    pass(1);
    expect(await get().catch(() => "none")).toBe("none");
  });

  test("is renewed in its last five minutes, by one request for all callers", async () => {
    const { get, pass, asked, answers, token } = world();
    await get();
    pass(24 * HOUR - 5 * MINUTE);
    answers(async () => token("second", 24 * HOUR));
    expect(await Promise.all([get(), get()])).toEqual(["second", "second"]);
    expect([await get(), asked()]).toEqual(["second", 2]);
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
