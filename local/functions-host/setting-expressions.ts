export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces each `%NAME%` by the setting of that name, as the host does in schedules and queue names.
 * @throws Error that names the setting which is missing.
 */
export function resolveSettings(text: string, env: Environment): string {
  return text.replace(/%([^%\s]+)%/g, (_match, name: string) => {
    const value = env[name];
    if (value === undefined || value === "") throw new Error(`The setting ${name} is missing: "${text}" asks for it.`);
    return value;
  });
}
