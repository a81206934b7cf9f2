import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { app } from "@azure/functions";

app.hook.appTerminate(() => console.log(JSON.stringify({ event: "terminating" })));
app.hook.preInvocation((context) => context.invocationContext.log(JSON.stringify({ event: "hooked" })));

app.http("slow", {
  methods: ["GET"],
  handler: async (_request, context) => {
    const gate = process.env.TEST_GATE ?? "";
    context.log(JSON.stringify({ event: "began" }));
    context.log("a plain text");
    context.debug(JSON.stringify({ event: "debugged" }));
    while (!existsSync(gate)) await delay(20);
    return { body: "finished" };
  },
});
