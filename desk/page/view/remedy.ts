/** A remedy with its commands, which the page shows ready to copy. */
export type Remedy = { readonly text: string; readonly commands: readonly string[] };

// The app writes a command into brackets, or after a colon at the end. https://learn.microsoft.com/cli/azure/
const IN_BRACKETS = /\s?\((az [^()]+)\)/g;
const AT_THE_END = /:\s(az .+)$/;

export function remedyOf(text: string): Remedy {
  const last = AT_THE_END.exec(text)?.[1];
  const inner = [...text.matchAll(IN_BRACKETS)].flatMap(([, command]) => command ?? []);
  return {
    text: text.replace(AT_THE_END, ":").replaceAll(IN_BRACKETS, ""),
    commands: [...inner, ...(last === undefined ? [] : [last])],
  };
}
