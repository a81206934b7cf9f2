import { describe, expect, it } from "vitest";
import { unlessEnded, untilAborted, untilStopped } from "../../local/until-stopped.ts";

const never = new Promise<never>(() => undefined);

describe("a program that serves until it is stopped", () => {
  it("ends with the exit code of its work", async () => {
    expect(
      await untilStopped(
        async () => 7,
        0,
        () => undefined,
      ),
    ).toBe(7);
  });

  it("reports an error in one sentence, and ends with 1", async () => {
    const reported: string[] = [];
    const work = () => Promise.reject(new Error("Port 1 is in use."));
    expect(await untilStopped(work, 0, (sentence) => reported.push(sentence))).toBe(1);
    expect(reported).toEqual(["Port 1 is in use."]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("aborts its work at %s, and reports nothing", async (signal) => {
    const reported: string[] = [];
    const working = untilStopped(untilAborted, 130, (sentence) => reported.push(sentence));
    process.emit(signal);
    expect(await working).toBe(130);
    expect(reported).toEqual([]);
  });

  it("leaves the process as it found it", async () => {
    const before = process.listenerCount("SIGTERM");
    await untilStopped(
      async () => 0,
      0,
      () => undefined,
    );
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });
});

describe("work that needs other programs", () => {
  it("has its own outcome while they run", async () => {
    expect(await unlessEnded(Promise.resolve("done"), [never])).toBe("done");
    await expect(unlessEnded(Promise.reject(new Error("mine")), [never])).rejects.toThrow("mine");
  });

  it("fails when one of them ends", async () => {
    await expect(unlessEnded(never, [never, Promise.resolve("The host ended.")])).rejects.toThrow("The host ended.");
  });

  it("reports the end of a program, not the call that failed because of it", async () => {
    const ended = Promise.withResolvers<string>();
    const outcome = unlessEnded(Promise.reject(new Error("fetch failed")), [ended.promise]);
    setImmediate(() => ended.resolve("The host ended."));
    await expect(outcome).rejects.toThrow("The host ended.");
  });
});
