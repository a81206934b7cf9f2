import { useEffect, useState } from "preact/hooks";
import { momentWords } from "../../words.ts";
import type { Api } from "../live/api.ts";
import type { Clock } from "../live/clock.ts";
import type { Live } from "../live/poll.ts";
import { HsmRow } from "../row/hsm-row.tsx";
import { inOrder } from "../view/cover.ts";
import { verdictOf } from "../view/verdict.ts";
import { AsOf } from "./as-of.tsx";
import { Legend } from "./legend.tsx";
import { Lost } from "./lost.tsx";
import { Problems } from "./problems.tsx";
import { Shape } from "./shape.tsx";
import { StartDialog } from "./start-dialog.tsx";
import { Foreign, HsmName } from "./text.tsx";

type Props = { live: Live; api: Api | null; clock: Clock; pollNow: () => void };

/** The verdict, and a row for each HSM. */
export function Overview({ live, api, clock, pollNow }: Props) {
  const { answer, renewedAt, lost, denied } = live;
  const [starting, setStarting] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [shown, setShown] = useState<{ readonly hsm: string; readonly run: string } | null>(null);
  const now = clock.now();
  const verdict = answer && verdictOf(answer, now);
  const isStale = lost !== null || denied !== null;

  useEffect(() => {
    document.title = verdict === null ? "Managed HSM backups" : `${verdict.headline} · Managed HSM backups`;
  }, [verdict?.headline]);

  return (
    <div class={isStale ? "stale" : undefined}>
      <div class="top">
        <h1>
          Managed HSM backups
          {answer && (
            <>
              {" · "}
              <Foreign text={answer.app} longest={60} />
              {" · "}
              <Foreign text={answer.version} longest={30} />
            </>
          )}
        </h1>
        {renewedAt && (
          <small class="soft">
            <AsOf at={renewedAt} clock={clock} />
          </small>
        )}
      </div>
      <Lost live={live} clock={clock} pollNow={pollNow} />
      {/* Read out when its words change, which not every poll does. */}
      <div role="status">
        {verdict ? (
          <h2 class="verdict">
            <Shape tone={isStale ? "soft" : verdict.tone} />
            {verdict.headline}
            {isStale && renewedAt && `, as of ${momentWords(renewedAt.toISOString(), now)}`}
          </h2>
        ) : (
          <h2 class={lost ? "verdict" : "verdict loading"}>
            <Shape tone="soft" />
            {lost ? "Whether the HSMs are covered is not known" : "Asking the app …"}
          </h2>
        )}
      </div>
      {verdict && (
        <p class="soft why">
          {verdict.sentence.map((part) => (typeof part === "string" ? part : <HsmName name={part.hsm} />))}
        </p>
      )}
      <p class="hidden" role="status">
        {said}
      </p>
      {answer && <Problems problems={answer.problems} />}
      {answer &&
        inOrder(answer, now).map((judged) => (
          <HsmRow
            key={judged.hsm.hsm}
            judged={judged}
            coverage={live.coverage.get(judged.hsm.hsm)}
            answer={answer}
            api={api}
            now={now}
            renewedAt={renewedAt}
            shown={shown?.hsm === judged.hsm.hsm ? shown.run : null}
            onShow={(run) => setShown(run === null ? null : { hsm: judged.hsm.hsm, run })}
            onStart={() => setStarting(judged.hsm.hsm)}
          />
        ))}
      {answer && <Legend />}
      {starting !== null && api !== null && (
        <StartDialog
          hsm={starting}
          api={api}
          onClose={() => setStarting(null)}
          onRun={(run) => {
            setShown({ hsm: starting, run });
            setStarting(null);
          }}
          onStarted={(words) => {
            setSaid(words);
            pollNow();
          }}
        />
      )}
    </div>
  );
}
