import { SCHEMAS } from "../kql/schemas.ts";
import { openWorkspace, type Rows } from "../kql/workspace.ts";
import { alarmRules } from "./alarm-rules.ts";
import type { Story } from "./story.ts";
import { makeStoryWorld } from "./story-world.ts";
import { type Alert, watch } from "./watch.ts";

/** Lives a story, and gives its alerts in the words of `Story.alerts`. */
export async function runStory(story: Story): Promise<readonly string[]> {
  const { begin, hsms, audit, watched, watchedFrom = begin } = story;
  const world = makeStoryWorld({ begin, ...(hsms && { hsms }), ...(audit && { audit }) });
  await story.live(world);
  const workspace = await openWorkspace(SCHEMAS, withoutEmpty(world.rows()));
  try {
    const alerts: Alert[] = [];
    for (const rule of alarmRules({ hsms: watched ?? world.hsms }))
      alerts.push(...(await watch(workspace, rule, Date.parse(watchedFrom), world.now())));
    return alerts.toSorted((a, b) => a.firedAt - b.firedAt || order(a).localeCompare(order(b))).map(tell);
  } finally {
    workspace.close();
  }
}

const order = ({ alarm, of }: Alert): string => `${alarm} ${of}`;

/** A table comes into being with its first row. */
const withoutEmpty = (rows: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).filter(([, each]) => each.length > 0));

const tell = ({ alarm, of, firedAt, resolvedAt }: Alert): string =>
  `${alarm} ${of}: ${day(firedAt)} - ${resolvedAt === null ? "still" : day(resolvedAt)}`;

/** `05 09:15`: the day of the month and the time, in UTC. */
const day = (at: number): string => new Date(at).toISOString().slice(8, 16).replace("T", " ");
