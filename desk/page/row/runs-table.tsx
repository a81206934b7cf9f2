import { useEffect, useId, useState } from "preact/hooks";
import { RUN_STATES } from "../../../backup/model/run.ts";
import type { ListedRun } from "../../../backup/model/views/listed-run.ts";
import { durationWords, sizeWords } from "../../words.ts";
import type { Api } from "../live/api.ts";
import { Foreign, Message, Moment } from "../parts/text.tsx";

type Props = {
  hsm: string;
  api: Api | null;
  now: Date;
  /** The list is read again when this changes. */
  changed: string;
  onShow: (run: string) => void;
};

/** The runs of an HSM, newest first, page by page. */
export function RunsTable({ hsm, api, now, changed, onShow }: Props) {
  const id = useId();
  const [state, setState] = useState("");
  const [runs, setRuns] = useState<readonly ListedRun[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>("Reading the runs …");

  const read = async (from: string | null, isWanted: () => boolean): Promise<void> => {
    if (api === null) return;
    const answer = await api.runs(hsm, state, from);
    if (!isWanted()) return;
    if (answer.outcome === "failed") setProblem(answer.problem);
    if (answer.outcome !== "value") return;
    const page = answer.value;
    setRuns((before) => (from === null ? page.runs : [...before, ...page.runs]));
    setCursor(page.cursor);
    setProblem(null);
  };
  // `read` is made anew each time; these are what it depends on.
  useEffect(() => {
    let isWanted = true;
    void read(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [hsm, api, state, changed]);

  return (
    <section aria-labelledby={id}>
      <div class="top">
        <h4 id={id}>Runs</h4>
        <label>
          State{" "}
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            <option value="">all</option>
            {RUN_STATES.map((word) => (
              <option key={word}>{word}</option>
            ))}
          </select>
        </label>
      </div>
      {problem !== null && (
        <p>
          <Message text={problem} />
        </p>
      )}
      {problem === null && runs.length === 0 && <p>No such run.</p>}
      {runs.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col">State</th>
              <th scope="col">By</th>
              <th scope="col">Duration</th>
              <th scope="col">Size</th>
              <th scope="col">Run</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td>{run.startedAt === null ? "unknown" : <Moment at={run.startedAt} now={now} />}</td>
                <td class={`state ${run.state === "Succeeded" ? "ok" : isActive(run) ? "run" : "bad"}`}>
                  <Foreign text={run.state} longest={30} />
                </td>
                <td>
                  <Foreign text={run.trigger} longest={30} />
                </td>
                <td>{durationOf(run)}</td>
                <td>{run.bytes === null ? "" : sizeWords(run.bytes)}</td>
                <td>
                  <button type="button" class="link" onClick={() => onShow(run.id)}>
                    {run.id}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cursor !== null && (
        <button type="button" onClick={() => void read(cursor, () => true)}>
          Older runs
        </button>
      )}
    </section>
  );
}

const isActive = ({ state }: ListedRun): boolean => state === "Starting" || state === "InProgress";

function durationOf({ startedAt, endedAt }: ListedRun): string {
  const seconds = (Date.parse(endedAt ?? "") - Date.parse(startedAt ?? "")) / 1_000;
  return Number.isNaN(seconds) ? "" : durationWords(seconds);
}
