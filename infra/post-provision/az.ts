import { execFile } from "node:child_process";

const LONGEST_ANSWER = 16 * 1024 * 1024;

/** What `az` gave: its answer read as JSON, or why it gave none, in its own words. */
export type AzAnswer =
  | { readonly outcome: "done"; readonly value: unknown }
  | { readonly outcome: "forbidden" | "failed"; readonly why: string };

/** Runs `az` with these arguments: the only way by which this step reads or changes anything in Azure. */
export type Az = (given: readonly string[]) => Promise<AzAnswer>;

// 403 of an HSM or Resource Manager, in the words that az repeats.
const FORBIDDEN = /\b(Forbidden|AuthorizationFailed|AccessDenied|not authorized|does not have authorization|403)\b/i;

/** The Azure CLI that is found on PATH. Answers are asked for as JSON. */
export const azOnPath: Az = (given) =>
  new Promise((resolve) => {
    const all = [...given, "--output", "json", "--only-show-errors"];
    execFile("az", all, { maxBuffer: LONGEST_ANSWER }, (failed, stdout, stderr) => {
      if (failed === null) return resolve(readAnswer(stdout));
      const why = stderr.trim() || failed.message;
      return resolve({ outcome: FORBIDDEN.test(why) ? "forbidden" : "failed", why });
    });
  });

function readAnswer(stdout: string): AzAnswer {
  if (stdout.trim() === "") return { outcome: "done", value: null };
  try {
    return { outcome: "done", value: JSON.parse(stdout) };
  } catch {
    // Not repeated: it may be a key.
    return { outcome: "failed", why: `az wrote ${stdout.length} characters that are no JSON` };
  }
}

const PLAIN = /^[\w./:@=-]+$/;

/** The same, as a person would type it into a shell. */
export const commandLine = (given: readonly string[]): string =>
  ["az", ...given].map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(" ");
