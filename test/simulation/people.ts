import { HttpRequest, type HttpResponseInit } from "@azure/functions";
import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { Route } from "./captured-app.ts";
import type { Hosts } from "./hosts.ts";
import { pick, type Random, randomStream, wholeFrom } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Stage } from "./stage.ts";

const APP = "https://backups.azurewebsites.net/api";
const MOST_POSTS = 5;
const MOST_LOOKS = 6;
const DOUBLED_SHARE = 0.6;
const LONGEST_DOUBLE = 40 * SECOND;
const LONGEST_REPEAT = 40 * MINUTE;
const SLOT_SHARE = 0.4;
const AROUND_SLOT = 3 * MINUTE;
const HEALTH_SHARE = 0.6;
const OVERVIEW_SHARE = 0.8;
/** The platform's load balancer waits no longer for an answer. */
const LONGEST_ANSWER = 230 * SECOND;
const USUAL = 200;
const UNFORESEEN = 500;
const SALT = 81;

type Request = ConstructorParameters<typeof HttpRequest>[0];
type Post = { readonly at: number; readonly hsm: string; readonly key: string | null };

export type PeopleOptions = {
  readonly seed: number;
  readonly hosts: Hosts;
  /** How many calls all hosts have made so far. */
  readonly callsMade: () => number;
  readonly complain: (what: string) => void;
};

/** People, and tools that ask for them: starts by hand, doubled now and then, and looks at health and lists. */
export function bePeople({ shape, timeline, tell }: Stage, { seed, hosts, callsMade, complain }: PeopleOptions): void {
  let posts = 0;

  /** Sends a request to a host. Whoever waits for too long sees no answer; nor does anybody of a host that dies. */
  function send(
    route: Route,
    init: Request,
    seen: (answer: HttpResponseInit) => void,
    to = hosts.someReady(SALT),
  ): void {
    if (to === undefined) return;
    const sentAt = timeline.now();
    const callsBefore = callsMade();
    let isAnswered = false;
    // Reading a body takes turns of the event loop; a handler that has called a service waits for the world's own time.
    timeline.holdUntil(() => isAnswered || callsMade() > callsBefore);
    const request = new HttpRequest(init);
    hosts.invoke(
      to,
      route,
      (app) => app.http(route, request),
      (outcome) => {
        isAnswered = true;
        if ("thrown" in outcome) return complain(`${init.method} ${init.url} threw.`);
        if (outcome.value.status === UNFORESEEN) complain(`${init.method} ${init.url} was answered 500.`);
        if (timeline.now() - sentAt <= LONGEST_ANSWER) seen(outcome.value);
      },
    );
  }

  function post({ hsm, key }: Post): void {
    const to = hosts.someReady(SALT);
    if (to === undefined) return;
    const number = ++posts;
    tell({ kind: "postSent", post: number, host: to.number, hsm, key });
    const headers: Record<string, string> = key === null ? {} : { "idempotency-key": key };
    const init = { method: "POST", url: `${APP}/backups`, headers, body: { string: JSON.stringify({ hsm }) } };
    const seen = (answer: HttpResponseInit): void =>
      tell({ kind: "postAnswered", post: number, hsm, key, status: answer.status ?? USUAL, run: runIn(answer) });
    send("manualBackup", init, seen, to);
  }

  function look(size: number, hsm: string): void {
    if (size < HEALTH_SHARE) {
      send("health", { method: "GET", url: `${APP}/health` }, ({ status, jsonBody }) =>
        tell({ kind: "healthAnswered", status: status ?? USUAL, body: jsonBody }),
      );
      return;
    }
    const query: Record<string, string> = size < OVERVIEW_SHARE ? {} : { hsm };
    send("listBackups", { method: "GET", url: `${APP}/backups`, query }, () => undefined);
  }

  const random = randomStream(seed, "people");
  for (const each of drawPosts(random, shape)) timeline.at(each.at, () => post(each));
  for (let looks = wholeFrom(random(), 0, MOST_LOOKS + 1); looks > 0; looks--) {
    const at = shape.begin + random() * (shape.faultsStopAt - shape.begin);
    const [size, hsm] = [random(), pick(shape.hsms, random())];
    timeline.at(at, () => look(size, hsm));
  }
}

function drawPosts(random: Random, { begin, faultsStopAt, slotGap, hsms }: Shape): readonly Post[] {
  const posts: Post[] = [];
  for (let left = wholeFrom(random(), 0, MOST_POSTS + 1); left > 0; left--) {
    const anywhere = begin + random() * (faultsStopAt - begin);
    const atSlot = Math.floor(anywhere / slotGap) * slotGap + random() * AROUND_SLOT;
    const at = Math.max(begin, random() < SLOT_SHARE ? atSlot : anywhere);
    const first: Post = { at, hsm: pick(hsms, random()), key: random() < 0.5 ? `key-${left}` : null };
    posts.push(first);
    const again = random() < 0.75 ? LONGEST_DOUBLE : LONGEST_REPEAT;
    if (random() < DOUBLED_SHARE) posts.push({ ...first, at: Math.min(at + random() * again, faultsStopAt) });
  }
  return posts;
}

/** The run that an answer gives the address of. */
function runIn({ headers }: HttpResponseInit): string | null {
  const address = new Headers(headers).get("location");
  return address === null ? null : address.slice(address.lastIndexOf("/") + 1);
}
