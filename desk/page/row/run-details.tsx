import { useEffect, useId, useRef } from "preact/hooks";
import type { RunRecord } from "../../../backup/model/run.ts";
import type { RestoreWay } from "../../restore-commands.ts";
import { durationWords, momentWords, sizeWords } from "../../words.ts";
import type { Api } from "../live/api.ts";
import { useRecord } from "../live/use-record.ts";
import { Foreign, Message, Moment } from "../parts/text.tsx";
import { type Moments, timeLineOf } from "../view/time-line.ts";
import { RemedyText } from "./failure.tsx";
import { Restore } from "./restore.tsx";

type Props = {
  hsm: string;
  run: string;
  api: Api | null;
  authentication: RestoreWay;
  now: Date;
  renewedAt: Date | null;
  onClose: () => void;
};

/** One run: where its backup is, each attempt, and its time line. It is read again while it runs. */
export function RunDetails({ hsm, run, api, authentication, now, renewedAt, onClose }: Props) {
  const id = useId();
  const title = useRef<HTMLHeadingElement>(null);
  const { record, problem } = useRecord(api, hsm, run, renewedAt);
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
          <Message text={problem} />
        </p>
      )}
      {record === null && problem === null && <p>Reading the run …</p>}
      {record !== null && <Facts record={record} now={now} />}
      {record?.state === "Succeeded" && <Restore record={record} authentication={authentication} now={now} />}
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
              <Message text={record.error.message} />
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
        <Moment at={at} now={now} seconds />{" "}
        <span class="soft">{afterSeconds > 0 && `+${durationWords(afterSeconds)}`}</span> <Foreign text={words} />
      </li>
    ))}
  </ol>
);
