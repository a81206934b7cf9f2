import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";

async function echo(request: HttpRequest): Promise<HttpResponseInit> {
  const jsonBody = {
    method: request.method,
    path: new URL(request.url).pathname,
    params: request.params,
    query: Object.fromEntries(request.query),
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  };
  return { status: 202, jsonBody, headers: { "x-answer": "yes", location: "/somewhere" } };
}

app.http("open", { route: "open/{hsm}/{run?}", methods: ["GET", "POST"], authLevel: "anonymous", handler: echo });
app.http("literal", { route: "open/list", methods: ["GET"], handler: () => ({ body: "the literal route" }) });
app.http("guarded", { methods: ["GET"], authLevel: "function", handler: echo });
app.http("master", { methods: ["GET"], authLevel: "admin", handler: echo });
app.http("throws", {
  methods: ["GET"],
  handler: () => {
    throw new Error("the handler failed");
  },
});
app.http("silent", { methods: ["GET"], handler: () => JSON.parse("null") });
app.http("bytes", {
  methods: ["POST"],
  handler: async (request) => ({
    body: await request.arrayBuffer(),
    headers: { "content-type": "application/x-test" },
  }),
});
app.http("cookie", {
  methods: ["GET"],
  handler: () => ({ cookies: [{ name: "a", value: "b c", path: "/", httpOnly: true, sameSite: "Lax", maxAge: 60 }] }),
});
app.http("wrong", { methods: ["GET"], handler: () => JSON.parse('"a text is not an answer"') });
