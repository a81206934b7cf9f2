import { evaluateAlarms } from "./evaluate-alarms.ts";
import type { Story } from "./story.ts";
import { makeStoryWorld } from "./story-world.ts";

/** Lives a story on the product, and gives its alerts in the words of `Story.alerts`. */
export async function runStory(story: Story): Promise<readonly string[]> {
  const { begin, hsms, audit, watched, watchedFrom = begin, installedAt = begin } = story;
  const world = makeStoryWorld({ begin, ...(hsms && { hsms }), ...(audit && { audit }) });
  await story.live(world);
  const time = { from: Date.parse(watchedFrom), to: world.now() };
  return evaluateAlarms({ hsms: watched ?? world.hsms, installedAt }, { rows: world.rows(), ...time });
}
