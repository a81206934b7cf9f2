import { HttpRequest, type HttpResponseInit } from "@azure/functions";
import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { Fact } from "../facts.ts";
import { pick, type Random, randomStream, wholeFrom } from "../random.ts";
import type { Route } from "./captured-app.ts";
import type { HostProcess } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import type { Shape } from "./shape.ts";
import type { Stage } from "./stage.ts";

const APP = "https://backups.azurewebsites.net/api";
const MOST_POSTS = 5;
const MOST_LOOKS = 8;
const DOUBLED_SHARE = 0.6;
const LONGEST_DOUBLE = 40 * SECOND;
const LONGEST_REPEAT = 40 * MINUTE;
const SLOT_SHARE = 0.4;
const AROUND_SLOT = 3 * MINUTE;
const HEALTH_SHARE = 0.4;
const HSMS_SHARE = 0.5;
const COVERAGE_SHARE = 0.6;
const OVERVIEW_SHARE = 0.75;
const LIST_SHARE = 0.9;
const FOREIGN_SHARE = 0.5;
/** How long the platform's load balancer waits for an answer. */
const LONGEST_ANSWER = 230 * SECOND;
const USUAL = 200;
const SALT = 81;

type Request = ConstructorParameters<typeof HttpRequest>[0];
type PostAnswered = Extract<Fact, { readonly kind: "requestAnswered" }>["post"];
type Post = { readonly at: number; readonly hsm: string; readonly key: string | null };

export type PeopleOptions = {
  readonly seed: number;
  readonly hosts: Hosts;
  /** How many calls all hosts have made so far. */
  readonly callsMade: () => number;
};

/** Requests of operators and their tools: manual starts, sometimes sent twice, and reads of health and lists. */
export function runPeople({ shape, timeline, emit }: Stage, { seed, hosts, callsMade }: PeopleOptions): void {
  let posts = 0;

  /** Sends a request to a host. An answer that comes too late, or from a host that dies, is never seen. */
  function send(to: HostProcess, route: Route, init: Request, post: PostAnswered = null): void {
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
        if ("thrown" in outcome || timeline.now() - sentAt > LONGEST_ANSWER) return;
        const { status = USUAL, jsonBody: body } = outcome.value;
        emit({ kind: "requestAnswered", post, host: to.number, route, status, run: runIn(outcome.value), body });
      },
    );
  }

  function post({ hsm, key }: Post): void {
    const to = hosts.someReady(SALT);
    if (to === undefined) return;
    const number = ++posts;
    emit({ kind: "postSent", post: number, host: to.number, hsm, key });
    const headers: Record<string, string> = key === null ? {} : { "idempotency-key": key };
    const body = { string: JSON.stringify({ hsm }) };
    send(to, "manualBackup", { method: "POST", url: `${APP}/backups`, headers, body }, { number, hsm, key });
  }

  function look(size: number, hsm: string): void {
    const [foreign] = hosts.foreign();
    const to = foreign !== undefined && timeline.noise(SALT) < FOREIGN_SHARE ? foreign : hosts.someReady(SALT);
    if (to === undefined) return;
    const url = `${APP}/backups`;
    const run = "20261122T020000Z-1-zzzzzzzz";
    if (size < HEALTH_SHARE) send(to, "health", { method: "GET", url: `${APP}/health` });
    else if (size < HSMS_SHARE) send(to, "hsms", { method: "GET", url: `${APP}/hsms` });
    else if (size < COVERAGE_SHARE)
      send(to, "coverage", { method: "GET", url: `${APP}/hsms/${hsm}/coverage`, params: { hsm } });
    else if (size < OVERVIEW_SHARE) send(to, "listBackups", { method: "GET", url });
    else if (size < LIST_SHARE) send(to, "listBackups", { method: "GET", url, query: { hsm } });
    else send(to, "getBackup", { method: "GET", url: `${url}/${hsm}/${run}`, params: { hsm, run } });
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
