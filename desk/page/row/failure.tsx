import type { HsmView } from "../../../backup/model/views/hsm-view.ts";
import { CodeBox } from "../parts/code-box.tsx";
import { Foreign, Message, Moment } from "../parts/text.tsx";
import { remedyOf } from "../view/remedy.ts";

const ENDS: Readonly<Record<string, string>> = {
  Failed: "Failed",
  Canceled: "Canceled",
  TimedOut: "Timed out",
};

/** The newest failure, with what the operator can do. */
export function Failure({ hsm, now, onShow }: { hsm: HsmView; now: Date; onShow: (run: string) => void }) {
  const { newestFailure: failure, failuresInARow, nextStartAt } = hsm;
  if (failure === null) return null;
  const end = ENDS[failure.state] ?? failure.state;
  return (
    <div class="fail">
      <p>
        <strong>
          {failuresInARow > 1 ? `${failuresInARow} runs failed in a row, the last at ` : `${end} at `}
          <Moment at={failure.endedAt} now={now} />.
        </strong>{" "}
        {failure.error === null ? "Its record cannot be read." : <Message text={failure.error.message} />}{" "}
        {nextStartAt !== null && (
          <>
            Next start at <Moment at={nextStartAt} now={now} />.{" "}
          </>
        )}
        <button type="button" class="link" onClick={() => onShow(failure.run)}>
          Show run
        </button>
      </p>
      {failure.error !== null && <RemedyText text={failure.error.remedy} />}
    </div>
  );
}

/** What to do, with each command ready to copy. */
export function RemedyText({ text }: { text: string }) {
  const { text: words, commands } = remedyOf(text);
  return (
    <>
      <p>
        <Foreign text={words} longest={1_000} />
      </p>
      {commands.map((command) => (
        <CodeBox key={command} command={command} />
      ))}
    </>
  );
}
