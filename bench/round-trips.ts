import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { INTERVALS } from "../backup/model/intervals.ts";
import { backUpOnce, type LoadedApp, loadApp } from "../scripts/executed-app.ts";
import { atMost, type Section } from "./report.ts";

const SECOND = 1_000;
/** Two looks: the job takes longer than the shortest pause, and less than two of them. */
const UPLOAD_SECONDS = 6;
const INTERVALS_OF_TWO_LOOKS = { ...INTERVALS, lookShortest: 4 * SECOND, lookUnknown: 4 * SECOND, lookPrice: 1 };
/** https://nodejs.org/api/diagnostics_channel.html#http */
const STARTED = "http.client.request.start";

/** What a request is for, by its method and address. The first that fits counts. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["token", /^GET .*[?&]resource=/],
  ["HSM: look", /^GET .*\/backup\/.+\/pending/],
  ["message", /^POST .*-follow-ups\/messages/],
  ["HSM: start", /^POST (\/[^/]*)?\/backup\b/],
  ["delegation key", /comp=userdelegationkey/],
  ["container", /^PUT .*restype=container/],
  ["owner (app.json)", /^GET .*\/app\.json/],
  ["state: read", /^GET .*hsms(\/|%2F)[^?]+\.json/],
  ["state: write", /^PUT .*hsms(\/|%2F)/],
  ["record", /^PUT .*runs(\/|%2F)/],
  ["manifest", /^PUT .*\.backup\.json/],
  ["list of HSMs", /^GET .*comp=list.*prefix=hsms/],
  ["list of the backup's blobs", /^GET .*comp=list.*prefix=mhsm-/],
];

type Counts = ReadonlyMap<string, number>;
export type RoundTrips = { readonly backup: Counts; readonly idleTick: Counts };

/** Counts the requests that leave this process while the app works, by what they are for. */
async function countRequests(app: LoadedApp, work: (counted: LoadedApp) => Promise<void>): Promise<Counts> {
  const counts = new Map<string, number>();
  // What is asked for the bench itself isn't counted: it comes while no function of the app runs.
  let running = 0;
  const see = (message: unknown): void => {
    if (running === 0) return;
    const { request } = message as { readonly request: ClientRequest };
    const kind = KINDS.find(([, pattern]) => pattern.test(`${request.method} ${request.path}`))?.[0];
    const name = kind ?? `other: ${request.method} ${request.path.split("?")[0]}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  const counted =
    <Given extends readonly unknown[]>(call: (...given: Given) => Promise<void>) =>
    async (...given: Given): Promise<void> => {
      running += 1;
      try {
        await call(...given);
      } finally {
        running -= 1;
      }
    };
  subscribe(STARTED, see);
  try {
    await work({ ...app, tick: counted(app.tick), follow: counted(app.follow) });
  } finally {
    unsubscribe(STARTED, see);
  }
  return counts;
}

/** One backup with two looks on an ordinary night, from the timer to the record, and a tick afterwards. */
export async function countRoundTrips(): Promise<RoundTrips> {
  const app = await loadApp(UPLOAD_SECONDS, INTERVALS_OF_TWO_LOOKS);
  try {
    // The first writes app.json, the state and the history, and makes the queue.
    await backUpOnce(app);
    await app.untilNextSlot();
    const backup = await countRequests(app, backUpOnce);
    return { backup, idleTick: await countRequests(app, ({ tick }) => tick()) };
  } finally {
    await app.stop();
  }
}

const sumOf = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The bench's part on round trips: the real adapters on the local world. */
export async function roundTrips(): Promise<Section> {
  const { backup, idleTick } = await countRoundTrips();
  const looks = backup.get("HSM: look") ?? 0;
  const kinds = [...KINDS.map(([kind]) => kind), ...[...backup.keys()].filter((kind) => kind.startsWith("other"))];
  const rows = kinds.map((kind) => [kind, String(backup.get(kind) ?? 0), String(idleTick.get(kind) ?? 0)]);
  rows.push(["all", String(sumOf(backup)), String(sumOf(idleTick))]);
  return {
    tables: [
      {
        title: "Round trips on the wire",
        columns: ["", `a backup with ${looks} looks`, "an idle tick, one HSM"],
        rows,
      },
    ],
    targets: [
      { name: "the backup that is counted has two looks", target: "2", result: String(looks), met: looks === 2 },
      atMost(
        "a backup with two looks: round trips",
        22,
        sumOf(backup),
        "",
        "the owner is read at each of three invocations; without a SAS, and so without a delegation key, it is one less",
      ),
      atMost("a backup with two looks: round trips beside those of an idle tick", 22, sumOf(backup) - sumOf(idleTick)),
      atMost("an idle tick with one HSM: calls", 4, sumOf(idleTick)),
    ],
  };
}
