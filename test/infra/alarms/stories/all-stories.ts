import type { Story } from "../story.ts";
import { APP_STORIES } from "./app-stories.ts";
import { FAILURE_STORIES } from "./failure-stories.ts";
import { QUIET_STORIES } from "./quiet-stories.ts";
import { THOUSAND_STORIES } from "./thousand-stories.ts";

/** Every story, in the order in which they are shown. */
export const ALL_STORIES: readonly Story[] = [
  ...QUIET_STORIES,
  ...FAILURE_STORIES,
  ...APP_STORIES,
  ...THOUSAND_STORIES,
];
