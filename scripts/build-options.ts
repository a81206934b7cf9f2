const SOURCE_MAPS = "--source-maps";

/** The command line of `npm run build` and `npm run package`; a text where it can't be understood. */
export function readBuildOptions(given: readonly string[]): { readonly sourceMaps: boolean } | string {
  const unknown = given.filter((argument) => argument !== SOURCE_MAPS);
  if (unknown.length > 0) return `unknown: ${unknown.join(" ")}`;
  return { sourceMaps: given.includes(SOURCE_MAPS) };
}
