import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessage, toMessageBody } from "../../backup/follow-message.ts";
import { RUN_ID, SAS, SIGNATURE, STORAGE } from "./samples.ts";

const MESSAGE = { hsm: "contoso", run: RUN_ID, seq: 7 };
const BODY = { v: 1, ...MESSAGE };

describe("a wake-up message", () => {
  it("is { v, hsm, run, seq }", () => {
    expect(toMessageBody(MESSAGE)).toEqual(BODY);
  });

  it("comes back from the queue as it was", () => {
    const body: unknown = JSON.parse(JSON.stringify(toMessageBody(MESSAGE)));
    expect(readMessage(body)).toEqual({ outcome: "message", message: MESSAGE });
  });

  it("of a newer version is told apart, whatever else it says", () => {
    expect(readMessage({ v: 2 })).toEqual({ outcome: "newer", version: 2 });
    expect(readMessage({ ...BODY, v: 3, run: ["a", "b"] })).toEqual({ outcome: "newer", version: 3 });
  });

  it.each([
    ["a text", "hello", "message"],
    ["JSON that is still a text", JSON.stringify(BODY), "message"],
    ["a list", [BODY], "message"],
    ["null", null, "message"],
    ["nothing", undefined, "message"],
    ["a number", 7, "message"],
    ["an empty object", {}, "v"],
    ["one without a version", MESSAGE, "v"],
    ["one of a version that is a text", { ...BODY, v: "1" }, "v"],
    ["one of a negative version", { ...BODY, v: -1 }, "v"],
    ["one without an HSM", { ...BODY, hsm: undefined }, "hsm"],
    ["one of an HSM that climbs", { ...BODY, hsm: "../runs" }, "hsm"],
    ["one of an HSM in capitals", { ...BODY, hsm: "Contoso" }, "hsm"],
    ["one without a run", { ...BODY, run: null }, "run"],
    ["one of a run that climbs", { ...BODY, run: "../../hsms/contoso" }, "run"],
    ["one without a number", { ...BODY, seq: undefined }, "seq"],
    ["one of a negative number", { ...BODY, seq: -1 }, "seq"],
    ["one of half a number", { ...BODY, seq: 0.5 }, "seq"],
  ])("isn't %s", (_what, body, named) => {
    expect(readMessage(body)).toMatchObject({ outcome: "foreign", problem: expect.stringContaining(named) });
  });

  it("gives an outcome for anything that comes out of the queue, and never throws", () => {
    const ours = fc.record({ v: fc.jsonValue(), hsm: fc.jsonValue(), run: fc.jsonValue(), seq: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), ours), (body) => {
        expect(["message", "newer", "foreign"]).toContain(readMessage(body).outcome);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a text", `${STORAGE}/c?${SAS}`],
    ["a field", { ...BODY, hsm: `sig=${SIGNATURE}` }],
  ])("of somebody else doesn't show the secret in %s", (_what, body) => {
    expect(JSON.stringify(readMessage(body))).not.toContain(SIGNATURE);
  });
});
