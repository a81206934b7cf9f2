import { describe, expect, it } from "vitest";
import { listStates, readState, stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";
import { LARGEST_BLOB } from "../../../backup/ports.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { failedRun, inProgressRun, SAS, startingRun, stateOf, succeededRun, summary } from "../samples.ts";

/** How a state is read whose fields were changed by hand. */
async function readChanged(changes: object) {
  const { ports, ledger } = ledgerPorts();
  ledger.put(stateName("contoso"), JSON.stringify({ ...stateOf({ active: inProgressRun() }), ...changes }));
  return readState(ports, "contoso");
}
/** A state with a text in it that is one byte, 0xff. */
const notUtf8 = new TextEncoder()
  .encode(JSON.stringify({ ...stateOf(), note: "@" }))
  .map((byte) => (byte === 0x40 ? 0xff : byte));
const withRun = (changes: object) => ({ active: { ...inProgressRun(), ...changes } });

describe("a state", () => {
  it.each([null, startingRun(), inProgressRun(), succeededRun(), failedRun()])(
    "is read back as it was written, whatever run it holds",
    async (active) => {
      const { ports } = ledgerPorts();
      const state = stateOf({
        active,
        runs: [summary()],
        newestSuccess: summary({ state: "Succeeded" }),
        successSeconds: [7],
      });
      const written = await writeState(ports, state, null);
      expect(await readState(ports, "contoso")).toEqual({ outcome: "state", state, etag: Object(written).etag });
    },
  );

  it("is written once, and changed only under its ETag", async () => {
    const { ports } = ledgerPorts();
    const first = await writeState(ports, stateOf(), null);
    if (first.outcome !== "written") throw new Error("The first write was lost.");
    expect(await writeState(ports, stateOf(), null)).toEqual({ outcome: "lost" });
    await writeState(ports, stateOf({ active: startingRun() }), first.etag);
    expect(await writeState(ports, stateOf(), first.etag)).toEqual({ outcome: "lost" });
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: { state: "Starting" } } });
  });

  it("keeps fields that this version doesn't know when it is rewritten", async () => {
    const { ports, ledger } = ledgerPorts();
    const text = JSON.stringify({ ...stateOf(withRun({ colour: "red" })), added: { by: "a newer version" } });
    ledger.put(stateName("contoso"), text);
    const read = await readState(ports, "contoso");
    if (read.outcome !== "state") throw new Error("Expected a state.");
    await writeState(ports, read.state, read.etag);
    expect(JSON.parse(ledger.textOf(stateName("contoso")) ?? "")).toEqual(JSON.parse(text));
  });

  it("that isn't there is gone; one of a newer version is left to it", async () => {
    expect(await readState(ledgerPorts().ports, "contoso")).toEqual({ outcome: "gone" });
    expect(await readChanged({ schemaVersion: 2, hsm: 7 })).toMatchObject({ outcome: "newer" });
    expect(await readChanged(withRun({ state: "Paused" }))).toMatchObject({ outcome: "newer" });
  });

  it.each<[string, object, string]>([
    ["another HSM's", { hsm: "fabrikam" }, "hsm: expected contoso"],
    ["of another HSM's run", withRun({ hsm: "fabrikam" }), "active.hsm: expected contoso"],
    [
      "of a run in another HSM's container",
      withRun({ container: "mhsm-backup-fabrikam-2026-11-23" }),
      "active.container",
    ],
    ["of a run in a path", withRun({ container: "../../backup-runs" }), "active.container"],
    ["of a run at another HSM's host", withRun({ hsmUrl: "https://fabrikam.managedhsm.azure.net" }), "active.hsmUrl"],
    ["of a run at a host that is no HSM's", withRun({ hsmUrl: "https://contoso.evil.example" }), "active.hsmUrl"],
    [
      "of a run at an address with a path",
      withRun({ hsmUrl: "https://contoso.managedhsm.azure.net/keys" }),
      "active.hsmUrl",
    ],
    [
      "of a run at an address with a slash",
      withRun({ hsmUrl: "https://contoso.managedhsm.azure.net/" }),
      "active.hsmUrl",
    ],
    ["without its list of runs", { runs: undefined }, "runs: expected a list, got nothing"],
  ])("is damaged where it is %s: no token goes there, and nothing is proved by it", async (_what, changes, problem) => {
    expect(await readChanged(changes)).toMatchObject({ outcome: "damaged", problem: expect.stringContaining(problem) });
  });

  it.each<[string, string | Uint8Array]>([
    ["empty", ""],
    ["cut off", JSON.stringify(stateOf()).slice(0, 60)],
    ["no UTF-8, but for that a state", notUtf8],
    ["null", "null"],
    ["a text", '"state"'],
  ])("that is %s is damaged, and comes with its bytes", async (_what, body) => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(stateName("contoso"), body);
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    expect(await readState(ports, "contoso")).toMatchObject({
      outcome: "damaged",
      body: bytes,
      etag: expect.any(String),
    });
  });

  it("is damaged without its secrets being repeated", async () => {
    const fields = ["hsmUrl", "container", "hsm", "id", "nextAt", "storageUrl"];
    const reads = await Promise.all(
      fields.map((field) => readChanged(withRun({ [field]: `https://x.example/c?${SAS}` }))),
    );
    expect(reads.map(({ outcome }) => outcome)).toEqual(
      fields.map((field) => (field === "storageUrl" ? "state" : "damaged")),
    );
    expect(reads.flatMap((each) => ("problem" in each ? each.problem : [])).join()).not.toMatch(/sig=|secretSignature/);
  });
});

describe("the states", () => {
  it("are listed by name, however many pages they are; other blobs are not states", async () => {
    const { ports, ledger } = ledgerPorts();
    const names = Array.from({ length: 5_203 }, (_, n) => `hsm-${String(n).padStart(4, "0")}`);
    for (const name of names) ledger.put(stateName(name), "{}");
    for (const name of [
      "hsms/A_B.json",
      "hsms/../x.json",
      "hsms/notes.text",
      "hsms/hsm-0000.bak1",
      "runs/contoso/x.json",
      "app.json",
    ])
      ledger.put(name, "{}");
    expect(await listStates(ports)).toEqual(names);
  });
});

describe("a blob of the ledger over 256 KB", () => {
  it("is refused, and is neither absent nor damaged", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(stateName("contoso"), new Uint8Array(LARGEST_BLOB + 1));
    expect(await failureOfCall(readState(ports, "contoso"))).toMatchObject({
      reason: "unreadable",
      code: "blobTooLarge",
    });
  });
});

describe("a ledger whose container is missing", () => {
  it("is never an empty one: every call says so", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.deleteContainer();
    for (const call of [readState(ports, "contoso"), listStates(ports), writeState(ports, stateOf(), null)])
      await expect(call).rejects.toSatisfy(
        (thrown) => thrown instanceof CallFailed && thrown.failure.reason === "ledgerMissing",
      );
  });
});
