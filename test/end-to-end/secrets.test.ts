import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECRET_SHAPES } from "../secret-shapes.ts";
import { until } from "../until.ts";
import { fieldsIn } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { messageIn } from "./gate.ts";
import { BY_HAND } from "./installation.ts";
import { HOST_KEY, type RunningHost } from "./running-host.ts";

describe("secrets", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["good", "failing", "refusing", "canceled"]);
    host = await app.startHost(BY_HAND);
  }, 60_000);
  afterAll(() => app?.stop());

  test("whole runs, good and bad, leave no SAS, token or key in any record, message, log line, answer or error", async () => {
    // An HSM that repeats in its refusal what it was sent, as services do.
    const echo =
      "The SAS sv=2024-11-04&se=2026-11-24T00%3A00Z&sig=c2VjcmV0c2VjcmV0 was refused, token Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    await app.control("POST", "failing", "faults", [{ fault: "failAt", operation: "backup", share: 0.3 }]);
    await app.control("POST", "refusing", "faults", [
      {
        fault: "answer",
        operation: "backup",
        times: 100,
        status: 400,
        body: { error: { code: "BadParameter", message: echo, innererror: { code: echo, message: echo } } },
      },
    ]);
    await app.control("POST", "canceled", "faults", [
      { fault: "jobStatus", operation: "backupStatus", status: "Canceled" },
    ]);
    const answers: string[] = [];
    const backUp = async (hsm: string, end: string): Promise<void> => {
      const started = await host.post(JSON.stringify({ hsm }));
      const { id } = fieldsIn(started);
      const look = async () => {
        const answer = await host.get(`/api/backups/${hsm}/${id}`);
        answers.push(answer.text);
        const record = fieldsIn(answer);
        return record.endedAt === null ? undefined : record;
      };
      const { state } = await until(`${hsm} has ended`, look);
      answers.push(started.text, (await host.get(`/api/backups?hsm=${hsm}`)).text);
      expect(state, hsm).toBe(end);
    };
    await Promise.all([
      backUp("good", "Succeeded"),
      backUp("failing", "Failed"),
      backUp("refusing", "Failed"),
      backUp("canceled", "Canceled"),
    ]);
    answers.push((await host.get("/api/backups")).text, (await host.get("/api/health")).text);

    const { AzureWebJobsStorage, IDENTITY_HEADER } = app.world.settings;
    const accountKey = /AccountKey=([^;]+)/.exec(AzureWebJobsStorage)?.[1];
    if (accountKey === undefined) throw new Error("The world has no account key.");
    const written = [...app.blobGate.calls, ...app.queueGate.calls].map(
      ({ path, body }) => `${path} ${body} ${messageIn(body)}`,
    );
    const kinds = { "log lines": host.lines(), answers, "ledger and queue": written };
    for (const [kind, texts] of Object.entries(kinds)) {
      expect(texts.length, kind).toBeGreaterThan(4);
      for (const text of texts) {
        for (const shape of SECRET_SHAPES) expect(text, kind).not.toMatch(shape);
        expect(text, kind).not.toContain(accountKey);
        expect(text, kind).not.toContain(IDENTITY_HEADER);
        expect(text, kind).not.toContain(HOST_KEY);
        expect(text, kind).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
      }
    }
    expect(written.join()).toContain("[secret]");
  }, 120_000);
});
