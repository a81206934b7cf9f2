import { useEffect, useState } from "preact/hooks";
import type { RunRecord } from "../../../backup/model/run.ts";
import type { Api } from "./api.ts";

export type ReadRecord = { readonly record: RunRecord | null; readonly problem: string | null };

/** The record of a run, read again each time the page is renewed until the run has ended. */
export function useRecord(api: Api | null, hsm: string, run: string, renewedAt: Date | null): ReadRecord {
  const [read, setRead] = useState<ReadRecord>({ record: null, problem: null });
  const record = read.record?.id === run ? read.record : null;
  const hasEnded = record !== null && record.endedAt !== null;
  const renewal = hasEnded ? null : renewedAt;
  useEffect(() => {
    if (api === null || hasEnded) return undefined;
    let isWanted = true;
    void api.run(hsm, run).then((answer) => {
      if (!isWanted) return;
      if (answer.outcome === "value") setRead({ record: answer.value, problem: null });
      if (answer.outcome === "failed") setRead((before) => ({ ...before, problem: answer.problem }));
    });
    return () => {
      isWanted = false;
    };
  }, [api, hsm, run, renewal, hasEnded]);
  return { record, problem: read.problem };
}
