import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { plainText } from "../../words.ts";
import type { Failure } from "../live/answer.ts";
import type { Api } from "../live/api.ts";
import { HsmName, Message } from "./text.tsx";

const CONFLICT = 409;
const ADDRESS_OF_RUN = /\/api\/backups\/[^/]+\/([^/?#]+)$/;
const KEY_BYTES = 16;

type Props = {
  hsm: string;
  api: Api;
  onClose: () => void;
  onStarted: (words: string) => void;
  /** Shows the run that is active already. */
  onRun: (run: string) => void;
};

/** Asks before a backup is started by hand, and says what came of it. */
export function StartDialog({ hsm, api, onClose, onStarted, onRun }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isSent, setSent] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  // One for this dialog: where an answer is lost, the second press finds the run of the first.
  const once = useMemo(randomWord, []);
  useEffect(() => dialog.current?.showModal(), []);

  const start = async (): Promise<void> => {
    setSent(true);
    setFailure(null);
    const answer = await api.start(hsm, once);
    setSent(false);
    if (answer.outcome === "failed") return setFailure(answer);
    if (answer.outcome === "value") onStarted(`The backup of ${plainText(hsm, 40)} is started.`);
    else onStarted(`The app refused the key.`);
    dialog.current?.close();
  };
  const active = failure?.status === CONFLICT ? ADDRESS_OF_RUN.exec(failure.problem)?.[1] : undefined;
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="start-title">
      <h2 id="start-title">
        Back up <HsmName name={hsm} /> now?
      </h2>
      <p>
        The HSM writes a full backup into today's container. While it runs, no other backup or restore of this HSM can
        start.
      </p>
      <p role="alert">{failure && <Message text={failure.problem} />}</p>
      <div class="buttons">
        <button type="button" class="first" onClick={start} disabled={isSent}>
          {isSent ? "Starting …" : "Back up now"}
        </button>
        {active !== undefined && (
          <button type="button" onClick={() => onRun(active)}>
            Show the active run
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}

const randomWord = (): string =>
  [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
