import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", "./test/reporter.ts"],
    // Two cores: the end-to-end files start real processes, so more workers would only make them wait for each other.
    maxWorkers: 2,
    // Tests that mostly wait run side by side in their file; each of them has processes of its own to start first.
    maxConcurrency: 4,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
