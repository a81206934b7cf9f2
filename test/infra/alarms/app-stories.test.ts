import { describe, expect, test } from "vitest";
import { readDefinitions } from "./alarm-rules.ts";
import { runStory } from "./run-story.ts";
import { ALL_STORIES } from "./stories/all-stories.ts";
import { APP_STORIES } from "./stories/app-stories.ts";
import { THOUSAND_STORIES } from "./stories/thousand-stories.ts";

// Of CPU a few seconds each; a busy machine may take many times as long.
const LIMIT = 180_000;

describe("the alarms, run over what the product logs,", () => {
  test.each([...APP_STORIES, ...THOUSAND_STORIES])(
    "fire and resolve: $name",
    async (story) => {
      expect(story.alerts).not.toEqual([]);
      expect(await runStory(story)).toEqual(story.alerts);
    },
    LIMIT,
  );
});

describe("the stories", () => {
  test("let every alarm fire, and resolve, at least once", () => {
    const alerts = ALL_STORIES.flatMap((story) => story.alerts);
    const resolved = alerts.filter((alert) => !alert.endsWith("still")).map((alert) => alert.split(" ")[0]);
    expect(new Set(resolved)).toEqual(new Set(readDefinitions().keys()));
  });
});
