import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { watchNpm } from "../../local/watch-npm.ts";
import { isAlive } from "../processes.ts";
import { until } from "../until.ts";

const PROGRAM = fileURLToPath(new URL("./fixtures/under-npm.ts", import.meta.url));
// The command after it keeps the shell from becoming the program itself.
const SHELL = `"$0" "$1"; true`;
const SHELL_IN_SHELL = `sh -c '"$0" "$1"; true' "$0" "$1"; true`;

describe("a program that npm started", () => {
  it.each([
    ["one shell", SHELL],
    ["two shells", SHELL_IN_SHELL],
  ])("ends when npm is killed, with %s in between", async (_, script) => {
    const npm = spawn("sh", ["-c", script, process.execPath, PROGRAM], {
      env: { ...process.env, npm_lifecycle_event: "start" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: npm.stdout }), "line");
    const pid = Number(line);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    });
    expect(isAlive(pid)).toBe(true);
    npm.kill("SIGKILL");
    expect(await until("the end of the program", () => !isAlive(pid))).toBe(true);
  });
});

describe("the watch on npm", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const watch = (environment: NodeJS.ProcessEnv) => {
    let ancestors = "7 1";
    const gone = vi.fn();
    const unwatch = watchNpm(environment, gone, () => ancestors);
    const endNpm = (): void => {
      ancestors = "1 undefined";
    };
    return { gone, unwatch, endNpm };
  };

  it("reports the end of npm once", () => {
    const { gone, endNpm } = watch({ npm_lifecycle_event: "start" });
    vi.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
    endNpm();
    vi.advanceTimersByTime(60_000);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it("reports nothing after it has ended", () => {
    const { gone, unwatch, endNpm } = watch({ npm_lifecycle_event: "start" });
    unwatch();
    endNpm();
    vi.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
  });

  it("does not begin in a program that was started by hand", () => {
    watch({});
    expect(vi.getTimerCount()).toBe(0);
  });
});
