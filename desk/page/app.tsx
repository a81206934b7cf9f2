import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { createApi } from "./live/api.ts";
import { createClock } from "./live/clock.ts";
import { readKey, storeKey, takeFromFragment } from "./live/key.ts";
import { type Live, NOTHING_YET, type Polling, startPolling } from "./live/poll.ts";
import { KeyForm } from "./parts/key-form.tsx";
import { Overview } from "./parts/overview.tsx";

/** Asks for the key, and shows what the app answers. A refused key is asked for again; what is shown stays. */
export function App() {
  const [key, setKey] = useState(readKey);
  const [live, setLive] = useState<Live>(NOTHING_YET);
  const known = useRef(live);
  const polling = useRef<Polling | null>(null);
  const clock = useMemo(createClock, []);
  const api = useMemo(
    () => (key === null ? null : createApi(key, clock, () => polling.current?.pollNow())),
    [key, clock],
  );

  const take = (given: string): void => {
    storeKey(given);
    setKey(given);
  };
  useEffect(() => {
    const onHash = (): void => {
      const given = takeFromFragment();
      if (given !== null) setKey(given);
    };
    addEventListener("hashchange", onHash);
    return () => removeEventListener("hashchange", onHash);
  }, []);
  useEffect(() => {
    if (api === null) return undefined;
    const from = { ...known.current, denied: null };
    setLive(from);
    polling.current = startPolling(api, clock, from, (changed) => {
      known.current = changed;
      if (changed.denied !== null) {
        storeKey(null);
        setKey(null);
      }
      setLive(changed);
    });
    return () => polling.current?.stop();
  }, [api, clock]);

  return (
    <main>
      {key === null && <KeyForm denied={live.denied} onKey={take} />}
      {(live.answer !== null || key !== null) && (
        <Overview live={live} api={api} clock={clock} pollNow={() => polling.current?.pollNow()} />
      )}
    </main>
  );
}
