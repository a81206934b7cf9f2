import { type Clean, LONGEST } from "./service-words.ts";

/** What is kept of somebody else's error: a RestError holds the request, whose headers and body hold token and SAS. */
export type StrippedCause = { readonly name: string; readonly message: string; readonly code?: string };

/** Name, cleaned message and code of whatever was thrown; nothing else of it. */
export function strippedCause(thrown: unknown, clean: Clean): StrippedCause {
  if (!(thrown instanceof Error)) return { name: "thrown", message: clean(String(thrown), LONGEST.message) };
  const { name, message } = thrown;
  const code = codeOf(thrown);
  return {
    name: clean(name, LONGEST.code),
    message: clean(message || code || "no message", LONGEST.message),
    ...(code === undefined ? {} : { code: clean(code, LONGEST.code) }),
  };
}

const codeOf = (thrown: Error): string | undefined =>
  "code" in thrown && typeof thrown.code === "string" && thrown.code !== "" ? thrown.code : undefined;
