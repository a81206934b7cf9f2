import { useMemo, useRef, useState } from "preact/hooks";
import { plainText } from "../../words.ts";
import type { CoverageSlots } from "../live/api.ts";
import { type Cell, cellDay, cellsOf } from "../view/cells.ts";

const DAYS = 90;
const ROW_OF_NARROW = 30;
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -ROW_OF_NARROW,
  ArrowDown: ROW_OF_NARROW,
  Home: -DAYS,
  End: DAYS,
};

type Props = { hsm: string; slots: CoverageSlots | undefined; now: Date; onShow: (run: string) => void };

/** The last 90 days. The arrow keys move from day to day; Enter shows the day's run. */
export function Grid({ hsm, slots, now, onShow }: Props) {
  const today = now.toISOString().slice(0, 10);
  // A cell changes with the day, not with every second.
  const cells = useMemo(() => cellsOf(slots ?? [], now, DAYS), [slots, today]);
  const [focused, setFocused] = useState(DAYS - 1);
  const [pointed, setPointed] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(focused + step, DAYS - 1));
    setFocused(next);
    const button = box.current?.children[next];
    if (button instanceof HTMLElement) button.focus();
  };
  // 90 for each HSM: drawn again when they change, not at every poll.
  const buttons = useMemo(
    () =>
      cells.map((cell, index) => (
        <button
          type="button"
          key={cell.day}
          class={`cell ${cell.look}`}
          tabIndex={index === focused ? 0 : -1}
          aria-label={describe(cell, now)}
          onPointerEnter={() => setPointed(index)}
          onFocus={() => {
            setFocused(index);
            setPointed(index);
          }}
          onBlur={() => setPointed(null)}
          onClick={() => cell.run !== null && onShow(cell.run)}
        />
      )),
    [cells, focused],
  );
  const described = pointed === null ? undefined : cells[pointed];
  return (
    <>
      <div
        class={`grid${slots === undefined ? " loading" : ""}`}
        role="toolbar"
        aria-label={`The last ${DAYS} days of ${plainText(hsm, 40)}`}
        ref={box}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setPointed(null)}
      >
        {buttons}
      </div>
      <div class="axis" aria-hidden="true">
        <span>{DAYS} days ago</span>
        <span class="pointed">{described && describe(described, now)}</span>
        <span>today</span>
      </div>
    </>
  );
}

const describe = (cell: Cell, now: Date): string =>
  `${cellDay(cell, now)}, ${cell.words}${cell.run === null ? "" : ` (${cell.run})`}`;
