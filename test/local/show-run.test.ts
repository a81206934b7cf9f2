import { describe, expect, it } from "vitest";
import { formatBytes, formatSeconds, formatTime } from "../../local/amounts.ts";
import { parseRun } from "../../local/run-view.ts";
import { describeEnd, describeNext, describeProgress } from "../../local/show-run.ts";

const STARTED = {
  id: "20261123T020000Z-1",
  hsm: "contoso",
  state: "InProgress",
  container: "mhsm-backup-contoso-2026-11-23",
  folderUrl: null,
  blobCount: null,
  bytes: null,
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: null,
  error: null,
};
const FOLDER = "https://127.0.0.1:8443/hsmbackups/mhsm-backup-contoso-2026-11-23/mhsm-contoso-20261123020001";

describe("a run, as it is shown", () => {
  it("shows in one line its state while it runs", () => {
    const progress = { run: parseRun(STARTED), written: { blobs: 3, bytes: 2_048 }, seconds: 4.2 };
    expect(describeProgress(progress)).toBe("contoso: InProgress for 4 s, 3 blobs and 2.0 kB written");
  });

  it("shows at the end where the backup is and its size", () => {
    const ended = {
      ...STARTED,
      state: "Succeeded",
      folderUrl: FOLDER,
      blobCount: 7,
      bytes: 1_234_567,
      endedAt: "2026-11-23T02:01:05Z",
    };
    expect(describeEnd(parseRun(ended))).toEqual([
      "contoso: Succeeded after 1 min 5 s",
      "  run        20261123T020000Z-1",
      "  container  mhsm-backup-contoso-2026-11-23",
      `  folder     ${FOLDER}`,
      "  blobs      7",
      "  bytes      1234567 (1.2 MB)",
    ]);
  });

  it("shows why it failed and what to do", () => {
    const error = { code: "sasRefused", message: "The SAS was refused.", inner: [], remedy: "Look at the clock." };
    const lines = describeEnd(parseRun({ ...STARTED, state: "Failed", endedAt: "2026-11-23T02:00:01Z", error }));
    expect(lines.slice(-2)).toEqual(["  error      The SAS was refused.", "  remedy     Look at the clock."]);
  });

  it("gives the next thing to open or type with the key in the fragment or in a header, not in an address that is sent", () => {
    const [, page, command] = describeNext("http://127.0.0.1:7071", "KEY", "contoso");
    // A fragment is sent to no server.
    expect(page?.trim()).toBe("http://127.0.0.1:7071/api/status#key=KEY");
    expect(command?.trim()).toBe('curl -H "x-functions-key: KEY" "http://127.0.0.1:7071/api/backups?hsm=contoso"');
  });

  it.each([
    [null, "object"],
    [{ ...STARTED, id: 7 }, "id"],
    [{ ...STARTED, startedAt: "yesterday" }, "startedAt"],
    [{ ...STARTED, bytes: "7" }, "bytes"],
    [{ ...STARTED, error: "bad" }, "error"],
    [{ ...STARTED, error: { message: "bad" } }, "remedy"],
  ])("is refused when the answer is %j, naming the field", (answer, field) => {
    expect(() => parseRun(answer)).toThrow(field);
  });
});

describe("amounts for a person", () => {
  it.each([
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1_000, "1.0 kB"],
    [1_234_567, "1.2 MB"],
    [5e15, "5000.0 TB"],
  ])("write %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [-1, "0 s"],
    [59.4, "59 s"],
    [60, "1 min 0 s"],
    [3_725, "62 min 5 s"],
  ])("write %d seconds as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it("write an instant as its time of day, and anything else as nothing", () => {
    expect([formatTime("2026-11-23T02:03:04.567Z"), formatTime("soon"), formatTime(null)]).toEqual([
      "02:03:04",
      "",
      "",
    ]);
  });
});
