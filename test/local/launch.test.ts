import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMPILE_CACHE } from "../../local/compile-cache.ts";

const LAUNCH = fileURLToPath(new URL("../../local/launch.mjs", import.meta.url));

/** Runs the launcher on a Node that reports this version. */
function launch(version: string, ...given: readonly string[]) {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const command = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, LAUNCH, ...given];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    env: { ...process.env, ...COMPILE_CACHE },
  });
  return { status, stdout, stderr };
}

describe("the launcher of npm start and npm run emulators", () => {
  it.each(["20.20.2", "22.18.0"])("reports in one sentence that Node %s is too old", (version) => {
    expect(launch(version, "start", "--once")).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^This needs Node 22\\.19 or newer and runs on ${version}: .*\\n$`)),
    });
  });

  it.each(["22.19.0", process.versions.node])("runs on Node %s", (version) => {
    expect(launch(version, "emulators", "--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("--hsms"),
    });
  });

  it("passes the options on, and ends with the command's exit code", () => {
    expect(launch(process.versions.node, "start", "--onec")).toMatchObject({
      status: 2,
      stderr: "There is no option --onec; --help lists them.\n",
    });
  });

  it("prints its usage for an unknown command", () => {
    expect(launch(process.versions.node, "stop")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("start|emulators"),
    });
  });
});
