import type { GenericSchema, InferOutput } from "valibot";
import { recordSchema } from "../../../backup/model/run.ts";
import { type CoverageAnswer, coverageSchema } from "../../../backup/model/views/coverage-view.ts";
import { hsmsSchema } from "../../../backup/model/views/hsm-view.ts";
import { runListSchema, startedRunSchema } from "../../../backup/model/views/listed-run.ts";
import { readAnswer } from "../../answer.ts";
import { ApiFailed, thrownBy } from "../../api-failed.ts";
import { type Answer, failureOf } from "./answer.ts";
import type { Clock } from "./clock.ts";

const ANSWER_WITHIN_MILLISECONDS = 20_000;
const DAYS = 90;
/** Enough for 90 days of a slot every ten minutes. */
const MOST_PAGES = 100;
const PAGE_OF_RUNS = 20;
const UNCHANGED = 304;
const EXPECTED = [200, 202];

export type CoverageSlots = CoverageAnswer["slots"];
export type Api = ReturnType<typeof createApi>;

/**
 * The app's API with this key, which goes into a header only. Nothing here throws.
 * @param onDenied is told when the key is refused where a person waits for the answer
 */
export function createApi(key: string, clock: Clock, onDenied: () => void) {
  const send = (path: string, init: RequestInit, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`/api/${path}`, {
      ...init,
      headers: { "x-functions-key": key, ...headers },
      // The page keeps answers itself; a redirect would lead the key elsewhere.
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS),
    });

  async function call<Schema extends GenericSchema>(
    schema: Schema,
    path: string,
    init: RequestInit = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<InferOutput<Schema>>> {
    const name = `${init.method ?? "GET"} /api/${path}`;
    try {
      const response = await send(path, init, headers);
      const isUnchanged = response.status === UNCHANGED;
      const value = isUnchanged
        ? null
        : readAnswer({ call: name, response, body: await response.text() }, schema, EXPECTED);
      clock.read(response.headers);
      return isUnchanged ? { outcome: "unchanged" } : { outcome: "value", value, etag: response.headers.get("etag") };
    } catch (thrown) {
      return failureOf(thrown instanceof ApiFailed ? thrown : thrownBy(name, thrown));
    }
  }

  async function coverage(hsm: string): Promise<Answer<CoverageSlots>> {
    const slots: CoverageSlots[number][] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ days: String(DAYS), ...(cursor !== null && { cursor }) });
      const answer: Answer<CoverageAnswer> = await call(
        coverageSchema,
        `hsms/${encodeURIComponent(hsm)}/coverage?${query}`,
      );
      if (answer.outcome !== "value") return answer;
      slots.push(...answer.value.slots);
      cursor = answer.value.cursor;
      if (cursor === null) break;
    }
    return { outcome: "value", value: slots, etag: null };
  }

  const waitedFor = async <T>(answer: Promise<Answer<T>>): Promise<Answer<T>> => {
    const { outcome } = await answer;
    if (outcome === "denied") onDenied();
    return answer;
  };

  return {
    hsms: (etag: string | null) => call(hsmsSchema, "hsms", {}, etag === null ? {} : { "if-none-match": etag }),
    coverage,
    runs: (hsm: string, state: string, cursor: string | null) => {
      const limit = String(PAGE_OF_RUNS);
      const query = new URLSearchParams({ hsm, limit, ...(state && { state }), ...(cursor !== null && { cursor }) });
      return waitedFor(call(runListSchema, `backups?${query}`));
    },
    run: (hsm: string, run: string) =>
      waitedFor(call(recordSchema, `backups/${encodeURIComponent(hsm)}/${encodeURIComponent(run)}`)),
    /** @param once an `Idempotency-Key`: sent again after a lost answer, it starts no second backup */
    start: (hsm: string, once: string) => {
      const headers = { "content-type": "application/json", "idempotency-key": once };
      return waitedFor(call(startedRunSchema, "backups", { method: "POST", body: JSON.stringify({ hsm }) }, headers));
    },
  };
}
