import { ALL_STORIES } from "./written/all-stories.ts";
import { alertsOf } from "./written/written-story.ts";

/** Runs the stories, or those whose names are given, and prints when each alarm fires and when it resolves. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !ALL_STORIES.some((story) => story.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such story: ${unknown.join(", ")}. There are: ${ALL_STORIES.map(({ name }) => name).join(", ")}.`,
    );
    return 2;
  }
  let wrong = 0;
  for (const story of ALL_STORIES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const alerts = await alertsOf(story);
    const isRight = JSON.stringify(alerts) === JSON.stringify(story.alerts);
    if (!isRight) wrong++;
    console.log(`${isRight ? "ok   " : "WRONG"} ${story.name}: ${story.summary}`);
    for (const alert of alerts)
      console.log(`        ${lined(alert)}${story.alerts.includes(alert) ? "" : "   not expected"}`);
    for (const alert of story.alerts)
      if (!alerts.includes(alert)) console.log(`        ${lined(alert)}   expected, and missing`);
    if (alerts.length === 0) console.log("        no alarm");
  }
  console.log(wrong === 0 ? "Every alarm fired and resolved as expected." : `${wrong} stories went otherwise.`);
  return wrong === 0 ? 0 : 1;
}

const NAME_WIDTH = 34;

/** `alarm of          fired 05 09:15   resolved 06 10:00`; days of the month, UTC. */
function lined(alert: string): string {
  const [, name = "", fired = "", resolved = ""] = /^(.+): (\S+ \S+) - (.+)$/.exec(alert) ?? [];
  return `${name.padEnd(NAME_WIDTH)} fired ${fired}   ${resolved === "still" ? "not resolved" : `resolved ${resolved}`}`;
}

process.exitCode = await main(process.argv.slice(2));
