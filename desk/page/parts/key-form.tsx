import { useEffect, useRef, useState } from "preact/hooks";

/** Asks for a function key. `denied`: the status with which the last one was refused. */
export function KeyForm({ denied, onKey }: { denied: number | null; onKey: (key: string) => void }) {
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed.trim() !== "") onKey(typed.trim());
  };
  return (
    <form class="key" onSubmit={submit}>
      <h1>Managed HSM backups</h1>
      {denied !== null && (
        <p class="denied" role="alert">
          <strong>The app refused the key (HTTP {denied}).</strong> It may be wrong, or it was renewed
          {denied === 403 && "; or the app does not let this network in"}.
        </p>
      )}
      <label for="key">Function key</label>
      <div class="field">
        <input
          id="key"
          ref={input}
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={typed}
          aria-describedby="key-hint"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit">Show the backups</button>
      </div>
      <p class="soft" id="key-hint">
        <small>
          A key of the Function app, under <b>App keys</b> in the portal. It stays in this tab until the tab is closed,
          and is sent to the app only.
        </small>
      </p>
    </form>
  );
}
