import { useEffect, useId, useState } from "preact/hooks";
import type { HsmsAnswer } from "../../../backup/model/views/hsm-view.ts";
import type { Api, CoverageSlots } from "../live/api.ts";
import { Shape } from "../parts/shape.tsx";
import { HsmName, Message } from "../parts/text.tsx";
import { CHIP_WORDS, type JudgedHsm, toneOf } from "../view/cover.ts";
import { AgeBar } from "./age-bar.tsx";
import { Charts } from "./charts.tsx";
import { Details } from "./details.tsx";
import { Failure } from "./failure.tsx";
import { Grid } from "./grid.tsx";
import { Running } from "./running.tsx";

/** Of more HSMs than this, those that are covered show their charts when they are opened: the page stays short. */
const MOST_WITH_CHARTS = 10;

type Props = {
  judged: JudgedHsm;
  coverage: CoverageSlots | string | undefined;
  answer: HsmsAnswer;
  api: Api | null;
  now: Date;
  renewedAt: Date | null;
  /** The run that is shown in the opened row. */
  shown: string | null;
  onShow: (run: string | null) => void;
  onStart: () => void;
};

/** One HSM. Opened, it shows its runs and how to restore. */
export function HsmRow({ judged, coverage, answer, api, now, renewedAt, shown, onShow, onStart }: Props) {
  const { hsm, cover } = judged;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (shown !== null) setOpen(true);
  }, [shown]);
  const { active } = hsm;
  return (
    <section class="row" aria-labelledby={id}>
      <div class="head">
        <div>
          <h3 id={id} class="name">
            <HsmName name={hsm.hsm} />
          </h3>
          <div class="chips">
            <span class={`chip ${toneOf(cover)}`}>
              <Shape tone={toneOf(cover)} />
              {CHIP_WORDS[cover]}
            </span>
            {active && <span class="chip run">Running</span>}
          </div>
        </div>
        <AgeBar judged={judged} now={now} />
        <div class="actions">
          {active ? (
            <button type="button" onClick={() => onShow(active.id)}>
              Show run
            </button>
          ) : (
            hsm.isConfigured && (
              <button type="button" onClick={onStart} disabled={api === null}>
                Back up now
                <span class="hidden">
                  {" "}
                  <HsmName name={hsm.hsm} />
                </span>
              </button>
            )
          )}
        </div>
      </div>
      {/* The problem of a setting stands above all rows. */}
      {hsm.problem !== null && cover !== "rejected" && (
        <p class={`inner ${toneOf(cover)}`}>
          <Message text={hsm.problem} />
        </p>
      )}
      {active && <Running active={active} usualSeconds={hsm.usualSeconds} now={now} />}
      {typeof coverage === "string" ? (
        <p class="inner soft">
          The last 90 days cannot be read. <Message text={coverage} />
        </p>
      ) : (
        <>
          <Grid hsm={hsm.hsm} slots={coverage} now={now} onShow={onShow} />
          {(isOpen || cover !== "covered" || answer.hsms.length <= MOST_WITH_CHARTS) && <Charts slots={coverage} />}
        </>
      )}
      <Failure hsm={hsm} now={now} onShow={onShow} />
      <details class="more" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Runs and restore
          <span class="hidden">
            {" "}
            of <HsmName name={hsm.hsm} />
          </span>
        </summary>
        {isOpen && (
          <Details hsm={hsm} answer={answer} api={api} now={now} renewedAt={renewedAt} shown={shown} onShow={onShow} />
        )}
      </details>
    </section>
  );
}
