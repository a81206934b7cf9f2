import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { RunRecord } from "../../../backup/model/run.ts";
import { durationWords, momentWords, sizeWords } from "../../words.ts";
import type { Api } from "../live/api.ts";
import { type Moments, timeLineOf } from "../view/time-line.ts";
import { RemedyText } from "./failure.tsx";
import { Foreign, Moment } from "./text.tsx";

type Props = { hsm: string; run: string; api: Api | null; now: Date; renewedAt: Date | null; onClose: () => void };

/** One run: where its backup is, each attempt, and its time line. It is read again while it runs. */
export function RunDetails({ hsm, run, api, now, renewedAt, onClose }: Props) {
  const id = useId();
  const title = useRef<HTMLHeadingElement>(null);
  const [record, setRecord] = useState<RunRecord | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isRead = record?.id === run;
  const hasEnded = isRead && record.endedAt !== null;
  const poll = hasEnded ? null : renewedAt;
  // Read again whenever the page is, until the run has ended.
  useEffect(() => {
    if (api === null || hasEnded) return undefined;
    let isWanted = true;
    void api.run(hsm, run).then((answer) => {
      if (!isWanted) return;
      if (answer.outcome === "value") setRecord(answer.value);
      setProblem(answer.outcome === "failed" ? answer.problem : null);
    });
    return () => {
      isWanted = false;
    };
  }, [api, hsm, run, poll]);
  useEffect(() => title.current?.focus(), [run]);

  return (
    <section class="run-details" aria-labelledby={id}>
      <div class="top">
        <h4 id={id} ref={title} tabIndex={-1}>
          Run <Foreign text={run} longest={60} />
        </h4>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {problem !== null && (
        <p>
          <Foreign text={problem} longest={600} />
        </p>
      )}
      {isRead ? <Facts record={record} now={now} /> : problem === null && <p>Reading the run …</p>}
    </section>
  );
}

function Facts({ record, now }: { record: RunRecord; now: Date }) {
  const rows: readonly (readonly [string, string | null])[] = [
    ["State", record.state],
    ["Started", record.trigger === "manual" ? "by hand" : "by the schedule"],
    ["Slot", record.slot === null ? null : momentWords(record.slot, now)],
    ["Container", `${record.storageUrl}/${record.container}`],
    ["Folder", record.folderUrl],
    ["Blobs", record.blobCount === null ? null : `${record.blobCount}, ${sizeWords(record.bytes ?? 0)}`],
    ["Job", record.jobId],
  ];
  return (
    <>
      <dl>
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Foreign text={value} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {record.error !== null && (
        <div class="fail">
          <p>
            <strong>
              <Foreign text={record.error.message} longest={600} />
            </strong>
          </p>
          <RemedyText text={record.error.remedy} />
        </div>
      )}
      <TimeLine moments={timeLineOf(record)} now={now} />
    </>
  );
}

const TimeLine = ({ moments, now }: { moments: Moments; now: Date }) => (
  <ol class="time-line">
    {moments.map(({ at, afterSeconds, words }) => (
      <li key={`${at} ${words}`}>
        <Moment at={at} now={now} />{" "}
        <span class="soft">{afterSeconds > 0 && `after ${durationWords(afterSeconds)}`}</span> <Foreign text={words} />
      </li>
    ))}
  </ol>
);
