/**
 * `npm run audit`: asks the npm registry for known vulnerabilities of what is deployed. Exit code 0 where there are none, 1
 * where there are, and 1 where the registry could not be asked, unless `--unless-unreachable` says that this is no failure.
 */
import { execFile } from "node:child_process";

const SWITCH = "--unless-unreachable";
const USAGE = `usage: node scripts/audit.ts [${SWITCH}]`;
const LONGEST_REPORT = 64 * 1024 * 1024;
/** The codes of npm and the system for a registry that didn't answer. What npm says of our own files has others. */
const NO_ANSWER = /^(E(AI_AGAIN|NOTFOUND|CONN\w+|TIMEDOUT|HOSTUNREACH|NETUNREACH|\d{3})|ENOAUDIT)$/;

/** What came of an audit. `lines`: one for each vulnerable package. */
export type Audit =
  | { readonly outcome: "clean"; readonly packages: number }
  | { readonly outcome: "vulnerable"; readonly lines: readonly string[] }
  | { readonly outcome: "unreachable" | "failed"; readonly why: string };

type Fields = Readonly<Record<string, unknown>>;

/** Reads what `npm audit --json` wrote: a report, or an error in one of npm's two forms. */
export function readAudit(json: string): Audit {
  const document = parsed(json);
  if (document === undefined) return { outcome: "failed", why: "npm wrote no JSON" };
  const { vulnerabilities, metadata, statusCode, error } = document;
  if (isFields(vulnerabilities)) {
    const lines = Object.values(vulnerabilities).filter(isFields).map(lineOf);
    const packages = countIn(metadata);
    if (lines.length > 0) return { outcome: "vulnerable", lines };
    return packages > 0
      ? { outcome: "clean", packages }
      : { outcome: "failed", why: "npm found no package to ask about" };
  }
  // The message itself isn't repeated: a registry's address may hold a password.
  if (typeof statusCode === "number") {
    return { outcome: "unreachable", why: `the registry has no advisories for npm (HTTP ${statusCode})` };
  }
  const code = isFields(error) && typeof error.code === "string" ? error.code : "";
  if (NO_ANSWER.test(code) || (code === "" && typeof document.message === "string")) {
    return { outcome: "unreachable", why: `the registry didn't answer${code && ` (${code})`}` };
  }
  return {
    outcome: "failed",
    why: code === "" ? "npm wrote neither a report nor an error" : `npm failed with ${code}`,
  };
}

/** What is printed, line by line, and the exit code. `mayBeUnreachable`: the switch was given. */
export function describeAudit(audit: Audit, mayBeUnreachable: boolean): { lines: readonly string[]; exitCode: 0 | 1 } {
  switch (audit.outcome) {
    case "clean":
      return { lines: [`audited: no known vulnerability in ${audit.packages} packages`], exitCode: 0 };
    case "vulnerable":
      return { lines: [...audit.lines, `audited: ${audit.lines.length} vulnerable packages`], exitCode: 1 };
    case "unreachable":
      return { lines: [`not audited: ${audit.why}`], exitCode: mayBeUnreachable ? 0 : 1 };
    case "failed":
      return { lines: [`not audited: ${audit.why}`], exitCode: 1 };
  }
}

/** `high  undici <6.24.0: Title (address); …`; a package that is vulnerable only by another one names it. */
function lineOf({ name, severity, range, via }: Fields): string {
  const causes = Array.isArray(via) ? via : [];
  const reasons = causes.map((cause: unknown) =>
    isFields(cause) ? `${String(cause.title)} (${String(cause.url)})` : `through ${String(cause)}`,
  );
  return `${String(severity)}  ${String(name)} ${String(range)}: ${reasons.join("; ")}`;
}

const countIn = (metadata: unknown): number => {
  const dependencies = isFields(metadata) ? metadata.dependencies : undefined;
  return isFields(dependencies) && typeof dependencies.prod === "number" ? dependencies.prod : 0;
};

function parsed(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Runs npm; it exits with 1 for vulnerabilities and for errors alike, so that only what it wrote says which. */
function runNpm(): Promise<string> {
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []];
  const given = [...first, "audit", "--omit=dev", "--json"];
  return new Promise((resolve) => {
    execFile(command, given, { maxBuffer: LONGEST_REPORT }, (_failed, stdout) => resolve(stdout));
  });
}

if (import.meta.main) {
  const unknown = process.argv.slice(2).filter((argument) => argument !== SWITCH);
  if (unknown.length > 0) {
    console.error(USAGE);
    process.exitCode = 2;
  } else {
    const { lines, exitCode } = describeAudit(readAudit(await runNpm()), process.argv.includes(SWITCH));
    for (const line of lines) console.log(line);
    process.exitCode = exitCode;
  }
}
