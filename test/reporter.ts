import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the output with one line, `N passed, N failed`, that a person and a machine can read alike.
 * A file that fails to load counts as one failure, so that it can't pass for "no tests".
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        if (test.result().state === "passed") passed++;
        else failed++;
      }
      if (module.errors().length > 0) failed++;
    }
    process.once("exit", () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
