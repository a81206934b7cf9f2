import { DAY, HOUR, MINUTE } from "../../durations.ts";

/** A run of an HSM as a story writes it down. Instants in milliseconds since the epoch. */
export type WrittenRun = {
  readonly hsm: string;
  readonly id: string;
  /** Null: started by hand. */
  readonly slot: number | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly state: "Succeeded" | "Failed" | "Canceled" | "TimedOut";
  /** Whether the HSM accepted the start. */
  readonly isAccepted: boolean;
  readonly bytes: number;
  readonly code: string;
};

/** The first slot after an instant. */
export type Schedule = (after: number) => number;

export const USUAL_MINUTES = 3;
export const USUAL_BYTES = 1_000_000;
/** As BACKUP_DEADLINE. */
export const DEADLINE = 6 * HOUR;
const AT_TWO = 2 * HOUR;
/** The epoch began on a Thursday. */
const FIRST_SUNDAY = 3 * DAY;

export const dailyAtTwo: Schedule = (after) => Math.floor((after - AT_TWO) / DAY + 1) * DAY + AT_TWO;
export const sundaysAtTwo: Schedule = (after) => {
  const first = FIRST_SUNDAY + AT_TWO;
  return Math.floor((after - first) / (7 * DAY) + 1) * 7 * DAY + first;
};

type Differs = Partial<Omit<WrittenRun, "hsm" | "startedAt" | "endedAt">> & { readonly minutes?: number };

/** A run of a few minutes that succeeded, but for what differs. */
export function run(
  hsm: string,
  start: string | number,
  { minutes = USUAL_MINUTES, ...differs }: Differs = {},
): WrittenRun {
  const startedAt = typeof start === "number" ? start : Date.parse(start);
  const id = `${new Date(startedAt).toISOString().replaceAll(/[-:]|\.\d+/g, "")}-s-${hsm}`;
  const usual = { slot: startedAt, state: "Succeeded", isAccepted: true, bytes: USUAL_BYTES, code: "" } as const;
  return { hsm, id, startedAt, endedAt: startedAt + minutes * MINUTE, ...usual, ...differs };
}

/** A success each night at two, from the first to the last day. */
export function nightly(hsm: string, firstDay: string, lastDay: string): readonly WrittenRun[] {
  const nights = (Date.parse(lastDay) - Date.parse(firstDay)) / DAY + 1;
  return Array.from({ length: nights }, (_, night) => run(hsm, Date.parse(firstDay) + night * DAY + AT_TWO));
}

/** The pauses before the tries of a slot, the last one again and again, as the app makes them. */
const PAUSES = [15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];

/** Tries of each slot from `start` to `end` that don't succeed; `differs` changes each of them. */
export function failing(hsm: string, start: string, end: string, differs: Differs): readonly WrittenRun[] {
  const runs: WrittenRun[] = [];
  for (let slot = Date.parse(start); slot < Date.parse(end); slot = dailyAtTwo(slot)) {
    for (let at = slot, tries = 0; at < Math.min(dailyAtTwo(slot), Date.parse(end)); tries++) {
      const tried = run(hsm, at, { state: "Failed", slot, ...differs });
      runs.push(tried);
      at = tried.endedAt + (PAUSES[Math.min(tries, PAUSES.length - 1)] ?? HOUR);
    }
  }
  return runs;
}
