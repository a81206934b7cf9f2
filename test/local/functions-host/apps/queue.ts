import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { app, type InvocationContext } from "@azure/functions";

type Work = { readonly id?: string; readonly act?: "fail" | "waitForFile"; readonly file?: string };

const isWork = (message: unknown): message is Work => typeof message === "object" && message !== null;

async function handler(message: unknown, context: InvocationContext): Promise<void> {
  const { id, act, file = "" }: Work = isWork(message) ? message : {};
  context.log(
    JSON.stringify({
      ...context.triggerMetadata,
      messageId: context.triggerMetadata?.id,
      event: "began",
      id,
      message,
      at: Date.now(),
    }),
  );
  while (act === "waitForFile" && !existsSync(file)) await delay(20);
  if (act === "fail") throw new Error(`message ${id} failed`);
  context.log(JSON.stringify({ event: "ended", id }));
}

app.storageQueue("work", { queueName: "%TEST_QUEUE%", connection: "AzureWebJobsStorage", handler });
