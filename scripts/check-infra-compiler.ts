/** The Bicep compiler: restored from NuGet by infra/compiler/compiler.csproj, which says its version. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const LONGEST_OUTPUT = 64 * 1024 * 1024;
const PACKAGE = /Include="([^"]+)" Version="\[([^\]]+)\]"/;

/** How a program ended, and what it wrote. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the compiler. */
export type Bicep = (...given: readonly string[]) => Promise<Ended>;

/**
 * Restores the compiler into the NuGet cache, where it stays.
 * @param scratch folder for what the restore leaves behind
 * @throws Error with what dotnet said, where it can't be had
 */
export async function restoreCompiler(infra: string, scratch: string): Promise<Bicep> {
  const project = join(infra, "compiler/compiler.csproj");
  const [, name, version] = PACKAGE.exec(await readFile(project, "utf8")) ?? [];
  if (name === undefined || version === undefined) throw new Error(`${project} names no package with one version`);
  await dotnet("restore", project, `-p:BaseIntermediateOutputPath=${scratch}/`);
  const listed = await dotnet("nuget", "locals", "global-packages", "--list");
  const folder = listed.slice(listed.indexOf(":") + 1).trim();
  const program = join(folder, name.toLowerCase(), version, "tools/bicep");
  return (...given) => run(program, given, infra);
}

async function dotnet(...given: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("dotnet", given, ".");
  if (code !== 0) throw new Error(`dotnet ${given[0]} failed: ${stderr || stdout}`);
  return stdout;
}

const run = (program: string, given: readonly string[], cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(program, given, { cwd, maxBuffer: LONGEST_OUTPUT }, (failed, stdout, stderr) => {
      const code = typeof failed?.code === "number" ? failed.code : failed === null ? 0 : 1;
      resolve({ code, stdout, stderr: stderr || (code === 0 ? "" : (failed?.message ?? "")) });
    });
  });
