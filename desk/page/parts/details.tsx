import type { HsmsAnswer, HsmView } from "../../../backup/model/views/hsm-view.ts";
import type { Api } from "../live/api.ts";
import { RunDetails } from "./run-details.tsx";
import { RunsTable } from "./runs-table.tsx";

type Props = {
  hsm: HsmView;
  answer: HsmsAnswer;
  api: Api | null;
  now: Date;
  renewedAt: Date | null;
  shown: string | null;
  onShow: (run: string | null) => void;
};

/** An opened row: the runs, one of them, and how to restore. */
export function Details({ hsm, api, now, renewedAt, shown, onShow }: Props) {
  const changed = JSON.stringify([hsm.running, hsm.newestSuccessRun, hsm.newestFailure?.run]);
  return (
    <div class="inner">
      {shown !== null && (
        <RunDetails hsm={hsm.hsm} run={shown} api={api} now={now} renewedAt={renewedAt} onClose={() => onShow(null)} />
      )}
      <RunsTable hsm={hsm.hsm} api={api} now={now} changed={changed} onShow={onShow} />
    </div>
  );
}
