import type { CoverageAnswer } from "../../../backup/model/views/coverage-view.ts";
import { countWords, dayWords, durationWords, sizeWords, timeWords } from "../../words.ts";

type Slot = CoverageAnswer["slots"][number];

/** From worst to best. `recovered`: covered after a failure. `unknown`: the day has no slot that is due or was read. */
export const LOOKS = ["missed", "failed", "running", "recovered", "covered", "notDue"] as const;
export type Look = (typeof LOOKS)[number];
/** One day of the grid, in UTC. */
export type Cell = {
  readonly day: string;
  readonly look: Look;
  /** What it is, without its day. */
  readonly words: string;
  readonly run: string | null;
};

const DAY = 86_400_000;
const dayOf = (instant: string | Date): string => new Date(instant).toISOString().slice(0, 10);

/** The last `days` days up to today, oldest first. The worst slot of a day decides how it looks. */
export function cellsOf(slots: readonly Slot[], now: Date, days: number): readonly Cell[] {
  const byDay = Map.groupBy(slots, ({ slot }) => dayOf(slot));
  return Array.from({ length: days }, (_, index) => {
    const day = dayOf(new Date(now.getTime() - (days - 1 - index) * DAY));
    return cellOf(day, byDay.get(day) ?? [], now);
  });
}

function cellOf(day: string, slots: readonly Slot[], now: Date): Cell {
  const [worst] = slots.toSorted((a, b) => LOOKS.indexOf(lookOf(a)) - LOOKS.indexOf(lookOf(b)));
  if (worst === undefined) return { day, look: "notDue", words: "no slot", run: null };
  const look = lookOf(worst);
  const most = slots.length === 1 ? "" : `${manyWords(slots)}; ${timeWords(worst.slot)} UTC: `;
  return { day, look, words: `${most}${wordsOf(worst, look, now)}`, run: worst.run };
}

function lookOf({ state, failures, isRunning }: Slot): Look {
  if (state === "covered") return failures > 0 ? "recovered" : "covered";
  return state === "notDue" && isRunning ? "running" : state;
}

function wordsOf(slot: Slot, look: Look, now: Date): string {
  const { failures, isRunning, seconds, bytes } = slot;
  const tries = countWords(failures, "failed try", "failed tries");
  const amounts = [
    ...(seconds === null ? [] : [durationWords(seconds)]),
    ...(bytes === null ? [] : [sizeWords(bytes)]),
  ].join(", ");
  switch (look) {
    case "covered":
      return `covered${amounts && `: ${amounts}`}`;
    case "recovered":
      return `covered after ${tries}${amounts && `: ${amounts}`}`;
    case "failed":
      return `not covered: ${tries}${isRunning ? ", another runs" : ""}`;
    case "missed":
      return "not covered: no backup was tried";
    case "running":
      return "a backup runs";
    case "notDue":
      return Date.parse(slot.slot) > now.getTime() - DAY ? "not due yet" : "this HSM was not backed up yet";
  }
}

function manyWords(slots: readonly Slot[]): string {
  const covered = slots.filter(({ state }) => state === "covered").length;
  const due = slots.filter(({ state }) => state !== "notDue").length;
  return `${covered} of ${countWords(due, "slot")} covered`;
}

/** `27 Nov`, or `today`. */
export const cellDay = (cell: Cell, now: Date): string => dayWords(`${cell.day}T00:00:00.000Z`, now);
