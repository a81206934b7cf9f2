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

/** An opened row: the runs, and one of them with how to restore its backup. */
export function Details({ hsm, answer, api, now, renewedAt, shown, onShow }: Props) {
  const changed = JSON.stringify([hsm.running, hsm.newestSuccessRun, hsm.newestFailure?.run]);
  const newest = hsm.newestSuccessRun;
  return (
    <div class="inner">
      {shown === null && newest !== null && (
        <p class="open-newest">
          <button type="button" onClick={() => onShow(newest)}>
            Restore the newest backup …
          </button>
        </p>
      )}
      {shown !== null && (
        <RunDetails
          hsm={hsm.hsm}
          run={shown}
          api={api}
          authentication={answer.authentication}
          now={now}
          renewedAt={renewedAt}
          onClose={() => onShow(null)}
        />
      )}
      <RunsTable hsm={hsm.hsm} api={api} now={now} changed={changed} onShow={onShow} />
    </div>
  );
}
