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
  it("shows how it stands and what is written in its container so far, until it has ended", async () => {
    const shown: Progress[] = [];
    const counted: unknown[] = [];
    const looks = [...SEEN];
    const ended = await watchRun(
      async () => looks.shift() ?? Promise.reject(new Error("looked after the end")),
      async (container, since) => {
        counted.push([container, since.toISOString()]);
        return { blobs: 2, bytes: 300 };
      },
      (progress) => shown.push(progress),
      never,
    );
    expect(ended.state).toBe("Succeeded");
    expect(shown.map(({ run, written }) => [run.state, written.blobs, written.bytes])).toEqual([
      ["Starting", 0, 0],
      ["InProgress", 2, 300],
    ]);
    expect(counted).toEqual([[CONTAINER, "2026-11-23T02:00:00.000Z"]]);
  });

  it("is over at once when it is called off", async () => {
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
