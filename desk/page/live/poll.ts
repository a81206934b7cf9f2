import type { HsmsAnswer, HsmView } from "../../../backup/model/views/hsm-view.ts";
import type { Failure } from "./answer.ts";
import type { Api, CoverageSlots } from "./api.ts";
import type { Clock } from "./clock.ts";
import { pauseBeforeNext } from "./pause.ts";

/** What the page knows, and how it stands with the app. */
export type Live = {
  readonly answer: HsmsAnswer | null;
  /** The slots of each HSM, or why they can't be read. */
  readonly coverage: ReadonlyMap<string, CoverageSlots | string>;
  /** When the answer was last renewed, by the app's clock. */
  readonly renewedAt: Date | null;
  /** Why it could not be renewed since, and when the next try is; null while all is well. */
  readonly lost: (Failure & { readonly nextTryAt: Date }) | null;
  /** The status with which the key was refused. */
  readonly denied: number | null;
};

export const NOTHING_YET: Live = { answer: null, coverage: new Map(), renewedAt: null, lost: null, denied: null };

const SIDE_BY_SIDE = 3;

export type Polling = { readonly pollNow: () => void; readonly stop: () => void };

/** Asks the app again and again while the tab is visible, until the key is refused. `from`: what is known already. */
export function startPolling(api: Api, clock: Clock, from: Live, onChange: (live: Live) => void): Polling {
  let live = from;
  let etag: string | null = null;
  let failures = 0;
  let dueAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: "idle" | "asking" | "askAgain" | "stopped" = "idle";
  const is = (asked: typeof state): boolean => state === asked;
  /** What each HSM's slots were read for. */
  const readFor = new Map<string, string>();

  const change = (changed: Partial<Live>): void => {
    live = { ...live, ...changed };
    onChange(live);
  };

  async function poll(): Promise<void> {
    if (state !== "idle") {
      if (state === "asking") state = "askAgain";
      return;
    }
    state = "asking";
    clearTimeout(timer);
    const answer = await api.hsms(etag);
    if (is("stopped")) return;
    if (answer.outcome === "denied") {
      stop();
      return change({ denied: answer.status });
    }
    if (answer.outcome === "failed") {
      failures += 1;
      plan(answer.retryAfter);
      change({ lost: { ...answer, nextTryAt: new Date(clock.now().getTime() + dueAt - Date.now()) } });
    } else {
      failures = 0;
      if (answer.outcome === "value") etag = answer.etag;
      const known = answer.outcome === "value" ? { answer: answer.value } : {};
      change({ ...known, renewedAt: clock.now(), lost: null, denied: null });
      await readCoverage();
      if (is("stopped")) return;
      plan(null);
    }
    const again = is("askAgain");
    state = "idle";
    if (again) await poll();
  }

  /** Reads the slots of every HSM about which something has changed. One failure ends this until the next poll. */
  async function readCoverage(): Promise<void> {
    const today = clock.now().toISOString().slice(0, 10);
    const reasonOf = (hsm: HsmView): string =>
      JSON.stringify([today, hsm.newestSuccessRun, hsm.running, hsm.newestFailure?.run, hsm.nextStartAt]);
    const wanted = (live.answer?.hsms ?? []).filter((hsm) => readFor.get(hsm.hsm) !== reasonOf(hsm));
    const keep = ({ hsm }: HsmView, read: CoverageSlots | string): void =>
      change({ coverage: new Map(live.coverage).set(hsm, read) });
    const readNext = async (): Promise<void> => {
      const hsm = wanted.shift();
      if (hsm === undefined || is("stopped")) return;
      const read = await api.coverage(hsm.hsm);
      if (is("stopped")) return;
      if (read.outcome === "value") {
        readFor.set(hsm.hsm, reasonOf(hsm));
        keep(hsm, read.value);
      } else {
        // Slots that were read before stay: they are older, not wrong.
        if (read.outcome === "failed" && !readFor.has(hsm.hsm)) keep(hsm, read.problem);
        wanted.length = 0;
      }
      await readNext();
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, readNext));
  }

  function plan(retryAfter: number | null): void {
    const isRunning = live.answer?.hsms.some(({ active }) => active !== null) ?? false;
    dueAt = Date.now() + pauseBeforeNext(failures, isRunning, retryAfter);
    wait();
  }

  function wait(): void {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(poll, Math.max(0, dueAt - Date.now()));
  }

  const onVisibility = (): void => {
    if (state === "idle") wait();
  };
  document.addEventListener("visibilitychange", onVisibility);

  function stop(): void {
    state = "stopped";
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisibility);
  }

  void poll();
  return { pollNow: () => void poll(), stop };
}
