import { describe, expect, it } from "vitest";
import { createParts, type Part } from "../../local/parts.ts";

const never = new AbortController().signal;

/** A part that writes down when it stops. */
const recorded = (name: string, stopped: string[]): Part => ({
  stop: async () => {
    stopped.push(name);
  },
});

/** A starter that runs until it is canceled. */
const startForever = (signal: AbortSignal): Promise<Part> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

describe("the parts of a whole", () => {
  it("stop in the opposite order of their start, and only once", async () => {
    const stopped: string[] = [];
    const parts = createParts(never);
    for (const name of ["first", "second", "third"]) await parts.start(async () => recorded(name, stopped));
    expect(parts.isStopping()).toBe(false);
    await Promise.all([parts.stop(), parts.stop()]);
    expect(parts.isStopping()).toBe(true);
    expect(stopped).toEqual(["third", "second", "first"]);
  });

  it("are called off while they still start", async () => {
    const parts = createParts(never);
    const starting = parts.start(startForever);
    const outcome = expect(starting).rejects.toThrow("called off");
    await parts.stop();
    await outcome;
  });

  it("stop, too, when they were up just after the whole was stopped", async () => {
    const stopped: string[] = [];
    const parts = createParts(never);
    const gate = Promise.withResolvers<void>();
    const starting = parts.start(async () => {
      await gate.promise;
      return recorded("late", stopped);
    });
    const stopping = parts.stop();
    gate.resolve();
    await Promise.all([starting, stopping]);
    expect(stopped).toEqual(["late"]);
  });

  it("are no longer started once the whole is stopped", async () => {
    const parts = createParts(never);
    await parts.stop();
    await expect(parts.start(async () => recorded("too late", []))).rejects.toThrow("called off");
  });

  it("are called off by the signal from outside", async () => {
    const outside = new AbortController();
    const parts = createParts(outside.signal);
    const starting = parts.start(startForever);
    outside.abort(new Error("Ctrl-C"));
    await expect(starting).rejects.toThrow("Ctrl-C");
    await parts.stop();
  });

  it("stop even when one of them can't, which is reported", async () => {
    const stopped: string[] = [];
    const parts = createParts(never);
    await parts.start(async () => recorded("first", stopped));
    await parts.start(async () => ({ stop: () => Promise.reject(new Error("stuck")) }));
    await expect(parts.stop()).rejects.toThrow("Not everything could be stopped.");
    expect(stopped).toEqual(["first"]);
  });
});
