import { describe, expect, test } from "vitest";
import { runStory } from "./run-story.ts";
import { QUIET_STORIES } from "./stories/quiet-stories.ts";

// Of CPU a few seconds each; a busy machine may take many times as long.
const LIMIT = 180_000;

describe("the alarms, run over what the product logs,", () => {
  test.each(QUIET_STORIES)(
    "stay quiet: $name",
    async (story) => {
      expect(await runStory(story)).toEqual([]);
    },
    LIMIT,
  );
});
