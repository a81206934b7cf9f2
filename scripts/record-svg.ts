/** A line of a recording, and when it was printed, in milliseconds from the start. */
export type Printed = { readonly text: string; readonly at: number };

/** A terminal of 100 columns; the characters of common monospace fonts are at most 0.61 of their size wide. */
const COLUMNS = 100;
const FONT_SIZE = 13;
const CHARACTER_WIDTH = 0.61 * FONT_SIZE;
const LINE_HEIGHT = 19;
const PADDING = 16;
/** How long the last screen stands before the recording begins again. */
const PAUSE_MILLISECONDS = 8_000;

/**
 * Draws the lines as an SVG in which each appears when it was printed, again and again. A viewer without animations, or a
 * reader who wants none, sees the last screen. Each line is one `<text>`, so that a test can read it back.
 */
export function drawRecording(command: string, lines: readonly Printed[]): string {
  const total = (lines.at(-1)?.at ?? 0) + PAUSE_MILLISECONDS;
  let row = 0;
  const texts = [{ text: `$ ${command}`, at: 0 }, ...lines].map(({ text, at }, index) => {
    const rows = wrapped(text);
    const x = PADDING;
    const y = PADDING + FONT_SIZE + row * LINE_HEIGHT;
    row += rows.length;
    const [first = "", ...others] = rows.map(escaped);
    const more = others.map((each) => `<tspan x="${x}" dy="${LINE_HEIGHT}">${each}</tspan>`).join("");
    const name = index === 0 ? "command" : nameOf(at);
    return `<text class="${name}" x="${x}" y="${y}">${first}${more}</text>`;
  });
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH) + 2 * PADDING;
  const height = row * LINE_HEIGHT + 2 * PADDING;
  const instants = [...new Set(lines.map(({ at }) => at))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>A recording of ${escaped(command)}</title>`,
    "<style>",
    `text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: #d1d7e0; white-space: pre }`,
    ".command { font-weight: bold; fill: #7ee787 }",
    ...instants.map((at) => animationOf(at, total)),
    "@media (prefers-reduced-motion: reduce) { text { animation: none !important } }",
    "</style>",
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#151b23" stroke="#3d444d"/>`,
    ...texts,
    "</svg>",
    "",
  ].join("\n");
}

const nameOf = (at: number): string => `at${at}`;

/** Hidden until its instant; what is not named is visible. */
const animationOf = (at: number, total: number): string =>
  `@keyframes ${nameOf(at)} { 0% { opacity: 0 } ${((100 * at) / total).toFixed(2)}% { opacity: 1 } } ` +
  `.${nameOf(at)} { animation: ${nameOf(at)} ${total / 1000}s step-end infinite }`;

/** The rows that a terminal makes of a line. */
function wrapped(text: string): readonly string[] {
  const count = Math.max(1, Math.ceil(text.length / COLUMNS));
  return Array.from({ length: count }, (_, index) => text.slice(index * COLUMNS, (index + 1) * COLUMNS));
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
