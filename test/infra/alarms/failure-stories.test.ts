import { describe, expect, test } from "vitest";
import { runStory } from "./run-story.ts";
import { FAILURE_STORIES } from "./stories/failure-stories.ts";

// Of CPU a few seconds each; a busy machine may take many times as long.
const LIMIT = 180_000;

describe("the alarms, run over what the product logs,", () => {
  test.each(FAILURE_STORIES)(
    "fire and resolve: $name",
    async (story) => {
      expect(story.alerts).not.toEqual([]);
      expect(await runStory(story)).toEqual(story.alerts);
    },
    LIMIT,
  );
});
