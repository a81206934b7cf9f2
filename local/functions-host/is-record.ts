/** True for a plain JSON object: what comes from outside is `unknown` until this has looked at it. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
