import { APP_STORIES } from "./app-stories.ts";
import { BACKUP_STORIES } from "./backup-stories.ts";
import { QUIET_STORIES } from "./quiet-stories.ts";
import { THOUSAND_STORIES } from "./thousand-stories.ts";
import type { WrittenStory } from "./written-story.ts";

/** Every story, in the order in which `npm run check:alarms` shows them. */
export const ALL_STORIES: readonly WrittenStory[] = [
  ...QUIET_STORIES,
  ...BACKUP_STORIES,
  ...APP_STORIES,
  ...THOUSAND_STORIES,
];
