/** Which files infra/ has, and what the linter found in them. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Paths of the files that end so, in the order of their names. */
export async function filesOf(folder: string, end: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(end));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

/**
 * The findings in SARIF logs, one after the other, one line each. The linter's exit code is 0 even for errors of type, so
 * that an answer with fewer logs than files is a finding as well.
 */
export function findingsOf(sarif: string, files: number, root: string): readonly string[] {
  const logs = sarif.split(/(?<=^\})(?=\{)/m).map(parsed);
  if (logs.length !== files)
    return [`expected a log for each of ${files} files, got ${logs.length}: ${sarif.slice(0, 200)}`];
  return logs.flatMap((log) => {
    const runs = isFields(log) ? log.runs : undefined;
    return Array.isArray(runs) && runs.length > 0
      ? runs.flatMap((run) => resultsOf(run, root))
      : ["a log with no runs"];
  });
}

function resultsOf(run: unknown, root: string): readonly string[] {
  const results = isFields(run) ? run.results : undefined;
  return Array.isArray(results) ? results.map((result) => lineOf(result, root)) : ["a run without results"];
}

function lineOf(result: unknown, root: string): string {
  if (!isFields(result)) return "a result that can't be read";
  const message = isFields(result.message) ? result.message.text : undefined;
  const place = JSON.stringify(result.locations ?? null);
  const [, file = "?"] = /"uri":"([^"]+)"/.exec(place) ?? [];
  const [, line = "?"] = /"startLine":(\d+)/.exec(place) ?? [];
  return `${file.replace(`file://${root}`, "")}:${line} ${String(result.ruleId)}: ${String(message)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
