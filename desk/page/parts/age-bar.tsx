import { momentWords } from "../../words.ts";
import type { JudgedHsm } from "../view/cover.ts";
import { ageWords } from "../view/verdict.ts";
import { Moment } from "./text.tsx";

const FULL = 100;

/** The age of the newest verified backup, on a bar that ends where the HSM becomes overdue. */
export function AgeBar({ judged: { hsm, cover }, now }: { judged: JudgedHsm; now: Date }) {
  const { newestSuccess, overdueAt } = hsm;
  const isOverdue = hsm.isOverdue || cover === "overdue";
  if (newestSuccess === null)
    return (
      <div>
        <b>No verified backup</b>
        <Bar part={0} tone="bad" />
        {hsm.nextStartAt !== null && (
          <small class="soft">
            next start at <Moment at={hsm.nextStartAt} now={now} />
          </small>
        )}
      </div>
    );
  const whole = overdueAt === null ? 0 : Date.parse(overdueAt) - Date.parse(newestSuccess);
  const part = isOverdue || whole <= 0 ? FULL : ((now.getTime() - Date.parse(newestSuccess)) / whole) * FULL;
  return (
    <div>
      <b>Newest verified backup</b>{" "}
      <time
        dateTime={newestSuccess}
        title={`${momentWords(newestSuccess, now)}; ${new Date(newestSuccess).toLocaleString()} your time`}
      >
        {ageWords(newestSuccess, now)} ago
      </time>
      <Bar part={Math.max(0, Math.min(part, FULL))} tone={isOverdue ? "bad" : "ok"} />
      {overdueAt !== null && (
        <small class="soft">
          overdue {isOverdue ? "since" : "from"} <Moment at={overdueAt} now={now} />
        </small>
      )}
    </div>
  );
}

export const Bar = ({ part, tone }: { part: number; tone: string }) => (
  <svg class={`bar ${tone}`} aria-hidden="true">
    <rect class="whole" width="100%" height="8" rx="4" />
    <rect class="part" width={`${part}%`} height="8" rx="4" />
  </svg>
);
