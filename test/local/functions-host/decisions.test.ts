import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../../local/functions-host/command-line.ts";
import { createAuthorize } from "../../../local/functions-host/function-keys.ts";
import { createHooks } from "../../../local/functions-host/hooks.ts";
import { parseHostJson } from "../../../local/functions-host/host-json.ts";
import { matchRoute, parseRoute } from "../../../local/functions-host/http-routes.ts";
import { createLog } from "../../../local/functions-host/log.ts";
import { isLogged } from "../../../local/functions-host/log-level.ts";
import { decodeMessage } from "../../../local/functions-host/queue-encoding.ts";
import { afterFailure } from "../../../local/functions-host/queue-message.ts";
import { parseHttpAnswer } from "../../../local/functions-host/rpc.ts";
import { resolveSettings } from "../../../local/functions-host/setting-expressions.ts";
import { parseTimeSpan } from "../../../local/functions-host/time-span.ts";

const NEEDED = ["--app", "dist", "--port", "0"];

describe("routes", () => {
  const routes = ["runs/{hsm}/{run:int}", "runs/{hsm}/latest", "files/{*path}", "runs/{hsm?}"].map((route) =>
    parseRoute("api", { route, methods: ["GET"] }, route),
  );
  test.each([
    ["/api/runs/a/7", "runs/{hsm}/{run:int}", { hsm: "a", run: "7" }],
    ["/api/runs/a/latest", "runs/{hsm}/latest", { hsm: "a" }],
    ["/API/Runs/a/", "runs/{hsm?}", { hsm: "a" }],
    ["/api/runs", "runs/{hsm?}", {}],
    ["/api/files/a/b/c", "files/{*path}", { path: "a/b/c" }],
    ["/api/runs/%E0%A4%A", "runs/{hsm?}", { hsm: "%E0%A4%A" }],
  ])("%s is %s", (path, target, params) => {
    expect(matchRoute(routes, "GET", path)).toEqual({ target, params });
  });
  test.each(["/api/runs/a/seven", "/api//runs/a", "/runs/a", "/api"])("%s is none", (path) => {
    expect(matchRoute(routes, "GET", path)).toBeUndefined();
  });
  test("an empty route prefix is left out", () => {
    const { routePrefix } = parseHostJson('{"extensions":{"http":{"routePrefix":""}}}');
    const route = parseRoute(routePrefix, { route: "open/{hsm}", methods: ["GET"] }, "open");
    expect(matchRoute([route], "GET", "/open/contoso")).toEqual({ target: "open", params: { hsm: "contoso" } });
    expect(matchRoute([route], "GET", "/api/open/contoso")).toBeUndefined();
  });
  test("a template that would be matched wrongly is refused", () => {
    for (const route of ["{a}-{b}", "{a:regex(x)}", "x{a}"])
      expect(() => parseRoute("api", { route, methods: [] }, 0)).toThrow("doesn't imitate");
  });
});

describe("host.json", () => {
  test("has the documented defaults", () => {
    expect(parseHostJson('{"version":"2.0"}')).toEqual({
      routePrefix: "api",
      functionTimeoutMs: 1_800_000,
      logLevels: {},
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        maxPollingIntervalMs: 60_000,
        visibilityTimeoutMs: 0,
        messageEncoding: "base64",
      },
    });
    expect(parseHostJson('{"functionTimeout":"-1"}').functionTimeoutMs).toBeUndefined();
  });
  test.each([
    ["nonsense", "not JSON"],
    ['{"functionTimeout":"5 minutes"}', "functionTimeout has to be a time"],
    ['{"extensions":{"queues":{"batchSize":33}}}', "batchSize has to be a whole number from 1 to 32"],
    ['{"extensions":{"queues":{"messageEncoding":"utf7"}}}', "messageEncoding"],
    ['{"logging":{"logLevel":{"Function":"Loud"}}}', "logging.logLevel.Function"],
  ])("%s is refused: %s", (text, problem) => {
    expect(() => parseHostJson(text)).toThrow(problem);
  });
  test("times are .NET's", () => {
    expect(["00:10:00", "1.00:00:01", "00:00:00.25", "10:00", "x"].map(parseTimeSpan)).toEqual([
      600_000,
      86_401_000,
      250,
      undefined,
      undefined,
    ]);
  });
});

describe("log lines", () => {
  test("the longest category decides, and none silences", () => {
    const levels = { default: "warning", Function: "information", "Function.quiet": "none" } as const;
    expect(isLogged(levels, "Function.a.User", "information")).toBe(true);
    expect(isLogged(levels, "Function.a.User", "debug")).toBe(false);
    expect(isLogged(levels, "Function.quiet.User", "critical")).toBe(false);
    expect(isLogged(levels, "Functional", "information")).toBe(false);
    expect(isLogged({}, "Host", "information")).toBe(true);
  });
  test("an entry is one line, whatever it holds", () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), {}, false);
    log.host("warning", "one\ntwo\rthree\u2028four");
    log.invocation({
      level: "information",
      category: "Function.f.User",
      invocationId: "id",
      message: '{\n "a": "b\\nc" }',
    });
    expect(lines).toEqual(["warning host one\\ntwo\\nthree\\nfour\n", '{  "a": "b\\nc" }\n']);
  });
  test("with --json-logs every entry is a JSON object", () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), {}, parseCommandLine([...NEEDED, "--json-logs"]).jsonLogs);
    const entry = { level: "information", category: "Function.f.User", invocationId: "id", message: "a text" } as const;
    log.invocation(entry);
    log.invocation({ ...entry, message: '{"a":1}' });
    expect(lines.map((line) => JSON.parse(line))).toEqual([entry, { a: 1 }]);
  });
});

test("a message is base64 only when .NET would take it for that", () => {
  const decoded = { outcome: "text", text: '{"a":1}' };
  expect(decodeMessage("eyJhIjoxfQ==", "base64")).toEqual(decoded);
  expect(decodeMessage("eyJh\nIjox fQ==", "base64")).toEqual(decoded);
  for (const raw of ['{"a":1}', "eyJhIjoxfQ", "====", "a-b_"])
    expect(decodeMessage(raw, "base64")).toEqual({ outcome: "notBase64" });
  expect(decodeMessage('{"a":1}', "none")).toEqual(decoded);
});

test("a message in base64 that isn't UTF-8 has no text; a byte order mark is part of the text", () => {
  const base64 = (...bytes: readonly number[]): string => Buffer.from(bytes).toString("base64");
  expect(decodeMessage(base64(0xff, 0x61), "base64")).toEqual({ outcome: "notUtf8" });
  expect(decodeMessage(base64(0xef, 0xbb, 0xbf, 0x61), "base64")).toEqual({ outcome: "text", text: "\ufeffa" });
});

test.each([
  [1, true, { action: "retry", afterSeconds: 3 }],
  [2, true, { action: "moveToPoison" }],
  [1, false, { action: "leave" }],
  [2, false, { action: "leave" }],
])("after failed attempt %i of 2 (with a poison queue: %s) the next step is %j", (dequeueCount, hasPoison, next) => {
  expect(afterFailure(dequeueCount, { maxDequeueCount: 2, visibilityTimeoutMs: 2_500 }, hasPoison)).toEqual(next);
});

test("a setting in a schedule or queue name is put in, and a missing one is named", () => {
  expect(resolveSettings("%A%-x-%B%", { A: "1", B: "2" })).toBe("1-x-2");
  expect(() => resolveSettings("%A%", { A: "" })).toThrow('The setting A is missing: "%A%" asks for it.');
});

test("without a key in the settings only anonymous functions may be called", () => {
  for (const authorize of [createAuthorize(undefined), createAuthorize("")]) {
    expect(authorize("anonymous", {}, new URLSearchParams())).toBe(true);
    expect(authorize("function", { "x-functions-key": "" }, new URLSearchParams())).toBe(false);
    expect(authorize("function", {}, new URLSearchParams("code=undefined"))).toBe(false);
  }
});

test("hooks run in order until they are taken away; an unknown one is refused as the library expects it", async () => {
  const hooks = createHooks();
  const calls: string[] = [];
  const takeAway = hooks.register("log", () => calls.push("first"));
  hooks.register("log", async () => calls.push("second"));
  await hooks.run("log", {});
  takeAway();
  hooks.runNow("log", {});
  expect(calls).toEqual(["first", "second", "second"]);
  expect(() => hooks.register("unknown", () => undefined)).toThrow(
    expect.objectContaining({ isAzureFunctionsSystemError: true }),
  );
});

test("a result that is no HTTP answer is distinguished from an empty one", () => {
  expect(parseHttpAnswer({ returnValue: null }).status).toBe(204);
  expect(() => parseHttpAnswer({ returnValue: { string: "text" } })).toThrow("not an HTTP answer");
});

test("the command line has the defaults of a real host, and an error in it is reported with the usage", () => {
  expect(parseCommandLine(NEEDED)).toEqual({
    appFolder: "dist",
    port: 0,
    pollSeconds: undefined,
    messageLeaseSeconds: 600,
    timerLockSeconds: 60,
    jsonLogs: false,
  });
  for (const args of [
    [],
    ["--app", "x"],
    ["--app", "x", "--port", "-1"],
    ["--app", "x", "--port", "1", "--poll-seconds", "0"],
    [...NEEDED, "--pot", "1"],
    [...NEEDED, "--timer-lock-seconds", "5"],
    ["x"],
  ])
    expect(() => parseCommandLine(args)).toThrow("usage: main.ts");
});
