import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", "./test/reporter.ts"],
    // Twice the cores of a small machine: tests on real processes mostly wait for them.
    maxWorkers: 4,
    // Tests that mostly wait run side by side in their file; each of them has processes of its own to start first.
    maxConcurrency: 4,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
