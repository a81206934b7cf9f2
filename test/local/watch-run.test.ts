import { describe, expect, it } from "vitest";
import { parseRun } from "../../local/run-view.ts";
import { type Progress, watchRun } from "../../local/watch-run.ts";

const CONTAINER = "mhsm-backup-contoso-2026-11-23";
const RUN = { id: "1", hsm: "contoso", state: "Starting", startedAt: "2026-11-23T02:00:00Z" };
const SEEN = [
  parseRun({ ...RUN, container: null }),
  parseRun({ ...RUN, state: "InProgress", container: CONTAINER }),
  parseRun({ ...RUN, state: "Succeeded", container: CONTAINER, endedAt: "2026-11-23T02:00:09Z" }),
];
const never = new AbortController().signal;

describe("watching a run", () => {
  it("shows its state and the amount in its container once a second, until it has ended", async () => {
    const shown: Progress[] = [];
    const counted: unknown[] = [];
    const pauses: number[] = [];
    const looks = [...SEEN];
    const ended = await watchRun(
      async () => looks.shift() ?? Promise.reject(new Error("looked after the end")),
      async (container, since) => {
        counted.push([container, since.toISOString()]);
        return { blobs: 2, bytes: 300 };
      },
      (progress) => shown.push(progress),
      never,
      async (milliseconds) => void pauses.push(milliseconds),
    );
    expect(pauses).toEqual([1_000, 1_000]);
    expect(ended.state).toBe("Succeeded");
    expect(shown.map(({ run, written }) => [run.state, written.blobs, written.bytes])).toEqual([
      ["Starting", 0, 0],
      ["InProgress", 2, 300],
    ]);
    expect(counted).toEqual([[CONTAINER, "2026-11-23T02:00:00.000Z"]]);
  });

  it("ends at once when it is aborted", async () => {
    const stopping = new AbortController();
    const watching = watchRun(
      async () => parseRun({ ...RUN, container: null }),
      async () => ({ blobs: 0, bytes: 0 }),
      () => stopping.abort(new Error("Ctrl-C")),
      stopping.signal,
    );
    await expect(watching).rejects.toMatchObject({ name: "AbortError" });
  });
});
