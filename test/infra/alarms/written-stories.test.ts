import { describe, expect, test } from "vitest";
import { readDefinitions } from "./alarm-rules.ts";
import { ALL_STORIES } from "./written/all-stories.ts";
import { alertsOf } from "./written/written-story.ts";

// A few seconds of CPU each; a busy machine may take many times as long.
const LIMIT = 180_000;

describe("the alarms, run over logs written by the contract,", () => {
  test.each(ALL_STORIES.filter(({ alerts }) => alerts.length === 0))(
    "stay quiet: $name",
    async (story) => expect(await alertsOf(story)).toEqual([]),
    LIMIT,
  );

  test.each(ALL_STORIES.filter(({ alerts }) => alerts.length > 0))(
    "fire and resolve: $name",
    async (story) => expect(await alertsOf(story)).toEqual(story.alerts),
    LIMIT,
  );
});

describe("the written stories", () => {
  test("let every alarm fire, and resolve, at least once", () => {
    const alerts = ALL_STORIES.flatMap((story) => story.alerts);
    const resolved = alerts.filter((alert) => !alert.endsWith("still")).map((alert) => alert.split(" ")[0]);
    expect(new Set(resolved)).toEqual(new Set(readDefinitions().keys()));
  });

  test("have names that differ", () => {
    expect(new Set(ALL_STORIES.map(({ name }) => name)).size).toBe(ALL_STORIES.length);
  });
});
