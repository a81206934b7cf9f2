import type { HsmView } from "../../../backup/model/views/hsm-view.ts";
import { Moment } from "../parts/text.tsx";
import { doubtWords, progressOf, progressWords } from "../view/running.ts";
import { Bar } from "./age-bar.tsx";

type Props = { active: NonNullable<HsmView["active"]>; usualSeconds: number | null; now: Date };

/** The run that is active, against the time that one usually takes. */
export function Running({ active, usualSeconds, now }: Props) {
  const progress = progressOf(active, usualSeconds, now);
  const how = active.trigger === "manual" ? "started by hand" : "started on schedule";
  return (
    <div class="inner running">
      {progress !== null && <Bar part={progress} tone="run" />}
      <small>
        <b>{progressWords(active, usualSeconds, now)}</b>.{" "}
        {active.state === "Starting" ? "Waiting for the HSM to accept it" : "The HSM is writing the backup"}, {how} at{" "}
        <Moment at={active.startedAt} now={now} />; deadline <Moment at={active.deadlineAt} now={now} />.{" "}
        {active.doubt !== null && <strong>{doubtWords(active.doubt)}</strong>}
      </small>
    </div>
  );
}
