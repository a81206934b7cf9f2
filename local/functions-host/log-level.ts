/** From the least to the most important; `none` in host.json silences a category. */
const LEVELS = ["trace", "debug", "information", "warning", "error", "critical", "none"] as const;

export type LogLevel = (typeof LEVELS)[number];

/** Minimum level per category; the longest category that begins a line's own category decides. */
export type LogLevels = Readonly<Record<string, LogLevel>>;

/** A level by name, in any case, as host.json and the worker write it. */
export function parseLogLevel(value: unknown): LogLevel | undefined {
  const wanted = typeof value === "string" ? value.toLowerCase() : undefined;
  return LEVELS.find((level) => level === wanted);
}

const covers = (rule: string, category: string): boolean => category === rule || category.startsWith(`${rule}.`);

/** Whether host.json's `logging.logLevel` lets a line of this category and level through. */
export function isLogged(levels: LogLevels, category: string, level: LogLevel): boolean {
  const rule = Object.keys(levels)
    .filter((name) => covers(name, category))
    .reduce((longest, name) => (name.length > longest.length ? name : longest), "");
  const minimum = levels[rule] ?? levels.default ?? "information";
  return minimum !== "none" && LEVELS.indexOf(level) >= LEVELS.indexOf(minimum);
}
