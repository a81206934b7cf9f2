import { useMemo } from "preact/hooks";
import { durationWords, rangeWords, sizeWords } from "../../words.ts";
import type { CoverageSlots } from "../live/api.ts";
import { chartOf, HEIGHT, WIDTH } from "../view/chart.ts";

/** Duration and size of the verified backups. */
export function Charts({ slots }: { slots: CoverageSlots | undefined }) {
  if (slots === undefined) return null;
  return (
    <div class="charts">
      <Line name="Duration" slots={slots} measure="seconds" words={durationWords} />
      <Line name="Size" slots={slots} measure="bytes" words={sizeWords} />
    </div>
  );
}

type Props = {
  name: string;
  slots: CoverageSlots;
  measure: "seconds" | "bytes";
  words: (value: number) => string;
};

function Line({ name, slots, measure, words }: Props) {
  const chart = useMemo(() => chartOf(slots, measure), [slots, measure]);
  if (chart === undefined) return <small class="soft">{name}: shown after two backups</small>;
  const [from, to] = chart.usual;
  const usual = rangeWords(words(from), words(to));
  return (
    <div>
      <small class="soft">
        {name}: {words(chart.newest)}, usually {usual}
      </small>
      <svg class={measure} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="band" width={WIDTH} y={chart.band.y} height={chart.band.height} />
        {chart.lines.map((points) => (
          <polyline key={points} points={points} />
        ))}
      </svg>
    </div>
  );
}
