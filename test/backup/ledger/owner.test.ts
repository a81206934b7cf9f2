import { describe, expect, it } from "vitest";
import { checkOwner } from "../../../backup/ledger/ledger.ts";
import type { Ports } from "../../../backup/ports.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { settingsOf } from "../some-settings.ts";

const as = (ports: Ports, app: string): Ports => ({ ...ports, settings: settingsOf({ app }) });

describe("the owner of a ledger", () => {
  it("is the first app that claims it, and stays the owner", async () => {
    const { ports, ledger } = ledgerPorts();
    expect(await checkOwner(as(ports, "a"))).toBeUndefined();
    expect(JSON.parse(ledger.textOf("app.json") ?? "")).toEqual({ schemaVersion: 1, owner: "a" });
    expect(await checkOwner(as(ports, "a"))).toBeUndefined();
  });

  it("is one of two apps that claim it at once", async () => {
    const { ports } = ledgerPorts();
    const found = await Promise.all([checkOwner(as(ports, "a")), checkOwner(as(ports, "b"))]);
    expect(found.filter((each) => each === undefined)).toHaveLength(1);
  });

  it("makes the ledger foreign to every other app, with the remedy", async () => {
    const { ports, ledger } = ledgerPorts();
    await checkOwner(as(ports, "a"));
    const before = JSON.stringify([...ledger.blobs]);
    expect(await checkOwner(as(ports, "b"))).toEqual({
      owner: "a",
      problem: "The app b does nothing with the ledger backup-runs: it belongs to the app a.",
      remedy: expect.stringMatching(
        /BACKUP_LEDGER.*stop the old app and delete app\.json in the container backup-runs/,
      ),
    });
    expect(JSON.stringify([...ledger.blobs])).toBe(before);
  });

  it.each(["", "{", '{"schemaVersion":2,"owner":"a"}', '{"schemaVersion":1,"owner":7}'])(
    "that can't be read (%j) makes the ledger foreign to all",
    async (text) => {
      const { ports, ledger } = ledgerPorts();
      ledger.put("app.json", text);
      expect(await checkOwner(as(ports, "a"))).toMatchObject({
        owner: null,
        problem: expect.stringContaining("can't be read"),
      });
      expect(ledger.textOf("app.json")).toBe(text);
    },
  );

  it("is unknown where the ledger can't be read: nothing is written", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.deleteContainer();
    expect(await failureOfCall(checkOwner(ports))).toMatchObject({ reason: "ledgerMissing" });
  });
});
