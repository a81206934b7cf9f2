import { momentWords } from "../../words.ts";
import { localWords, Moment } from "../parts/text.tsx";
import type { JudgedHsm } from "../view/cover.ts";
import { ageWords } from "../view/verdict.ts";

const FULL = 100;

type Props = { judged: JudgedHsm; now: Date };

/** The age of the newest verified backup, on a bar that ends where the HSM becomes overdue. */
export function AgeBar({ judged: { hsm, cover }, now }: Props) {
  const { newestSuccess, overdueAt, nextStartAt } = hsm;
  if (newestSuccess === null)
    return (
      <div>
        <b>{cover === "unknown" ? "Newest verified backup unknown" : "No verified backup"}</b>
        <Bar part={0} tone="bad" />
        {nextStartAt !== null && (
          <small class="soft">
            next start at <Moment at={nextStartAt} now={now} />
          </small>
        )}
      </div>
    );
  const age = (
    <>
      <b>Newest verified backup</b>{" "}
      <time dateTime={newestSuccess} title={`${momentWords(newestSuccess, now)}; ${localWords(newestSuccess)}`}>
        {ageWords(newestSuccess, now)} ago
      </time>
    </>
  );
  // No next backup is expected of it.
  if (cover === "notConfigured" || overdueAt === null) return <div>{age}</div>;
  const isOverdue = now.getTime() > Date.parse(overdueAt);
  const part = (now.getTime() - Date.parse(newestSuccess)) / (Date.parse(overdueAt) - Date.parse(newestSuccess));
  return (
    <div>
      {age}
      <Bar part={Math.max(0, Math.min(part, 1))} tone={isOverdue ? "bad" : "ok"} />
      <small class="soft">
        overdue {isOverdue ? "since" : "from"} <Moment at={overdueAt} now={now} />
      </small>
    </div>
  );
}

/** A bar of which a part, from 0 to 1, is filled. */
export const Bar = ({ part, tone }: { part: number; tone: string }) => (
  <svg class={`bar ${tone}`} aria-hidden="true">
    <rect class="whole" width="100%" height="8" rx="4" />
    <rect class="part" width={`${part * FULL}%`} height="8" rx="4" />
  </svg>
);
