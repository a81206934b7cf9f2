import type { Contestant, Result } from "./following.ts";

const WIDTH = 760;
const ROW = 18;
const LEFT = 190;
const RIGHT = 130;
const COLOURS: Readonly<Record<Contestant, string>> = {
  official: "#b0b7c3",
  "fixed 60 s": "#7f8ea3",
  ours: "#0b6bcb",
  "ours, no history": "#7db7ec",
};

/** Bars of the looks that each contestant takes, on a logarithmic scale, as SVG. */
export function lookChart(results: readonly Result[]): string {
  const most = Math.max(...results.map(({ looks }) => looks));
  const barOf = (looks: number): number => ((WIDTH - LEFT - RIGHT) * Math.log10(1 + looks)) / Math.log10(1 + most);
  const lines: string[] = [];
  let y = 34;
  for (const { job, sigma, of, looks, delay } of results) {
    if (of === "official") {
      y += 8;
      lines.push(text(8, y + 12, `${job}, \u03c3 ${sigma * 100} %`, "font-weight='600'"));
    }
    lines.push(
      text(LEFT - 6, y + 12, of, "text-anchor='end'"),
      `<rect x='${LEFT}' y='${y + 2}' width='${barOf(looks).toFixed(1)}' height='${ROW - 4}' fill='${COLOURS[of]}'/>`,
      text(LEFT + barOf(looks) + 6, y + 12, `${looks.toFixed(1)}, known after ${delay.toFixed(0)} s`),
    );
    y += ROW;
  }
  const title = text(
    8,
    20,
    "Looks at one job (logarithmic), and the mean time from its end until it is known",
    "font-size='13'",
  );
  return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${WIDTH} ${y + 10}' font-family='sans-serif' font-size='11'>
<rect width='100%' height='100%' fill='#fff'/>
${[title, ...lines].join("\n")}
</svg>
`;
}

const text = (x: number, y: number, words: string, attributes = ""): string =>
  `<text x='${x.toFixed(1)}' y='${y}' fill='#1f2933' ${attributes}>${words}</text>`;
