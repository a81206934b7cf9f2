import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isAlive } from "../processes.ts";
import { until } from "../until.ts";

// Sooner than it would end by itself.
const SOONER_SECONDS = 2.5;
const PROGRAM = fileURLToPath(new URL("./fixtures/under-npm.ts", import.meta.url));
// The command after it keeps the shell from becoming the program itself.
const SHELL = `"$0" "$1"; true`;
const SHELL_IN_SHELL = `sh -c '"$0" "$1"; true' "$0" "$1"; true`;

describe("a program that npm started", () => {
  const start = async (script: string, environment: NodeJS.ProcessEnv) => {
    const npm = spawn("sh", ["-c", script, process.execPath, PROGRAM], {
      env: { ...process.env, npm_lifecycle_event: undefined, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: npm.stdout });
    const [pid] = await once(lines, "line");
    return { npm, lines, pid: Number(pid) };
  };

  it("ends when npm is killed", async () => {
    const { npm, pid } = await start(SHELL, { npm_lifecycle_event: "start" });
    expect(isAlive(pid)).toBe(true);
    npm.kill("SIGKILL");
    await until("the end of the program", () => !isAlive(pid), SOONER_SECONDS);
  });

  it("ends, too, when a shell stands between them", async () => {
    const { npm, pid } = await start(SHELL_IN_SHELL, { npm_lifecycle_event: "start" });
    npm.kill("SIGKILL");
    await until("the end of the program", () => !isAlive(pid), SOONER_SECONDS);
  });

  it("goes on without its parent when it was started by hand", async () => {
    const { npm, lines } = await start(SHELL, {});
    npm.kill("SIGKILL");
    expect(await once(lines, "line")).toEqual(["still here"]);
  });
});
